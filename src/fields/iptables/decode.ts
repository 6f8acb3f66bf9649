/** From a rule as written to a rule as meant: typed options for its header, matches and target. */

import { decodeOnce } from './decode-once.ts';
import { type RuleHeader, readHeaders } from './header.ts';
import type { MatchOptions } from './match-table.ts';
import { findMatch, findTarget, type MatchExtension, type TargetExtension } from './registry.ts';
import type { TargetOptions } from './target-table.ts';
import type {
  IptablesFamily,
  Problem,
  RuleSite,
  WrittenMatch,
  WrittenOption,
  WrittenRule,
  WrittenTarget,
} from './written.ts';

export interface UnknownExtension {
  readonly kind: 'unknown';
  readonly name: string;
  readonly written: readonly WrittenOption[];
}

export interface KnownMatch {
  readonly kind: 'match';
  /** As it is printed after -m. */
  readonly name: string;
  readonly extension: MatchExtension;
  readonly options: MatchOptions;
}

export type DecodedMatch = KnownMatch | UnknownExtension;

export interface KnownTarget {
  readonly kind: 'target';
  readonly name: string;
  readonly extension: TargetExtension;
  readonly options: TargetOptions;
}

export type StandardVerdict = 'ACCEPT' | 'DROP' | 'RETURN' | 'QUEUE';

export type DecodedTarget =
  | { readonly kind: 'verdict'; readonly name: StandardVerdict }
  | { readonly kind: 'chain'; readonly chain: string; readonly goto: boolean }
  | KnownTarget
  | UnknownExtension;

export interface DecodedRule extends RuleHeader {
  readonly chain: string;
  readonly matches: readonly DecodedMatch[];
  readonly target?: DecodedTarget;
}

export interface DecodeSite {
  readonly family: IptablesFamily;
  readonly table: string;
  /** Chains of the table that a jump may name. */
  readonly chains: { has(name: string): boolean };
  readonly ipsets?: ReadonlySet<string>;
  readonly report: (problem: Problem) => void;
}

/** Several rules where an option lists several addresses. */
export function decodeRule(rule: WrittenRule, site: DecodeSite): readonly DecodedRule[] {
  const { chain, header, matches: writtenMatches, target: writtenTarget } = rule;
  const { family, table, ipsets, report } = site;
  const headers = readHeaders(header, family, report);
  const protocol = boundProtocol(headers[0]?.protocol);
  const ruleSite: RuleSite = { family, table, chain, protocol, ...(ipsets && { ipsets }) };
  const matches: DecodedMatch[] = [];
  for (const match of writtenMatches) {
    const decoded = decodeMatch(match, ruleSite, report);
    if (decoded !== undefined) matches.push(decoded);
  }
  const target = writtenTarget && decodeTarget(writtenTarget, ruleSite, site);
  return headers.map((each) => ({ chain, ...each, matches, ...(target && { target }) }));
}

function boundProtocol(protocol: RuleSite['protocol']): RuleSite['protocol'] {
  return protocol?.number === 0 ? undefined : protocol;
}

function decodeMatch(
  match: WrittenMatch,
  site: RuleSite,
  report: (problem: Problem) => void,
): DecodedMatch | undefined {
  const extension = findMatch(match.name, site.family);
  if (extension === undefined) {
    return { kind: 'unknown', name: match.name, written: match.options };
  }
  const options = decodeOnce(extension, match.options, site, report);
  return options && { kind: 'match', name: extension.name, extension, options };
}

function decodeTarget(
  target: WrittenTarget,
  site: RuleSite,
  { chains, report }: DecodeSite,
): DecodedTarget | undefined {
  const { name } = target;
  if (target.goto) return { kind: 'chain', chain: name, goto: true };
  if (isVerdict(name)) return { kind: 'verdict', name };
  const extension = findTarget(name, site.family);
  if (extension !== undefined) {
    const options = decodeOnce(extension, target.options, site, report);
    return options && { kind: 'target', name: extension.name, extension, options };
  }
  return chains.has(name) || target.options.length === 0
    ? { kind: 'chain', chain: name, goto: false }
    : { kind: 'unknown', name, written: target.options };
}

export function isVerdict(name: string): name is StandardVerdict {
  return name === 'ACCEPT' || name === 'DROP' || name === 'RETURN' || name === 'QUEUE';
}
