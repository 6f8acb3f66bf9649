/** Matches on the connection: conntrack, connmark, connlimit, connbytes, helper, connlabel (net/netfilter/xt_conn*.c). */

import { addressKey, maskAddress } from '../../base/address.ts';
import type { ConnbytesOptions } from '../../fields/iptables/matches/connbytes.ts';
import type { ConnlabelOptions } from '../../fields/iptables/matches/connlabel.ts';
import type { ConnlimitOptions } from '../../fields/iptables/matches/connlimit.ts';
import type { ConnmarkOptions } from '../../fields/iptables/matches/connmark.ts';
import type {
  ConntrackAddress,
  ConntrackOptions,
  ConntrackRange,
  ConntrackState,
  ConntrackStatus,
} from '../../fields/iptables/matches/conntrack.ts';
import type { HelperOptions } from '../../fields/iptables/matches/helper.ts';
import { type Connection, connectionStatus, isReply } from '../conntrack/connection.ts';
import { helperOfMaster } from '../conntrack/table.ts';
import { anyConnection } from '../conntrack/template.ts';
import { bytesOfAddress, type TupleAddress } from '../conntrack/tuple-address.ts';
import { zoneId } from '../conntrack/zone.ts';
import { destinationAddress, sourceAddress } from '../live-packet.ts';
import { countInGroup } from '../operations/connlimit.ts';
import { conntrackStateBit } from '../operations/ct.ts';
import type { Evaluation } from '../rules/evaluation.ts';
import type { StepCompiler } from '../rules/step-compiler.ts';
import { isBetween, type Matcher } from './matcher.ts';

/** The bits of `ct state`; SNAT and DNAT are states of this match only. */
const stateBits: Readonly<Record<ConntrackState, number>> = {
  INVALID: 1,
  ESTABLISHED: 2,
  RELATED: 4,
  NEW: 8,
  UNTRACKED: 64,
  SNAT: 128,
  DNAT: 256,
};

const statusBits: Readonly<Record<ConntrackStatus, number>> = {
  EXPECTED: connectionStatus.expected,
  SEEN_REPLY: connectionStatus.seenReply,
  ASSURED: connectionStatus.assured,
  CONFIRMED: connectionStatus.confirmed,
};

export function conntrackMatcher(options: ConntrackOptions): Matcher {
  const states = (options.state?.states ?? []).reduce((bits, name) => bits | stateBits[name], 0);
  const statuses = (options.status?.statuses ?? []).reduce(
    (bits, name) => bits | statusBits[name],
    0,
  );
  return (evaluation) => {
    const { packet } = evaluation;
    const { connectionInfo = packet.template?.info } = packet;
    const connection = anyConnection(packet);
    if (options.state !== undefined) {
      const found = (states & stateOf(evaluation, connection)) !== 0;
      if (found === options.state.inverted) return false;
    }
    // Without an entry only the state is looked at.
    if (connection === undefined || connectionInfo === undefined)
      return options.state !== undefined;
    const { direction, status } = options;
    if (direction !== undefined && (direction === 'REPLY') !== isReply(connectionInfo))
      return false;
    if (!matchesTuples(options, connection)) return false;
    if (status !== undefined && ((statuses & connection.status) !== 0) === status.inverted)
      return false;
    return options.expire === undefined || expiresWithin(evaluation, connection, options.expire);
  };
}

function stateOf(evaluation: Evaluation, connection: Connection | undefined): number {
  const bit = conntrackStateBit(evaluation);
  if (connection === undefined) return bit;
  const source = connection.status & connectionStatus.sourceNat ? stateBits.SNAT : 0;
  const destination = connection.status & connectionStatus.destinationNat ? stateBits.DNAT : 0;
  return bit | source | destination;
}

