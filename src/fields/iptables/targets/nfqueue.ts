/** -j NFQUEUE: hands the packet to a program. */

import { extension } from '../extension.ts';
import { parseSmallNumber } from '../numbers.ts';
import { flag, maximum16, number, oneWord } from '../value-kinds.ts';

export interface NfqueueOptions {
  readonly kind: 'NFQUEUE';
  readonly from: number;
  readonly to: number;
  /** Without a listener the packet goes on. */
  readonly bypass: boolean;
  readonly cpuFanout: boolean;
}

const balance = oneWord((text, site) => {
  const colon = text.indexOf(':');
  if (colon < 0) return site.problem(`bad range '${text}'`, 'FROM:TO');
  const [low, high] = [text.slice(0, colon), text.slice(colon + 1)];
  const from = low === '' ? 0 : parseSmallNumber(low, 0, 65534);
  const to = high === '' ? 65534 : parseSmallNumber(high, 0, 65534);
  return from === undefined || to === undefined || from >= to
    ? site.problem(`bad range '${text}'`, 'two numbers from 0 to 65534, the first one less')
    : { from, to };
});

export const NFQUEUE = extension({
  name: 'NFQUEUE',
  revision: 3,
  options: {
    number: { name: '--queue-num', value: number(maximum16), excludes: ['--queue-balance'] },
    balance: { name: '--queue-balance', value: balance },
    bypass: { name: '--queue-bypass', value: flag },
    fanout: { name: '--queue-cpu-fanout', value: flag, needs: ['--queue-balance'] },
  },
  read: (values): NfqueueOptions => {
    const queue = values.number?.value ?? 0;
    return {
      kind: 'NFQUEUE',
      ...(values.balance?.value ?? { from: queue, to: queue }),
      bypass: values.bypass !== undefined,
      cpuFanout: values.fanout !== undefined,
    };
  },
  save: ({ from, to, bypass, cpuFanout }) => [
    ...(from === to ? ['--queue-num', String(from)] : ['--queue-balance', `${from}:${to}`]),
    ...(bypass ? ['--queue-bypass'] : []),
    ...(cpuFanout ? ['--queue-cpu-fanout'] : []),
  ],
});
