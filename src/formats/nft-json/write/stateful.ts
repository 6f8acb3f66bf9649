/** Limits and quotas as JSON. */

import type { LimitStatement, QuotaStatement } from '../../../ast/nft/statements.ts';
import { type Json, object } from '../json.ts';
import type { JsonContext } from './context.ts';
import { integerJson } from './value.ts';

const byteUnits = ['bytes', 'kbytes', 'mbytes'] as const;

/** The number in the largest unit that divides it (nft: get_rate). */
export function bytesIn(bytes: bigint): { readonly value: Json; readonly unit: string } {
  let rest = bytes;
  let unit = 0;
  while (rest !== 0n && unit < byteUnits.length - 1 && rest % 1024n === 0n) {
    rest /= 1024n;
    unit++;
  }
  return { value: integerJson(rest), unit: byteUnits[unit] ?? 'bytes' };
}

export function quotaJson(node: QuotaStatement, context: JsonContext): Json {
  const { value, unit } = bytesIn(node.bytes);
  const used = context.stateless || !node.usedBytes ? undefined : bytesIn(node.usedBytes);
  return {
    quota: object({
      val: value,
      val_unit: unit,
      inv: node.over ? true : undefined,
      used: used?.value,
      used_unit: used?.unit,
    }),
  };
}

export function limitJson(node: LimitStatement): Json {
  const inv = node.over ? true : undefined;
  if (node.unit === 'packets') {
    const burst = integerJson(node.burst ?? 5n);
    return { limit: object({ rate: integerJson(node.rate), burst, per: node.per, inv }) };
  }
  const rate = bytesIn(node.rate);
  const burst = bytesIn(node.burst ?? 0n);
  return {
    limit: object({
      rate: rate.value,
      burst: burst.value,
      per: node.per,
      inv,
      rate_unit: rate.unit,
      burst_unit: burst.unit,
    }),
  };
}
