/** Finds matches and targets by name, as libxtables loads them. */

import type { Extension, OptionRow, SaveSite } from './extension.ts';
import { type MatchOptions, matchExtensions } from './match-table.ts';
import { type TargetOptions, targetExtensions } from './target-table.ts';
import type { IptablesFamily, Problem, RuleSite, WrittenOption } from './written.ts';

/** An extension whose options are known only as the union: its own printer takes what its own reader gave. */
export interface AnyExtension<Options> {
  readonly name: string;
  readonly family?: IptablesFamily;
  readonly revision: number;
  readonly aliases: readonly string[];
  readonly protocols?: readonly number[];
  readonly tables?: readonly string[];
  readonly hooks?: readonly string[];
  readonly optionByName: ReadonlyMap<string, OptionRow<unknown>>;
  decode(
    written: readonly WrittenOption[],
    site: RuleSite,
    report: (problem: Problem) => void,
  ): Options | undefined;
  refused(options: Options, site: RuleSite): string | undefined;
  save(options: Options, site: SaveSite): readonly string[];
}

export type MatchExtension = AnyExtension<MatchOptions>;
export type TargetExtension = AnyExtension<TargetOptions>;

const matches = index<MatchExtension>(matchExtensions);
const targets = index<TargetExtension>(targetExtensions);

export function findMatch(name: string, family: IptablesFamily): MatchExtension | undefined {
  return matches[family].get(name);
}

export function findTarget(name: string, family: IptablesFamily): TargetExtension | undefined {
  return targets[family].get(name);
}

/** Names for "did you mean". */
export function matchNames(family: IptablesFamily): readonly string[] {
  return [...matches[family].keys()];
}

export function targetNames(family: IptablesFamily): readonly string[] {
  return [...targets[family].keys()];
}

function index<
  Row extends Pick<Extension, 'name' | 'aliases'> & { readonly family?: IptablesFamily },
>(rows: readonly Row[]): Readonly<Record<IptablesFamily, ReadonlyMap<string, Row>>> {
  const byFamily = { ip: new Map<string, Row>(), ip6: new Map<string, Row>() };
  for (const row of rows) {
    for (const family of ['ip', 'ip6'] as const) {
      if (row.family !== undefined && row.family !== family) continue;
      for (const name of [row.name, ...row.aliases]) byFamily[family].set(name, row);
    }
  }
  return byFamily;
}
