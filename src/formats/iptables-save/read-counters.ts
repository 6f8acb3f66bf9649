/** Counters as iptables-save writes them: `[packets:bytes]`. */

import type { IptablesCounters } from '../../ast/iptables.ts';

const zero: IptablesCounters = { packets: 0n, bytes: 0n };

export function readCounters(text: string | undefined): IptablesCounters | undefined {
  if (text === undefined) return undefined;
  if (text === '[0:0]') return zero;
  const colon = text.indexOf(':');
  return { packets: BigInt(text.slice(1, colon)), bytes: BigInt(text.slice(colon + 1, -1)) };
}
