/** What an xtables match answers; `drop` is hotdrop: the packet is too broken to go on. */

import type { Evaluation } from '../rules/evaluation.ts';

export type MatchAnswer = boolean | 'drop';
export type Matcher = (evaluation: Evaluation) => MatchAnswer;

export function isBetween(
  value: number,
  range: { readonly from: number; readonly to: number },
): boolean {
  return value >= range.from && value <= range.to;
}

/** Offset of a transport header of `length` bytes; undefined in later fragments, `drop` when it is cut off. */
export function transportAt(
  { info, packet }: Evaluation,
  length: number,
): number | undefined | 'drop' {
  if (info.fragmentOffset !== 0) return undefined;
  return info.transport + length > packet.length ? 'drop' : info.transport;
}
