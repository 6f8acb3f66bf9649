/** How iptables options stand in a rule before they are understood: a name, a sign and words. */

export type IptablesFamily = 'ip' | 'ip6';

/** One option as written; the option nodes of the tree are of this shape. */
export interface WrittenOption {
  readonly name: string;
  readonly negated: boolean;
  readonly values: readonly string[];
}

export interface WrittenMatch {
  readonly name: string;
  readonly implicit?: boolean;
  readonly options: readonly WrittenOption[];
}

export interface WrittenTarget {
  readonly name: string;
  readonly goto: boolean;
  readonly options: readonly WrittenOption[];
}

export interface WrittenRule {
  readonly chain: string;
  readonly header: readonly WrittenOption[];
  readonly matches: readonly WrittenMatch[];
  readonly target?: WrittenTarget | undefined;
}

/** What is wrong with an option: one lower-case sentence, and what to do about it. */
export interface Problem {
  readonly option: WrittenOption | undefined;
  readonly message: string;
  readonly hint?: string;
}

/** The protocol a rule is bound to with -p; it decides how ports and services are read. */
export interface RuleProtocol {
  readonly number: number;
  readonly negated: boolean;
}

/** Where a rule stands, as far as its extensions ask. */
export interface RuleSite {
  readonly family: IptablesFamily;
  readonly table: string;
  readonly chain: string;
  readonly protocol: RuleProtocol | undefined;
  /** Names of the ipset sets that exist, where that is known. */
  readonly ipsets?: ReadonlySet<string>;
}
