/** Matches on what no packet and no host fact shows: cpu, cgroup, socket, osf. Each is a choice where it is not settled. */

import { formatAddress } from '../../base/address.ts';
import type { CgroupOptions } from '../../fields/iptables/matches/cgroup.ts';
import type { CpuOptions } from '../../fields/iptables/matches/cpu.ts';
import type { OsfOptions } from '../../fields/iptables/matches/osf.ts';
import type { SocketOptions } from '../../fields/iptables/matches/socket.ts';
import { byteAt, read16 } from '../../packet/bytes.ts';
import { hasPorts, protocol, tcpFlag } from '../../packet/protocols.ts';
import { destinationAddress, sourceAddress } from '../live-packet.ts';
import { isOfKernelSocket } from '../operations/kernel-socket.ts';
import type { Evaluation } from '../rules/evaluation.ts';
import { chooseYes, record } from '../run.ts';
import type { Matcher } from './matcher.ts';

/** One CPU handles a packet: of several numbers asked for, at most one is right. */
export function cpuMatcher({ cpu, inverted }: CpuOptions): Matcher {
  return ({ run, packet }) => {
    const taken = run.choices.find(
      ({ choice, option }) => choice.key.startsWith('cpu ') && option === 0,
    );
    const key = `cpu ${cpu}`;
    if (taken !== undefined) return (taken.choice.key === key) !== inverted;
    return chooseYes(run, packet.subject, { reason: 'unknown-match', key }) !== inverted;
  };
}

/** cgroup_mt(): without a socket nothing matches, negated or not. Received packets may have found theirs before input. */
export function cgroupMatcher({ classId, path }: CgroupOptions): Matcher {
  return (evaluation) => {
    const { run, packet, state } = evaluation;
    const { sender } = packet;
    if (classId !== undefined && isOfKernelSocket(evaluation))
      return (classId.number === 0) !== classId.inverted;
    if (sender === undefined && state.hook !== 'input') return false;
    if (path !== undefined && sender?.cgroup !== undefined) {
      const own = `${sender.cgroup.replace(/^\/+|\/+$/g, '')}/`;
      const wanted = `${path.path.replace(/^\/+|\/+$/g, '')}/`;
      return (wanted === '/' || own.startsWith(wanted)) !== path.inverted;
    }
    const key = path === undefined ? `cgroup ${classId?.number ?? 0}` : `cgroup ${path.path}`;
    const belongs = chooseYes(run, packet.subject, { reason: 'unknown-socket', key });
    if (sender === undefined) return belongs;
    return belongs !== (path?.inverted ?? classId?.inverted ?? false);
  };
}

/** `10.0.0.9:4000 > 10.0.0.1:80` for the keys of questions about sockets. */
export function flowText({ packet, info }: Evaluation): string {
  const at = info.transport;
  const ports = info.fragmentOffset === 0 && hasPorts(info.protocol) && at + 4 <= packet.length;
  const end = (address: Uint8Array, offset: number) =>
    ports
      ? `${formatAddress(address)}:${read16(packet.bytes, at + offset)}`
      : formatAddress(address);
  return `${end(sourceAddress(packet), 0)} > ${end(destinationAddress(packet), 2)}`;
}

/** socket_mt4_v3(): does a socket of this host own the packet? */
export function socketMatcher(options: SocketOptions): Matcher {
  const words = [
    ...(options.transparent ? ['transparent'] : []),
    ...(options.noWildcard ? [] : ['no wildcard']),
  ];
  return (evaluation) => {
    const { run, packet, info } = evaluation;
    if (info.protocol !== protocol.tcp && info.protocol !== protocol.udp) {
      const icmp = info.protocol === protocol.icmp || info.protocol === protocol.icmpv6;
      if (!icmp) return false;
    }
    const key = ['socket of', flowText(evaluation), ...words].join(' ');
    const found = chooseYes(run, packet.subject, { reason: 'unknown-socket', key });
    if (found && options.restoreMark)
      record(run, { kind: 'unmodelled', subject: packet.subject, what: 'match:socket mark' });
    return found;
  };
}

/** A SYN of IPv4 is compared with fingerprints that the kernel was given; anything else never matches. */
export function osfMatcher({ genre }: OsfOptions): Matcher {
  return ({ run, packet, info }) => {
    const at = info.transport;
    if (info.protocol !== protocol.tcp || info.fragmentOffset !== 0) return false;
    if (at + 20 > packet.length || (byteAt(packet.bytes, at + 13) & tcpFlag.syn) === 0)
      return false;
    return chooseYes(run, packet.subject, { reason: 'unknown-match', key: `osf ${genre}` });
  };
}
