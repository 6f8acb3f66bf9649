/** -j LED: blinks a light. */

import { extension } from '../extension.ts';
import { parseSmallNumber } from '../numbers.ts';
import { quoted } from '../saving.ts';
import { flag, oneWord, text } from '../value-kinds.ts';

export interface LedOptions {
  readonly kind: 'LED';
  readonly trigger: string;
  /** Milliseconds the light stays on. */
  readonly delay: number | 'inf';
  readonly alwaysBlink: boolean;
}

const delay = oneWord((word, site) =>
  word === 'inf'
    ? ('inf' as const)
    : (parseSmallNumber(word, 0, 0xffffffff) ??
      site.problem(`no delay '${word}'`, 'milliseconds, or inf')),
);

export const LED = extension({
  name: 'LED',
  revision: 0,
  options: {
    trigger: { name: '--led-trigger-id', value: text(15, 1), required: true },
    delay: { name: '--led-delay', value: delay },
    alwaysBlink: { name: '--led-always-blink', value: flag },
  },
  read: (values): LedOptions => ({
    kind: 'LED',
    trigger: values.trigger?.value ?? '',
    delay: values.delay?.value ?? 0,
    alwaysBlink: values.alwaysBlink !== undefined,
  }),
  save: ({ trigger, delay: lit, alwaysBlink }) => [
    '--led-trigger-id',
    quoted(trigger),
    ...(lit === 0 ? [] : ['--led-delay', String(lit)]),
    ...(alwaysBlink ? ['--led-always-blink'] : []),
  ],
});
