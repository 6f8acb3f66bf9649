/** xtables extensions of a program in the text that nft shows for them, which it asks of libxtables. */

import type { RuleProtocol } from '../../fields/iptables/written.ts';
import type { IptablesRelease } from '../../lower/iptables/header.ts';
import type { Operation } from '../../model/operations.ts';
import type { Program, ProgramRule } from '../../model/program.ts';
import type { XtMatch, XtTarget } from '../../model/xt.ts';
import type { TranslateXt } from '../../raise/options.ts';
import { translateMatch, translateTarget } from './tables.ts';
import type { TranslationSite } from './translation.ts';

/** The translator of a program's extensions; it knows the family and protocol of the rule each one stands in. */
export function xtTranslator(program: Program, release: IptablesRelease = '1.8.13'): TranslateXt {
  const sites = new Map<XtMatch | XtTarget, TranslationSite>();
  for (const table of program.tables) {
    const { family } = table;
    if (family !== 'ip' && family !== 'ip6') continue;
    for (const { rules } of table.chains) {
      for (const rule of rules) noteSites(sites, rule, { family, table: table.name, release });
    }
  }
  return (extension) => {
    const site = sites.get(extension.value);
    return site === undefined ? undefined : translateExtension(extension.value, site)?.trimEnd();
  };
}

function noteSites(
  sites: Map<XtMatch | XtTarget, TranslationSite>,
  { operations }: ProgramRule,
  { family, table, release }: Pick<TranslationSite, 'family' | 'table' | 'release'>,
): void {
  const site: TranslationSite = {
    family,
    table,
    release,
    protocol: protocolOf(operations),
    listing: true,
    numbering: { connlimit: 0 },
    before: () => undefined,
  };
  for (const operation of operations) {
    if (operation.kind === 'match') sites.set(operation.match, site);
    if (operation.kind === 'target') sites.set(operation.target, site);
  }
}

/** What the rule compares the protocol with, before its matches. */
function protocolOf(operations: readonly Operation[]): RuleProtocol | undefined {
  for (const [place, operation] of operations.entries()) {
    const next = operations[place + 1];
    const number = next?.kind === 'cmp' ? next.data[0] : undefined;
    if (loadsProtocol(operation) && next?.kind === 'cmp' && number !== undefined) {
      return { number, negated: next.operator === 'neq' };
    }
  }
  return undefined;
}

function loadsProtocol(operation: Operation): boolean {
  if (operation.kind === 'meta') return operation.key === 'l4proto';
  return (
    operation.kind === 'payload' &&
    operation.base === 'network' &&
    operation.offset === 9 &&
    operation.length === 1
  );
}

function translateExtension(
  { options }: XtMatch | XtTarget,
  site: TranslationSite,
): string | undefined {
  if (options === undefined) return undefined;
  return isTarget(options) ? translateTarget(options, site) : translateMatch(options, site);
}

type Options = NonNullable<XtMatch['options']>;

/** Targets are in capitals. */
function isTarget(options: Options): options is Extract<Options, { kind: Uppercase<string> }> {
  return options.kind === options.kind.toUpperCase() && options.kind !== options.kind.toLowerCase();
}
