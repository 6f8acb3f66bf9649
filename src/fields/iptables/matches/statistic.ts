/** -m statistic: every nth packet, or packets at random. */

import { extension } from '../extension.ts';
import { saved } from '../saving.ts';
import { decimal, number, oneOf } from '../value-kinds.ts';

export type StatisticOptions =
  | {
      readonly kind: 'statistic';
      readonly mode: 'random';
      /** As the kernel keeps it: of 2^31. */
      readonly probability: number;
      readonly inverted: boolean;
    }
  | {
      readonly kind: 'statistic';
      readonly mode: 'nth';
      /** Matches when the counter comes round; counts from 0 to every - 1. */
      readonly every: number;
      readonly packet: number;
      readonly inverted: boolean;
    };

export const statistic = extension({
  name: 'statistic',
  revision: 0,
  options: {
    mode: { name: '--mode', value: oneOf(['random', 'nth']), required: true },
    probability: { name: '--probability', free: true, value: decimal(0, 1), invert: true },
    every: { name: '--every', value: number(0xffffffff, 1), invert: true, needs: ['--packet'] },
    packet: { name: '--packet', value: number(0xffffffff), needs: ['--every'] },
  },
  read: (values, site): StatisticOptions | undefined => {
    if (values.mode?.value === 'random') {
      if (values.probability === undefined) {
        return site.problem('statistic: --probability must be specified when using random mode');
      }
      return {
        kind: 'statistic',
        mode: 'random',
        probability: Math.round(0x80000000 * values.probability.value),
        inverted: values.probability.negated,
      };
    }
    if (values.every === undefined) {
      return site.problem('statistic: --every must be specified when using nth mode');
    }
    const packet = values.packet?.value ?? 0;
    if (packet >= values.every.value) {
      return site.problem('statistic: the --packet p must be 0 <= p <= n-1');
    }
    return {
      kind: 'statistic',
      mode: 'nth',
      every: values.every.value,
      packet,
      inverted: values.every.negated,
    };
  },
  save: (options) =>
    options.mode === 'random'
      ? [
          '--mode',
          'random',
          ...saved(
            '--probability',
            options.inverted,
            (options.probability / 0x80000000).toFixed(11),
          ),
        ]
      : [
          '--mode',
          'nth',
          ...saved('--every', options.inverted, options.every),
          '--packet',
          String(options.packet),
        ],
});
