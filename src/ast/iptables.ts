/** The tree of iptables-save text: tables, chains, and rules as lists of options, kept as written. */

import type { Span } from '../base/span.ts';

export type IptablesFamily = 'ip' | 'ip6';

export interface IptablesRuleset {
  readonly kind: 'iptables-ruleset';
  readonly family: IptablesFamily;
  readonly tables: readonly IptablesTable[];
}

export interface IptablesCounters {
  readonly packets: bigint;
  readonly bytes: bigint;
}

export interface IptablesTable {
  readonly name: string;
  readonly chains: readonly IptablesChain[];
  /** All rules of the table in the order of the text; a rule names its chain. */
  readonly rules: readonly IptablesRule[];
  readonly span: Span;
}

export interface IptablesChain {
  readonly name: string;
  /** Built-in chains have a policy; user chains (`-` in the text) have none. */
  readonly policy?: string;
  readonly counters?: IptablesCounters;
  readonly span: Span;
}

/** One option as written: `! --dport 22` is `{ name: '--dport', negated: true, values: ['22'] }`. */
export interface IptablesOption {
  readonly name: string;
  readonly negated: boolean;
  readonly values: readonly string[];
  readonly span: Span;
}

/** `-m NAME` with its options; `implicit` when `-p tcp` alone loaded it. */
export interface IptablesMatch {
  readonly name: string;
  readonly implicit?: boolean;
  readonly options: readonly IptablesOption[];
  readonly span: Span;
}

/** `-j NAME` (or `-g NAME`) with its options; NAME is a verdict, a chain or an extension. */
export interface IptablesTarget {
  readonly name: string;
  readonly goto: boolean;
  readonly options: readonly IptablesOption[];
  readonly span: Span;
}

export interface IptablesRule {
  readonly chain: string;
  readonly counters?: IptablesCounters | undefined;
  /** Options of the rule itself: -s -d -p -i -o -f -4 -6. */
  readonly header: readonly IptablesOption[];
  readonly matches: readonly IptablesMatch[];
  readonly target?: IptablesTarget | undefined;
  readonly span: Span;
  /**
   * Rules with the same shape differ only in words that are certain to be good: where one of them is understood as one
   * rule without problems, the others are too.
   */
  readonly shape?: object;
}
