/** Matches that ask the host: addrtype, rpfilter, set, owner, devgroup, physdev, policy, time. */

import type { Address } from '../../base/address.ts';
import { formatAddress } from '../../base/address.ts';
import type { AddressTypeMatch, AddrtypeOptions } from '../../fields/iptables/matches/addrtype.ts';
import type { DevgroupOptions } from '../../fields/iptables/matches/devgroup.ts';
import type { OwnerOptions, OwnerRange } from '../../fields/iptables/matches/owner.ts';
import type { PhysdevOptions } from '../../fields/iptables/matches/physdev.ts';
import type { RpfilterOptions } from '../../fields/iptables/matches/rpfilter.ts';
import type { SetOptions } from '../../fields/iptables/matches/set.ts';
import type { TimeOptions } from '../../fields/iptables/matches/time.ts';
import { addressType } from '../../host/address-type.ts';
import type { IpSetPacket } from '../../host/ipset-lookup.ts';
import type { NetworkInterface } from '../../host/network-interface.ts';
import { lookupRoute } from '../../host/route-lookup.ts';
import { byteAt, read16 } from '../../packet/bytes.ts';
import { hasPorts, protocol } from '../../packet/protocols.ts';
import { destinationAddress, ipFamily, type LivePacket, sourceAddress } from '../live-packet.ts';
import { isOfKernelSocket } from '../operations/kernel-socket.ts';
import type { Evaluation } from '../rules/evaluation.ts';
import { chooseYes } from '../run.ts';
import { trafficClass } from './header.ts';
import { testChangedIpSet } from './ipset-state.ts';
import { isBetween, type Matcher } from './matcher.ts';

export function addrtypeMatcher(options: AddrtypeOptions): Matcher {
  const { source, destination, limitInterface } = options;
  return (evaluation) => {
    const { packet, state } = evaluation;
    const device =
      limitInterface === 'in' ? state.input : limitInterface === 'out' ? state.output : undefined;
    return (
      typeFits(evaluation, source, sourceAddress(packet), device) &&
      typeFits(evaluation, destination, destinationAddress(packet), device)
    );
  };
}

function typeFits(
  { run }: Evaluation,
  wanted: AddressTypeMatch | undefined,
  address: Address,
  device: NetworkInterface | undefined,
): boolean {
  if (wanted === undefined) return true;
  if (address.length === 16) return typeFits6(run, wanted, address, device) !== wanted.inverted;
  const limited = device === undefined ? {} : { device: device.name };
  const type = addressType(run.host, address, limited).toUpperCase();
  return wanted.types.some((name) => name === type) !== wanted.inverted;
}

/** match_type6(): the address itself is unicast, multicast or unspecified, and routing must name one of the other kinds. */
function typeFits6(
  run: Evaluation['run'],
  { types }: AddressTypeMatch,
  address: Address,
  device: NetworkInterface | undefined,
): boolean {
  const multicast = address[0] === 0xff;
  const unspecified = address.every((byte) => byte === 0);
  const wanted = new Set<string>(types);
  if (wanted.has('MULTICAST') && !multicast) return false;
  if (wanted.has('UNICAST') && (multicast || unspecified)) return false;
  if (wanted.has('UNSPEC') && !unspecified) return false;
  const routed = routedTypes.filter((name) => wanted.has(name));
  if (routed.length === 0) return true;
  const limited = device === undefined ? {} : { device: device.name };
  const found = addressType(run.host, address, limited).toUpperCase();
  return routed.some((name) => name === found);
}

const routedTypes = ['LOCAL', 'ANYCAST', 'UNREACHABLE'] as const;

/** rpfilter_mt() of IPv4 and IPv6. */
export function rpfilterMatcher(options: RpfilterOptions): Matcher {
  return (evaluation) => passesReversePath(evaluation, options) !== options.inverted;
}

function passesReversePath(
  { packet, run, state }: Evaluation,
  { loose, validMark, acceptLocal }: RpfilterOptions,
): boolean {
  const { input } = state;
  if (input?.flags.includes('LOOPBACK') === true) return true;
  const source = sourceAddress(packet);
  const isIpv6 = source.length === 16;
  if (isIpv6 && source.every((byte) => byte === 0)) return true;
  if (!isIpv6 && isStartUp(source, destinationAddress(packet))) return true;
  const bound = isIpv6 && !loose && input !== undefined ? { outputInterface: input.name } : {};
  const lookup = lookupRoute(run.host, {
    destination: source,
    source: destinationAddress(packet),
    mark: validMark ? packet.mark : 0,
    tos: trafficClass(packet),
    ...bound,
  });
  if (lookup.kind !== 'found') return false;
  if (lookup.type === 'local' && acceptLocal && isIpv6) return true;
  if (lookup.type !== 'unicast' && !(lookup.type === 'local' && acceptLocal)) return false;
  return loose || lookup.route.nexthops.some(({ device }) => device === input?.name);
}

/** 0.0.0.0/8 to the limited broadcast or a link-local group. */
function isStartUp(source: Address, destination: Address): boolean {
  if (source[0] !== 0) return false;
  const limited = destination.every((byte) => byte === 255);
  return limited || (destination[0] === 224 && destination[1] === 0 && destination[2] === 0);
}

