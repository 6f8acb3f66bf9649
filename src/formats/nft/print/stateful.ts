/** Statements with a state: counters, quotas, limits, times of last use. */

import type {
  CounterStatement,
  LastStatement,
  LimitStatement,
  QuotaStatement,
} from '../../../ast/nft/statements.ts';
import { formatDuration } from '../../../datatypes/format-time.ts';
import type { PrintContext } from './context.ts';

const byteUnits = ['bytes', 'kbytes', 'mbytes'] as const;

/** `1 mbytes`: the largest unit that divides the number (nft: get_rate). */
export function printBytes(bytes: bigint): string {
  let rest = bytes;
  let unit = 0;
  while (rest !== 0n && unit < byteUnits.length - 1 && rest % 1024n === 0n) {
    rest /= 1024n;
    unit++;
  }
  return `${rest} ${byteUnits[unit] ?? 'bytes'}`;
}

export function printCounter({ packets, bytes }: CounterStatement, context: PrintContext): string {
  if (context.stateless || packets === undefined) return 'counter';
  return `counter packets ${packets} bytes ${bytes ?? 0n}`;
}

export function printQuota(
  { over, bytes, usedBytes }: QuotaStatement,
  context: PrintContext,
): string {
  const used = context.stateless || !usedBytes ? '' : ` used ${printBytes(usedBytes)}`;
  return `quota ${over ? 'over ' : ''}${printBytes(bytes)}${used}`;
}

/** The rate of a limit without its burst: `over 10/second`, `1 mbytes/second`. */
export function printRate(limit: {
  readonly over: boolean;
  readonly rate: bigint;
  readonly unit: 'packets' | 'bytes';
  readonly per: string;
}): string {
  const amount = limit.unit === 'packets' ? String(limit.rate) : printBytes(limit.rate);
  return `rate ${limit.over ? 'over ' : ''}${amount}/${limit.per}`;
}

/** nft 1.1.x writes the default burst of packets out, 1.0.6 too; bytes have none by default. */
/** nft 1.0.6 hides the burst that nft assumes. */
export function printLimit(limit: LimitStatement, { dialect }: PrintContext): string {
  const rate = `limit ${printRate(limit)}`;
  if (limit.unit === 'packets') {
    const burst = limit.burst ?? 5n;
    return dialect === '1.0.6' && burst === 5n ? rate : `${rate} burst ${burst} packets`;
  }
  return limit.burst ? `${rate} burst ${printBytes(limit.burst)}` : rate;
}

export function printLast({ used }: LastStatement, context: PrintContext): string {
  if (context.stateless) return 'last';
  return `last used ${used === undefined ? 'never' : formatDuration(used)}`;
}
