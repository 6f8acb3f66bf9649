/** cluster: which node of a cluster a connection belongs to (net/netfilter/xt_cluster.c). */

import type { ClusterOptions } from '../../fields/iptables/matches/cluster.ts';
import { readHost32 } from '../../packet/bytes.ts';
import { findConnection } from '../conntrack/table.ts';
import { bytesOfAddress } from '../conntrack/tuple-address.ts';
import { destinationAddress } from '../live-packet.ts';
import { jenkinsHashWords, reciprocalScale } from '../operations/jenkins-hash.ts';
import type { Matcher } from './matcher.ts';

export function clusterMatcher(options: ClusterOptions): Matcher {
  const { totalNodes, nodeMask, hashSeed, inverted } = options;
  return ({ run, packet }) => {
    // Frames to a multicast MAC are taken in, so that every node may see them.
    const multicastAddress = packet.bytes[0] !== undefined && isGroup(destinationAddress(packet));
    if (packet.packetType === 'multicast' && !multicastAddress) packet.packetType = 'host';
    const { connection } = packet;
    if (connection === undefined) return false;
    const master =
      connection.master === undefined ? undefined : findConnection(run, connection.master);
    const source = bytesOfAddress((master ?? connection).original.source);
    const words = Array.from({ length: source.length / 4 }, (_, index) =>
      readHost32(source, index * 4),
    );
    const node = reciprocalScale(jenkinsHashWords(words, hashSeed), totalNodes);
    return (((nodeMask >>> node) & 1) === 1) !== inverted;
  };
}

function isGroup(address: Uint8Array): boolean {
  const first = address[0] ?? 0;
  return address.length === 4 ? (first & 0xf0) === 0xe0 : first === 0xff;
}