export function setMatcher(options: SetOptions): Matcher {
  const { set, directions, inverted, packets, bytes, updateCounters, updateSubcounters } = options;
  return (evaluation) => {
    const { run, packet } = evaluation;
    const asked = ipSetPacket(evaluation);
    const test = testChangedIpSet(run, set, {
      packet: asked,
      directions,
      counting: {
        length: packet.length,
        update: updateCounters,
        ...(packets && { packets }),
        ...(bytes && { bytes }),
      },
      updateMembers: updateSubcounters,
      nomatch: options.returnNomatch,
    });
    if (test !== undefined && test.kind !== 'unknown-set') {
      return (test.kind === 'match') !== inverted;
    }
    const addresses = directions.map((side) =>
      formatAddress(side === 'src' ? asked.source : asked.destination),
    );
    const key = `ipset ${set} ${directions.join(',')} ${addresses.join(',')}`;
    return chooseYes(run, packet.subject, { reason: 'unknown-set', key }) !== inverted;
  };
}

export function ipSetPacket({ packet, info, state }: Evaluation): IpSetPacket {
  const { bytes, length, link } = packet;
  const at = info.transport;
  const whole = info.hasTransport && info.fragmentOffset === 0;
  const ports =
    whole && hasPorts(info.protocol) && at + 4 <= length
      ? { sourcePort: read16(bytes, at), destinationPort: read16(bytes, at + 2) }
      : {};
  const isIcmp = info.protocol === protocol.icmp || info.protocol === protocol.icmpv6;
  const icmp =
    whole && isIcmp && at + 2 <= length
      ? { icmpType: byteAt(bytes, at), icmpCode: byteAt(bytes, at + 1) }
      : {};
  const macs =
    link === undefined
      ? {}
      : { sourceMac: link.subarray(6, 12), destinationMac: link.subarray(0, 6) };
  return {
    family: ipFamily(packet) ?? 4,
    source: sourceAddress(packet),
    destination: destinationAddress(packet),
    protocol: info.protocol,
    mark: packet.mark,
    ...ports,
    ...icmp,
    ...macs,
    ...(state.input === undefined ? {} : { inputInterface: state.input.name }),
    ...(state.output === undefined ? {} : { outputInterface: state.output.name }),
    ...(packet.physicalInput === undefined
      ? {}
      : { physicalInputInterface: packet.physicalInput.name }),
    ...(packet.physicalOutput === undefined
      ? {}
      : { physicalOutputInterface: packet.physicalOutput.name }),
  };
}

/** owner_mt(): what has no socket only satisfies negated options. */
export function ownerMatcher(options: OwnerOptions): Matcher {
  const { user, group, socketExists } = options;
  return (evaluation) => {
    const { sender } = evaluation.packet;
    if (sender === undefined) {
      const unowned = (user?.inverted ?? true) && (group?.inverted ?? true);
      return unowned && socketExists !== !isOfKernelSocket(evaluation);
    }
    if (socketExists === false) return false;
    return (
      ownerFits(evaluation, 'uid', user, sender.uid) &&
      ownerFits(evaluation, 'gid', group, sender.gid)
    );
  };
}

function ownerFits(
  { run, packet }: Evaluation,
  what: 'uid' | 'gid',
  range: OwnerRange | undefined,
  known: number | undefined,
): boolean {
  if (range === undefined) return true;
  const inside =
    known === undefined
      ? chooseYes(run, packet.subject, {
          reason: 'unknown-user',
          key: `socket ${what} ${range.from}-${range.to}`,
        })
      : isBetween(known, range);
  return inside !== range.inverted;
}

export function devgroupMatcher({ source, destination }: DevgroupOptions): Matcher {
  return ({ state }) => {
    const fits = (wanted: typeof source, device: NetworkInterface | undefined): boolean => {
      if (wanted === undefined) return true;
      const group = (device?.group ?? 0) & wanted.mask;
      return (group >>> 0 === wanted.value) !== wanted.inverted;
    };
    return fits(source, state.input) && fits(destination, state.output);
  };
}

/** Without br_netfilter no IP packet knows its bridge port. */
export function physdevMatcher(options: PhysdevOptions): Matcher {
  return ({ packet }) => {
    const { physicalInput, physicalOutput } = bridgePorts(packet);
    if (options.isIn !== undefined && (physicalInput !== undefined) !== options.isIn) return false;
    if (options.isOut !== undefined && (physicalOutput !== undefined) !== options.isOut)
      return false;
    const bridged = physicalInput !== undefined && physicalOutput !== undefined;
    if (options.isBridged !== undefined && bridged !== options.isBridged) return false;
    return portFits(options.in, physicalInput) && portFits(options.out, physicalOutput);
  };
}

function bridgePorts(packet: LivePacket): {
  readonly physicalInput: NetworkInterface | undefined;
  readonly physicalOutput: NetworkInterface | undefined;
} {
  return { physicalInput: packet.physicalInput, physicalOutput: packet.physicalOutput };
}

function portFits(wanted: PhysdevOptions['in'], device: NetworkInterface | undefined): boolean {
  if (wanted === undefined) return true;
  const { name, inverted } = wanted;
  const own = device?.name ?? '';
  const same = name.endsWith('+') ? own.startsWith(name.slice(0, -1)) : own === name;
  return same !== inverted;
}

const secondsPerDay = 86400;

export function timeMatcher(options: TimeOptions): Matcher {
  return ({ run }) => {
    const seconds = Math.floor(run.clock / 1000);
    if (seconds < options.dateStart || seconds > options.dateStop) return false;
    const ofDay = seconds % secondsPerDay;
    const { dayStart, dayStop } = options;
    let day = Math.floor(seconds / secondsPerDay);
    if (dayStart < dayStop) {
      if (ofDay < dayStart || ofDay > dayStop) return false;
    } else if (ofDay < dayStart && ofDay > dayStop) {
      return false;
    } else if (options.contiguous && ofDay < dayStop) {
      day -= 1;
    }
    const weekday = ((day + 3) % 7) + 1;
    if (!options.weekdays.includes(weekday)) return false;
    return options.monthDays.includes(new Date(day * secondsPerDay * 1000).getUTCDate());
  };
}
