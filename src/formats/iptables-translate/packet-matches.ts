/** Translations of matches on the packet's metadata and of those that look around it. */

import { formatLinkLayerAddress } from '../../base/address.ts';
import type { AddressTypeMatch, AddrtypeOptions } from '../../fields/iptables/matches/addrtype.ts';
import type { CgroupOptions } from '../../fields/iptables/matches/cgroup.ts';
import type { ClusterOptions } from '../../fields/iptables/matches/cluster.ts';
import type { CpuOptions } from '../../fields/iptables/matches/cpu.ts';
import type { DevgroupOptions, DeviceGroup } from '../../fields/iptables/matches/devgroup.ts';
import type { LengthOptions } from '../../fields/iptables/matches/length.ts';
import type { MacOptions } from '../../fields/iptables/matches/mac.ts';
import type { MarkOptions } from '../../fields/iptables/matches/mark.ts';
import type { OwnerOptions, OwnerRange } from '../../fields/iptables/matches/owner.ts';
import type { PkttypeOptions } from '../../fields/iptables/matches/pkttype.ts';
import type { PolicyOptions } from '../../fields/iptables/matches/policy.ts';
import type { QuotaOptions } from '../../fields/iptables/matches/quota.ts';
import type { RealmOptions } from '../../fields/iptables/matches/realm.ts';
import type { RpfilterOptions } from '../../fields/iptables/matches/rpfilter.ts';
import type { SocketOptions } from '../../fields/iptables/matches/socket.ts';
import type { StatisticOptions } from '../../fields/iptables/matches/statistic.ts';
import { paddedHex } from '../../fields/iptables/numbers.ts';
import { joined, maskedTest, not, range, type Translate } from './translation.ts';

export const mark: Translate<MarkOptions> = (options) =>
  maskedTest('mark', options, options.inverted);

export const mac: Translate<MacOptions> = ({ address, inverted }) =>
  `ether saddr ${not(inverted)}${formatLinkLayerAddress(address)}`;

export const length: Translate<LengthOptions> = (options) =>
  `meta length ${not(options.inverted)}${range(options)}`;

export const pkttype: Translate<PkttypeOptions> = ({ type, inverted }) =>
  `pkttype ${not(inverted)}${type}`;

export const cpu: Translate<CpuOptions> = (options) => `cpu ${not(options.inverted)}${options.cpu}`;

export const cgroup: Translate<CgroupOptions> = ({ classId, path }) => {
  if (path !== undefined) return undefined;
  return classId === undefined ? '' : `meta cgroup ${not(classId.inverted)}${classId.number}`;
};

export const quota: Translate<QuotaOptions> = ({ bytes, inverted }) =>
  `quota ${inverted ? 'over ' : ''}${bytes} bytes`;

export const realm: Translate<RealmOptions> = (options) =>
  options.value === 0 && options.mask === 0xffffffff
    ? `rtclassid ${not(options.inverted)}cosmos`
    : maskedTest('rtclassid', options, options.inverted);

export const devgroup: Translate<DevgroupOptions> = ({ source, destination }) =>
  joined([
    group('iifgroup', source),
    // An inversion of the first group is carried over to the second, as in 1.8.13.
    group(
      'oifgroup',
      destination && {
        ...destination,
        inverted: destination.inverted || source?.inverted === true,
      },
    ),
  ]);

function group(key: string, tested: DeviceGroup | undefined): string | undefined {
  if (tested === undefined) return undefined;
  return tested.value === 0 && tested.mask === 0xffffffff
    ? `${key} ${not(tested.inverted)}default`
    : maskedTest(key, tested, tested.inverted);
}

/** nft has no names for the last three types. */
const namelessTypes: readonly string[] = ['THROW', 'NAT', 'XRESOLVE'];

/** Of two tests 1.8.13 translates the first. */
export const addrtype: Translate<AddrtypeOptions> = ({ source, destination, limitInterface }) => {
  const limit = limitInterface === undefined ? '' : `. ${limitInterface === 'in' ? 'iif' : 'oif'} `;
  if (source) return `fib saddr ${limit}type ${addressTypes(source)}`;
  return destination && `fib daddr ${limit}type ${addressTypes(destination)}`;
};

function addressTypes({ types, inverted }: AddressTypeMatch): string {
  const names = types
    .filter((type) => !namelessTypes.includes(type))
    .map((type) => type.toLowerCase());
  return not(inverted) + (types.length === 1 ? names.join('') : `{ ${names.join(', ')} }`);
}

/** One user or group, or a range, and nothing else. */
export const owner: Translate<OwnerOptions> = ({
  user,
  group: gid,
  socketExists,
  supplementaryGroups,
}) => {
  if (socketExists !== undefined || supplementaryGroups || (user && gid)) return undefined;
  if (user) return `skuid ${ids(user)}`;
  return gid && `skgid ${ids(gid)}`;
};

function ids(tested: OwnerRange): string {
  return not(tested.inverted) + range(tested);
}

export const policy: Translate<PolicyOptions> = ({ direction, policy: kind, strict, elements }) =>
  strict || elements.length > 0 || direction === 'out'
    ? undefined
    : `meta secpath ${kind === 'none' ? 'missing' : 'exists'}`;

/** A passed check that accepts local addresses has no translation. */
export const rpfilter: Translate<RpfilterOptions> = (options) => {
  if (options.acceptLocal && !options.inverted) return undefined;
  const keys = [
    'fib saddr',
    options.validMark ? '. mark' : undefined,
    options.loose ? undefined : '. iif',
  ];
  return joined([
    options.acceptLocal ? 'fib saddr type != local' : undefined,
    joined(keys),
    options.inverted ? 'oif 0' : 'oif != 0',
  ]);
};

export const socket: Translate<SocketOptions> = ({ transparent, noWildcard, restoreMark }) =>
  joined([
    noWildcard ? undefined : 'socket wildcard 0',
    transparent ? 'socket transparent 1' : undefined,
    noWildcard && !transparent && !restoreMark ? 'socket wildcard le 1' : undefined,
    restoreMark ? 'meta mark set socket mark' : undefined,
  ]);

export const statistic: Translate<StatisticOptions> = (options) =>
  options.mode === 'nth'
    ? `numgen inc mod ${options.every} ${not(options.inverted)}${options.packet}`
    : `meta random & 2147483647 ${options.inverted ? '>=' : '<'} ${options.probability}`;

/** The inversion is lost, as in 1.8.13. */
export const cluster: Translate<ClusterOptions> = ({ totalNodes, nodeMask, hashSeed }) => {
  const nodes = Array.from({ length: 32 }, (_, bit) => bit).filter((bit) => (nodeMask >>> bit) & 1);
  const seed = paddedHex(hashSeed, 8);
  const [only] = nodes;
  const target =
    nodes.length === 1 && only !== undefined ? `eq ${only + 1}` : `{ ${nodes.join(', ')} }`;
  return `jhash ct original saddr mod ${totalNodes} seed ${seed} ${target} meta pkttype set host`;
};
