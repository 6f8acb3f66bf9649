/** -j LOG: a line in the kernel's log. */

import { extension } from '../extension.ts';
import { parseSmallNumber } from '../numbers.ts';
import { quoted } from '../saving.ts';
import { flag, oneWord, text } from '../value-kinds.ts';

export interface LogOptions {
  readonly kind: 'LOG';
  readonly prefix: string;
  /** syslog: 0 emergency to 7 debug. */
  readonly level: number;
  readonly tcpSequence: boolean;
  readonly tcpOptions: boolean;
  readonly ipOptions: boolean;
  readonly userId: boolean;
  readonly macDecode: boolean;
}

/** Printed first by number. */
// biome-ignore format: table
const levels: readonly (readonly [name: string, level: number])[] = [
  ['alert', 1], ['crit', 2], ['debug', 7], ['emerg', 0], ['error', 3], ['info', 6], ['notice', 5], ['panic', 0],
  ['warning', 4], ['err', 3], ['warn', 4],
];

/** A number or a name, which may be shortened. */
const level = oneWord((word, site) => {
  const number = parseSmallNumber(word, 0, 7);
  const named = levels.find(([name]) => name.startsWith(word.toLowerCase()));
  return (
    number ??
    named?.[1] ??
    site.problem(`unknown log level '${word}'`, levels.map(([name]) => name).join(', '))
  );
});

export const LOG = extension({
  name: 'LOG',
  revision: 0,
  options: {
    level: { name: '--log-level', value: level },
    prefix: { name: '--log-prefix', free: true, value: text(29, 1) },
    tcpSequence: { name: '--log-tcp-sequence', value: flag },
    tcpOptions: { name: '--log-tcp-options', value: flag },
    ipOptions: { name: '--log-ip-options', value: flag },
    userId: { name: '--log-uid', value: flag },
    macDecode: { name: '--log-macdecode', value: flag },
  },
  read: (values): LogOptions => ({
    kind: 'LOG',
    prefix: values.prefix?.value ?? '',
    level: values.level?.value ?? 4,
    tcpSequence: values.tcpSequence !== undefined,
    tcpOptions: values.tcpOptions !== undefined,
    ipOptions: values.ipOptions !== undefined,
    userId: values.userId !== undefined,
    macDecode: values.macDecode !== undefined,
  }),
  save: (options) => [
    ...(options.prefix === '' ? [] : ['--log-prefix', quoted(options.prefix)]),
    ...(options.level === 4 ? [] : ['--log-level', String(options.level)]),
    ...(options.tcpSequence ? ['--log-tcp-sequence'] : []),
    ...(options.tcpOptions ? ['--log-tcp-options'] : []),
    ...(options.ipOptions ? ['--log-ip-options'] : []),
    ...(options.userId ? ['--log-uid'] : []),
    ...(options.macDecode ? ['--log-macdecode'] : []),
  ],
});
