/** Which rules exist for an IP version, and what is left of their networks (FilterRuleToIPVersion). */

import type { PolicyRule, RuleHalf, RuleSide } from '../policy-rule.ts';
import type { IpVersion } from '../rules/match.ts';

export function networkVersion(network: string): IpVersion {
  return network.includes(':') ? 6 : 4;
}

const everything: Readonly<Record<IpVersion, string>> = { 4: '0.0.0.0/0', 6: '::/0' };

/** Undefined: networks are asked for, but none of this version. */
function sideOfVersion(side: RuleSide, version: IpVersion): RuleSide | undefined {
  if (side.networks.length === 0) return side;
  const networks = side.networks.filter((network) => networkVersion(network) === version);
  return networks.length === 0 ? undefined : { ...side, networks };
}

function halfOfVersion(half: RuleHalf, version: IpVersion): RuleHalf | undefined {
  const source = sideOfVersion(half.source, version);
  const destination = sideOfVersion(half.destination, version);
  return source === undefined || destination === undefined
    ? undefined
    : { ...half, source, destination };
}

function excludesEverything(half: RuleHalf, version: IpVersion): boolean {
  return [half.source, half.destination].some(({ networks }) =>
    networks.includes(everything[version]),
  );
}

/** The rule with the networks of one IP version; undefined when it can match nothing of it. */
export function ruleOfVersion(rule: PolicyRule, version: IpVersion): PolicyRule | undefined {
  if (rule.version !== undefined && rule.version !== version) return undefined;
  const match = halfOfVersion(rule.match, version);
  const not = halfOfVersion(rule.not, version);
  if (match === undefined || not === undefined || excludesEverything(not, version)) {
    return undefined;
  }
  return { ...rule, match, not };
}
