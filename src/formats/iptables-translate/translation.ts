/** What a translation of a match or target is made with, and the pieces that many share. */

import type { IptablesFamily } from '../../ast/iptables.ts';
import type { RuleProtocol } from '../../fields/iptables/written.ts';
import type { IptablesRelease } from '../../lower/iptables/header.ts';

export interface TranslationSite {
  readonly family: IptablesFamily;
  readonly table: string;
  /** Whose libxtables translates. */
  readonly release: IptablesRelease;
  readonly protocol: RuleProtocol | undefined;
  /** nft asks for the text of an extension that it found in the kernel, not iptables-translate. */
  readonly listing: boolean;
  readonly numbering: SetNumbering;
  /** Takes commands that must come before the rule. */
  readonly before: (command: string) => void;
}

/** How many sets were made for -m connlimit so far: their names carry the number. */
export interface SetNumbering {
  connlimit: number;
}

/** nft's text; undefined where there is none for these options. */
export type Translate<Options> = (options: Options, site: TranslationSite) => string | undefined;

export function not(inverted: boolean): string {
  return inverted ? '!= ' : '';
}

export function range({ from, to }: { readonly from: number; readonly to: number }): string {
  return from === to ? String(from) : `${from}-${to}`;
}

export function hex(value: number): string {
  return `0x${value.toString(16)}`;
}

/** `key 0x1` or `key and 0xff == 0x1`. */
export function maskedTest(
  key: string,
  { value, mask }: { readonly value: number; readonly mask: number },
  inverted: boolean,
  full = 0xffffffff,
): string {
  return mask === full
    ? `${key} ${not(inverted)}${hex(value)}`
    : `${key} and ${hex(mask)} ${inverted ? '!=' : '=='} ${hex(value)}`;
}

/** Words with one blank between them; a piece that brings its own blank keeps it. */
export function joined(pieces: readonly (string | undefined)[]): string {
  let text = '';
  for (const piece of pieces) {
    if (piece === undefined || piece === '') continue;
    const needsBlank = text !== '' && !text.endsWith(' ') && !piece.startsWith(' ');
    text += (needsBlank ? ' ' : '') + piece;
  }
  return text;
}
