/** A rule of a policy or profile as it reaches Felix: sets and networks instead of selectors. */

import type { IpVersion, PortRange } from './rules/match.ts';

export interface IcmpMatch {
  readonly type: number;
  readonly code?: number;
}

/** What a rule asks of one end of the packet; every list is empty when nothing is asked. */
export interface RuleSide {
  readonly networks: readonly string[];
  readonly ports: readonly PortRange[];
  /** Ids of address sets; all of them must contain the address. */
  readonly sets: readonly string[];
  /** Ids of (address, protocol, port) sets of named ports; one of them or of `ports` must match. */
  readonly namedPortSets: readonly string[];
  /** Ids of (address, protocol, port) sets of services; all of them must match. */
  readonly portSets: readonly string[];
}

/** The positive or the negated half of a rule. */
export interface RuleHalf {
  readonly protocol?: string | number;
  readonly source: RuleSide;
  readonly destination: RuleSide;
  readonly icmp?: IcmpMatch;
}

export interface PolicyRule {
  /** `''` is allow. */
  readonly action: 'allow' | 'deny' | 'pass' | 'next-tier' | 'log' | '';
  readonly version?: IpVersion;
  readonly match: RuleHalf;
  readonly not: RuleHalf;
  readonly annotations: Readonly<Record<string, string>>;
}

export const emptySide: RuleSide = {
  networks: [],
  ports: [],
  sets: [],
  namedPortSets: [],
  portSets: [],
};

export const emptyHalf: RuleHalf = { source: emptySide, destination: emptySide };

export const allowAll: PolicyRule = {
  action: 'allow',
  match: emptyHalf,
  not: emptyHalf,
  annotations: {},
};
