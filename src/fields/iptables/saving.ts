/** Pieces of the words that iptables-save prints. */

import type { MaskedNumber, NumberRange } from './value-kinds.ts';

/** `[! ]name value…` when there is something to say. */
export function saved(
  name: string,
  negated: boolean,
  ...values: readonly (string | number | bigint)[]
): string[] {
  return [...(negated ? ['!'] : []), name, ...values.map(String)];
}

const unquoted = /^[\w-]+$/;

/** As xtables_save_string(): bare when only letters, digits, `_` and `-`, else quoted. */
export function quoted(text: string): string {
  return unquoted.test(text) ? text : `"${text.replaceAll(/["\\']/g, '\\$&')}"`;
}

/** `value[/mask]` in hexadecimal; a full 32-bit mask is left out. */
export function savedMark({ value, mask }: MaskedNumber, fullMask = 0xffffffff): string {
  return mask === fullMask
    ? `0x${value.toString(16)}`
    : `0x${value.toString(16)}/0x${mask.toString(16)}`;
}

/** `from:to`, or one number when they agree. */
export function savedRange({ from, to }: Pick<NumberRange, 'from' | 'to'>): string {
  return from === to ? String(from) : `${from}:${to}`;
}
