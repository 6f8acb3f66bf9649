/** -j CT and -j NOTRACK: how the packet's connection is tracked. */

import { extension } from '../extension.ts';
import { parseSmallNumber } from '../numbers.ts';
import { flag, oneWord, text } from '../value-kinds.ts';

export interface CtOptions {
  readonly kind: 'CT';
  /** Written as `-j NOTRACK`. */
  readonly alias?: 'NOTRACK';
  readonly noTrack: boolean;
  readonly helper?: string;
  readonly timeout?: string;
  readonly events?: readonly string[];
  readonly expectationEvents?: readonly string[];
  readonly zone?: {
    readonly id: number | 'mark';
    readonly direction: 'both' | 'original' | 'reply';
  };
}

const eventNames = [
  'new',
  'related',
  'destroy',
  'reply',
  'assured',
  'protoinfo',
  'helper',
  'mark',
  'natseqinfo',
  'secmark',
];

function events(names: readonly string[]) {
  return oneWord((word, site): readonly string[] | undefined => {
    const parts = word.toLowerCase().split(',');
    const unknown = parts.find((part) => !names.includes(part));
    return unknown === undefined
      ? names.filter((name) => parts.includes(name))
      : site.problem(`unknown event '${unknown}'`, names.join(', '));
  });
}

const zone = oneWord((word, site) =>
  word === 'mark'
    ? ('mark' as const)
    : (parseSmallNumber(word, 0, 65535) ??
      site.problem(`no zone '${word}'`, '0 to 65535, or mark')),
);

export const CT = extension({
  name: 'CT',
  tables: ['raw'],
  revision: 2,
  options: {
    noTrack: { name: '--notrack', value: flag, excludes: ['--helper'] },
    helper: { name: '--helper', value: text(15, 1) },
    timeout: { name: '--timeout', value: text(31, 1) },
    events: { name: '--ctevents', value: events(eventNames) },
    expectationEvents: { name: '--expevents', value: events(['new']) },
    zone: { name: '--zone', value: zone },
    zoneOriginal: { name: '--zone-orig', value: zone },
    zoneReply: { name: '--zone-reply', value: zone },
  },
  read: (values): CtOptions => {
    const id = values.zone ?? values.zoneOriginal ?? values.zoneReply;
    const direction = values.zone ? 'both' : values.zoneOriginal ? 'original' : 'reply';
    return {
      kind: 'CT',
      noTrack: values.noTrack !== undefined,
      ...(values.helper && { helper: values.helper.value }),
      ...(values.timeout && { timeout: values.timeout.value }),
      ...(values.events && { events: values.events.value }),
      ...(values.expectationEvents && { expectationEvents: values.expectationEvents.value }),
      ...(id && { zone: { id: id.value, direction } }),
    };
  },
  save: (options) => [
    ...(options.noTrack && options.alias === undefined ? ['--notrack'] : []),
    ...(options.helper === undefined ? [] : ['--helper', options.helper]),
    ...(options.timeout === undefined ? [] : ['--timeout', options.timeout]),
    ...(options.events === undefined ? [] : ['--ctevents', options.events.join(',')]),
    ...(options.expectationEvents === undefined
      ? []
      : ['--expevents', options.expectationEvents.join(',')]),
    ...savedZone(options.zone),
  ],
});

function savedZone(zoned: CtOptions['zone']): string[] {
  if (zoned === undefined) return [];
  const suffix = { both: '', original: '-orig', reply: '-reply' }[zoned.direction];
  return [`--zone${suffix}`, String(zoned.id)];
}

export const NOTRACK = extension({
  name: 'NOTRACK',
  tables: ['raw'],
  revision: 0,
  options: {},
  read: (): CtOptions => ({ kind: 'CT', alias: 'NOTRACK', noTrack: true }),
  save: () => [],
});
