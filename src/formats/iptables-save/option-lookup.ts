/** Finds the row of an option word, as getopt_long() does over the merged options of libxtables. */

import { headerRows } from '../../fields/iptables/header.ts';
import type { IptablesFamily } from '../../fields/iptables/written.ts';

export interface CommandRow {
  readonly name: string;
  readonly aliases: readonly string[];
  /** Words that must and that may follow. */
  readonly words: number;
  readonly more: number;
}

// biome-ignore format: table
const commandRows: readonly CommandRow[] = [
  { name: '-A', aliases: ['--append'], words: 1, more: 0 },
  { name: '-I', aliases: ['--insert'], words: 1, more: 1 },
  { name: '-D', aliases: ['--delete'], words: 1, more: 1 },
  { name: '-R', aliases: ['--replace'], words: 2, more: 0 },
  { name: '-C', aliases: ['--check'], words: 1, more: 0 },
  { name: '-N', aliases: ['--new-chain'], words: 1, more: 0 },
  { name: '-X', aliases: ['--delete-chain'], words: 0, more: 1 },
  { name: '-F', aliases: ['--flush'], words: 0, more: 1 },
  { name: '-Z', aliases: ['--zero'], words: 0, more: 2 },
  { name: '-P', aliases: ['--policy'], words: 2, more: 0 },
  { name: '-E', aliases: ['--rename-chain'], words: 2, more: 0 },
  { name: '-t', aliases: ['--table'], words: 1, more: 0 },
  { name: '-v', aliases: ['--verbose'], words: 0, more: 0 },
  { name: '-n', aliases: ['--numeric'], words: 0, more: 0 },
  { name: '-x', aliases: ['--exact'], words: 0, more: 0 },
  { name: '-w', aliases: ['--wait'], words: 0, more: 1 },
];

/** Options of the program itself: commands and rule options. */
export interface BaseOption {
  readonly kind: 'command' | 'header';
  readonly name: string;
  readonly words: number;
  readonly more: number;
  readonly invert: boolean;
}

const baseByName = new Map<string, BaseOption>();
for (const { name, aliases, words, more } of commandRows) {
  for (const spelling of [name, ...aliases]) {
    baseByName.set(spelling, { kind: 'command', name, words, more, invert: false });
  }
}
for (const { name, aliases, words, invert } of headerRows) {
  for (const spelling of [name, ...aliases]) {
    baseByName.set(spelling, { kind: 'header', name, words, more: 0, invert });
  }
}

interface OptionForm {
  readonly name: string;
  readonly value: { readonly words: number; readonly more?: number };
}

export interface OptionOwner {
  readonly optionByName: ReadonlyMap<string, OptionForm>;
}

export type FoundOption<Owner> =
  | { readonly kind: 'base'; readonly option: BaseOption }
  | {
      readonly kind: 'extension';
      readonly owner: Owner;
      readonly name: string;
      readonly words: number;
      readonly more: number;
    }
  | { readonly kind: 'ambiguous' }
  | { readonly kind: 'unknown' };

export interface SplitWord {
  readonly name: string;
  /** The value that is part of the word: `--dport=22`, `-ptcp`. */
  readonly attached?: string;
}

/** Parts `--name=value` and `-xvalue`. */
export function splitWord(text: string): SplitWord {
  if (text.startsWith('--')) {
    const equals = text.indexOf('=');
    return equals < 0
      ? { name: text }
      : { name: text.slice(0, equals), attached: text.slice(equals + 1) };
  }
  return text.length > 2 ? { name: text.slice(0, 2), attached: text.slice(2) } : { name: text };
}

/** Exact names first: the program's own, then those of the newest extension; then unambiguous beginnings. */
export function findOption<Owner extends OptionOwner>(
  name: string,
  family: IptablesFamily,
  owners: readonly Owner[],
): FoundOption<Owner> {
  const base = baseByName.get(name);
  if (base !== undefined && !(base.name === '-f' && family === 'ip6'))
    return { kind: 'base', option: base };
  for (let index = owners.length - 1; index >= 0; index--) {
    const owner = owners[index];
    const row = owner?.optionByName.get(name);
    if (owner !== undefined && row !== undefined) {
      return extensionOption(owner, row);
    }
  }
  return name.startsWith('--') ? findBeginning(name, family, owners) : { kind: 'unknown' };
}

function extensionOption<Owner extends OptionOwner>(
  owner: Owner,
  { name, value }: OptionForm,
): FoundOption<Owner> {
  return { kind: 'extension', owner, name, words: value.words, more: value.more ?? 0 };
}

function findBeginning<Owner extends OptionOwner>(
  beginning: string,
  family: IptablesFamily,
  owners: readonly Owner[],
): FoundOption<Owner> {
  const found = new Map<unknown, FoundOption<Owner>>();
  for (const [name, option] of baseByName) {
    if (name.startsWith(beginning) && !(option.name === '-f' && family === 'ip6')) {
      found.set(option.name, { kind: 'base', option });
    }
  }
  for (const owner of owners) {
    for (const [name, row] of owner.optionByName) {
      if (name.startsWith(beginning)) {
        found.set(row, extensionOption(owner, row));
      }
    }
  }
  const [only] = found.values();
  if (only === undefined) return { kind: 'unknown' };
  return found.size === 1 ? only : { kind: 'ambiguous' };
}
