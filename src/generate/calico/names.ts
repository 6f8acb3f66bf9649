/** Names that Felix derives: chains, interfaces, IP sets, log prefixes (felix/rules, libcalico-go/lib/hash). */

import { digestHex, digestText } from './hash.ts';
import type { IpVersion } from './rules/match.ts';
import type { RuleDirection } from './rules/rule.ts';

export type Dataplane = 'iptables' | 'nftables';

/** Longest chain name per dataplane, before the layer of nftables mode is put in front. */
export const maximumChainName: Readonly<Record<Dataplane, number>> = {
  iptables: 28,
  nftables: 256,
};

/** `prefix + suffix`, or where that is too long `prefix_` and the beginning of a digest of the suffix. */
export function lengthLimitedId(prefix: string, suffix: string, maximum: number): string {
  const length = prefix.length + suffix.length;
  if (length < maximum || (length === maximum && !suffix.startsWith('_'))) return prefix + suffix;
  return `${prefix}_${digestText('sha256', suffix).slice(0, maximum - 1 - prefix.length)}`;
}

const policyPrefix = { ingress: 'cali-pi-', egress: 'cali-po-' } as const;
const profilePrefix = { ingress: 'cali-pri-', egress: 'cali-pro-' } as const;
const groupPrefix = { ingress: 'cali-gi-', egress: 'cali-go-' } as const;

export interface PolicyName {
  readonly tier: string;
  /** The policy key: `namespace/name` or `name`, `staged:` in front of the name of a staged one. */
  readonly policy: string;
}

export function policyChainName(
  name: PolicyName,
  direction: RuleDirection,
  dataplane: Dataplane,
): string {
  const suffix = `${name.tier}/${name.policy}`;
  return lengthLimitedId(policyPrefix[direction], suffix, maximumChainName[dataplane]);
}

export function profileChainName(
  profile: string,
  direction: RuleDirection,
  dataplane: Dataplane,
): string {
  return lengthLimitedId(profilePrefix[direction], profile, maximumChainName[dataplane]);
}

export interface PolicyGroupKey {
  readonly tier: string;
  readonly selector: string;
  readonly direction: RuleDirection | '';
  readonly policies: readonly string[];
}

const groupDirection = { ingress: 'inbound', egress: 'outbound', '': '' } as const;

/** The 20 characters that identify a run of policies with one selector. */
export function policyGroupId(group: PolicyGroupKey): string {
  const lines = [
    group.tier,
    group.selector,
    groupDirection[group.direction],
    String(group.policies.length),
    ...group.policies,
  ];
  return digestText('sha3-224', lines.map((line) => `${line}\n`).join('')).slice(0, 20);
}

export function policyGroupChainName(group: PolicyGroupKey): string {
  const prefix = groupPrefix[group.direction === 'ingress' ? 'ingress' : 'egress'];
  return prefix + policyGroupId(group);
}

export type EndpointChainPrefix =
  | 'cali-tw-'
  | 'cali-fw-'
  | 'cali-th-'
  | 'cali-fh-'
  | 'cali-thfw-'
  | 'cali-fhfw-'
  | 'cali-sm-';

/** The interface name that stands for all host interfaces in chain names. */
export const anyInterface = 'any-interface-at-all';

export function endpointChainName(
  prefix: EndpointChainPrefix,
  interfaceName: string,
  dataplane: Dataplane,
): string {
  const name = interfaceName === '*' ? anyInterface : interfaceName;
  return lengthLimitedId(prefix, name, maximumChainName[dataplane]);
}

/** The host side of a pod's veth pair. */
export function workloadInterfaceName(prefix: string, namespace: string, pod: string): string {
  return prefix + digestHex('sha1', `${namespace}.${pod}`).slice(0, 11);
}

const setNameLength = 31;

/** The kernel's name of an IP set: `cali40` or `cali60` and the id, cut to what ipset takes. */
export function ipSetName(id: string, version: IpVersion): string {
  return `cali${version}0${id}`.slice(0, setNameLength);
}

/** A set's name in nftables, where a colon is not allowed. */
export function nftSetName(name: string): string {
  return name.replaceAll(':', '-');
}

export type IpSetIdPrefix = 's' | 'n' | 'svc' | 'svcnoport';

export function ipSetId(prefix: IpSetIdPrefix, content: string): string {
  return `${prefix}:${digestText('sha224', `${prefix}:${content}`)}`;
}

const nflogPrefixLength = 63;

/** A log prefix that fits netlink's limit: both ends are kept, the middle becomes a digest. */
export function nflogPrefix(raw: string): string {
  if (raw.length < nflogPrefixLength) return raw;
  return `${raw.slice(0, 10)}${lengthLimitedId('', raw, 42)}_${raw.slice(-10)}`;
}

/** Staged policies are recorded, never programmed. */
export function isStagedPolicy(policy: string): boolean {
  return policy.slice(policy.lastIndexOf('/') + 1).startsWith('staged:');
}

const specialTiers: readonly (readonly [string, string])[] = [
  ['knp.default.', 'default'],
  ['ossg.', 'default'],
  ['kanp.adminnetworkpolicy.', 'adminnetworkpolicy'],
  ['kbanp.baselineadminnetworkpolicy.', 'baselineadminnetworkpolicy'],
];

/** The tier that a policy's stored name says it is in. */
export function tierOfPolicyName(name: string): string {
  const special = specialTiers.find(([prefix]) => name.startsWith(prefix));
  if (special !== undefined) return special[1];
  const dot = name.indexOf('.');
  return dot < 0 ? 'default' : name.slice(0, dot);
}