function matchesTuples(options: ConntrackOptions, { original, reply }: Connection): boolean {
  const { protocol } = options;
  if (protocol !== undefined && (protocol.number === original.protocol) === protocol.inverted)
    return false;
  return (
    addressFits(options.originalSource, original.source) &&
    addressFits(options.originalDestination, original.destination) &&
    addressFits(options.replySource, reply.source) &&
    addressFits(options.replyDestination, reply.destination) &&
    numberFits(options.originalSourcePort, original.sourcePart) &&
    numberFits(options.originalDestinationPort, original.destinationPart) &&
    numberFits(options.replySourcePort, reply.sourcePart) &&
    numberFits(options.replyDestinationPort, reply.destinationPart)
  );
}

function addressFits(wanted: ConntrackAddress | undefined, packed: TupleAddress): boolean {
  if (wanted === undefined) return true;
  const address = bytesOfAddress(packed);
  const { mask, inverted } = wanted;
  const same = address.every(
    (byte, index) => ((byte ^ (wanted.address[index] ?? 0)) & (mask[index] ?? 0)) === 0,
  );
  return same !== inverted;
}

function numberFits(wanted: ConntrackRange | undefined, value: number): boolean {
  return wanted === undefined || isBetween(value, wanted) !== wanted.inverted;
}

function expiresWithin(
  evaluation: Evaluation,
  connection: Connection,
  range: ConntrackRange,
): boolean {
  const confirmed = (connection.status & connectionStatus.confirmed) !== 0;
  const left = confirmed ? Math.floor((connection.expires - evaluation.run.clock) / 1000) : 0;
  return isBetween(Math.max(0, left), range) !== range.inverted;
}

export function connmarkMatcher({ value, mask, inverted }: ConnmarkOptions): Matcher {
  return ({ packet }) => {
    const connection = anyConnection(packet);
    return connection !== undefined && ((connection.mark & mask) >>> 0 === value) !== inverted;
  };
}

export function connlimitMatcher(options: ConnlimitOptions, compiler: StepCompiler): Matcher {
  const state = compiler.allocate([]);
  return (evaluation) => {
    const { packet } = evaluation;
    const address = options.side === 'source' ? sourceAddress(packet) : destinationAddress(packet);
    // connlimit_mt(): the zone parts groups, too, whichever direction it is of.
    const zone = zoneId(anyConnection(packet)?.zone ?? 0);
    const group = `${zone} ${addressKey(maskAddress(address, options.prefixLength))}`;
    const count = countInGroup(evaluation, `connlimit ${state.name(evaluation)} ${group}`);
    // Nothing counted is taken for a failure.
    return count === undefined || count === 0 ? 'drop' : count > options.limit === options.above;
  };
}

export function connbytesMatcher(options: ConnbytesOptions): Matcher {
  return ({ packet: { connection } }) => {
    if (connection === undefined) return false;
    const sum = ([original, reply]: readonly [number, number]) =>
      options.direction === 'both'
        ? original + reply
        : options.direction === 'reply'
          ? reply
          : original;
    const packets = sum(connection.packets);
    const bytes = sum(connection.bytes);
    const average = packets === 0 ? 0 : Math.floor(bytes / packets);
    const value = options.mode === 'packets' ? packets : options.mode === 'bytes' ? bytes : average;
    const inside = BigInt(value) >= options.from && BigInt(value) <= options.to;
    return inside !== options.inverted;
  };
}

/** helper_mt(): the helper of the connection that expected this one. */
export function helperMatcher({ name, inverted }: HelperOptions): Matcher {
  return ({ run, packet: { connection } }) => {
    const helper = connection === undefined ? undefined : helperOfMaster(run, connection);
    if (helper === undefined) return inverted;
    return (name === '' || name.startsWith(helper)) !== inverted;
  };
}

export function connlabelMatcher({ bit, inverted, set }: ConnlabelOptions): Matcher {
  return ({ packet: { connection } }) => {
    if (connection === undefined) return inverted;
    const labels = connection.labels ?? new Uint8Array(16);
    if (set) {
      const written = Uint8Array.from(labels);
      written[bit >> 3] = (written[bit >> 3] ?? 0) | (1 << (bit & 7));
      connection.labels = written;
      return !inverted;
    }
    return ((((labels[bit >> 3] ?? 0) >> (bit & 7)) & 1) === 1) !== inverted;
  };
}
