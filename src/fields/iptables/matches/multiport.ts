/** -m multiport: up to fifteen ports and ranges. */

import { extension, type ValueKind } from '../extension.ts';
import { saved, savedRange } from '../saving.ts';
import { isPlainPort, oneWord, type PortRange, readPort } from '../value-kinds.ts';

export interface MultiportOptions {
  readonly kind: 'multiport';
  readonly side: 'source' | 'destination' | 'either';
  readonly ports: readonly PortRange[];
  readonly inverted: boolean;
}

const protocols: readonly number[] = [6, 17, 33, 132, 136];

const portList: ValueKind<readonly PortRange[]> = oneWord((text, site) => {
  const ranges: PortRange[] = [];
  let slots = 0;
  for (const part of text.split(',')) {
    const colon = part.indexOf(':');
    const from = readPort(colon < 0 ? part : part.slice(0, colon), site);
    const to = colon < 0 ? from : readPort(part.slice(colon + 1), site);
    if (from === undefined || to === undefined) return undefined;
    if (colon >= 0 && from >= to) return site.problem(`invalid port range '${part}'`);
    ranges.push({ from, to });
    slots += colon < 0 ? 1 : 2;
  }
  return slots > 15
    ? site.problem('too many ports: at most 15, a range counts as two', 'use two rules or a set')
    : ranges;
}, isPlainPortList);

/** At most seven ports and ranges, the ends of these in order. */
function isPlainPortList(text: string): boolean {
  const parts = text.split(',');
  return parts.length <= 7 && parts.every(isPlainPortOrRange);
}

function isPlainPortOrRange(part: string): boolean {
  const colon = part.indexOf(':');
  if (colon < 0) return isPlainPort(part);
  const [from, to] = [part.slice(0, colon), part.slice(colon + 1)];
  return isPlainPort(from) && isPlainPort(to) && Number(from) < Number(to);
}

const names = { source: '--sports', destination: '--dports', either: '--ports' } as const;

export const multiport = extension({
  name: 'multiport',
  revision: 1,
  options: {
    source: {
      name: '--sports',
      aliases: ['--source-ports'],
      value: portList,
      free: true,
      invert: true,
      excludes: ['--dports', '--ports'],
    },
    destination: {
      name: '--dports',
      aliases: ['--destination-ports'],
      value: portList,
      free: true,
      invert: true,
      excludes: ['--ports'],
    },
    either: { name: '--ports', value: portList, free: true, invert: true },
  },
  read: (values, site): MultiportOptions | undefined => {
    const side = values.source ? 'source' : values.destination ? 'destination' : 'either';
    const given = values[side];
    if (given === undefined) return site.problem('multiport: no ports specified');
    const { protocol } = site;
    if (protocol === undefined || protocol.negated || !protocols.includes(protocol.number)) {
      return site.problem(
        'multiport needs a protocol with ports',
        'put -p tcp, udp, udplite, sctp or dccp before it',
      );
    }
    return { kind: 'multiport', side, ports: given.value, inverted: given.negated };
  },
  save: ({ side, ports, inverted }) =>
    saved(names[side], inverted, ports.map(savedRange).join(',')),
});
