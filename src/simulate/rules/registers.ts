/** The registers of a chain evaluation and the verdict (struct nft_regs). */

import type { Verdict } from '../../model/operations.ts';

export interface Registers {
  /** Sixteen 4-byte words; netlink register 1 is word 0, register 8 too. */
  readonly bytes: Uint8Array;
  /** Set by operations that decide. */
  verdict: Verdict | FinalVerdict;
}

export type FinalVerdict =
  | { readonly kind: 'stolen' }
  | { readonly kind: 'queue'; readonly number: number; readonly bypass: boolean };

export type RuleVerdict = Verdict | FinalVerdict;

export const continueVerdict: RuleVerdict = { kind: 'continue' };
export const breakVerdict: RuleVerdict = { kind: 'break' };
export const acceptVerdict: RuleVerdict = { kind: 'accept' };
export const dropVerdict: RuleVerdict = { kind: 'drop' };
export const stolenVerdict: RuleVerdict = { kind: 'stolen' };

export function newRegisters(): Registers {
  return { bytes: new Uint8Array(64), verdict: continueVerdict };
}

/** Byte offset of a netlink register number (nft_parse_register()). */
export function registerOffset(register: number): number {
  return register >= 8 ? (register - 8) * 4 : (register - 1) * 16;
}
