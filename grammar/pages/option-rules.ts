/** The options of iptables as rules of its grammar's page, from the rows of `src/fields/iptables`. */

import type { OptionRow } from '../../src/fields/iptables/extension.ts';
import { headerRows } from '../../src/fields/iptables/header.ts';
import {
  findMatch,
  findTarget,
  matchNames,
  targetNames,
} from '../../src/fields/iptables/registry.ts';
import type { Syntax, SyntaxRule } from './syntax.ts';

interface Optioned {
  readonly name: string;
  readonly optionByName: ReadonlyMap<string, OptionRow<unknown>>;
}

type Families = readonly (readonly [suffix: string, extension: Optioned | undefined])[];

/** `header`, then `match_NAME` and `target_NAME` in order of name. */
export function optionRules(): readonly SyntaxRule[] {
  const header = { kind: 'choice', items: headerRows.map((row) => optionSyntax(row)) } as const;
  return [
    { name: 'header', syntax: header },
    ...extensionRules('match', namesOf(matchNames), (name) => [
      ['', findMatch(name, 'ip')],
      ['_ip6', findMatch(name, 'ip6')],
    ]),
    ...extensionRules('target', namesOf(targetNames), (name) => [
      ['', findTarget(name, 'ip')],
      ['_ip6', findTarget(name, 'ip6')],
    ]),
  ];
}

function namesOf(names: (family: 'ip' | 'ip6') => readonly string[]): readonly string[] {
  return [...new Set([...names('ip'), ...names('ip6')])].sort();
}

/** One rule per extension; a second one where IPv6 has its own of the same name. */
function extensionRules(
  kind: 'match' | 'target',
  names: readonly string[],
  find: (name: string) => Families,
): readonly SyntaxRule[] {
  return names.flatMap((name) => {
    const [[, first] = ['', undefined], [suffix, second] = ['', undefined]] = find(name);
    const own = second !== undefined && first !== undefined && second !== first;
    const rows: (readonly [string, Optioned])[] = [];
    const any = first ?? second;
    if (any !== undefined) rows.push([`${kind}_${name}`, any]);
    if (own) rows.push([`${kind}_${name}${suffix}`, second]);
    return rows.map(([rule, extension]) => ({ name: rule, syntax: extensionSyntax(extension) }));
  });
}

function extensionSyntax({ optionByName }: Optioned): Syntax {
  const rows = [...new Set(optionByName.values())];
  const items = rows.map(optionSyntax);
  const [only] = items;
  if (only === undefined) return { kind: 'sequence', items: [] };
  return {
    kind: 'repeat',
    item: items.length === 1 ? only : { kind: 'choice', items },
    atLeastOnce: false,
  };
}

/** `[ ! ] --name WORD`, with the other names that mean the same. */
function optionSyntax(row: {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly invert?: boolean;
  readonly words?: number;
  readonly value?: { readonly words: number };
}): Syntax {
  const names = [row.name, ...(row.aliases ?? [])].map((text) => ({ kind: 'word', text }) as const);
  const [only] = names;
  const name: Syntax =
    names.length === 1 && only !== undefined ? only : { kind: 'choice', items: names };
  const value = { kind: 'class', text: 'WORD' } as const;
  const values = Array.from({ length: row.words ?? row.value?.words ?? 1 }, () => value);
  const not: readonly Syntax[] =
    row.invert === true ? [{ kind: 'option', item: { kind: 'word', text: '!' } }] : [];
  return { kind: 'sequence', items: [...not, name, ...values] };
}
