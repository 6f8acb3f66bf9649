/** Multicasts and broadcasts of the host, which its own listeners get too: ip_mc_output(), ip6_finish_output2(). */

import type { NetworkInterface } from '../../host/network-interface.ts';
import { byteAt } from '../../packet/bytes.ts';
import { runHook } from '../hooks/run-hook.ts';
import { copyLivePacket, destinationAddress, ipFamily, type LivePacket } from '../live-packet.ts';
import type { Run } from '../run.ts';
import { receivePacket } from './receive.ts';
import { isJoined6 } from './received-route.ts';
import { stackDrop } from './stop.ts';

/** True: the packet itself goes on to the wire. A copy of it may come back by the device that it leaves by. */
export function sendToGroup(run: Run, packet: LivePacket, output: NetworkInterface): boolean {
  const action = packet.route?.action;
  const toGroup = action === 'multicast' || action === 'broadcast';
  if (!toGroup || !packet.isLocal || output.kind === 'loopback') return true;
  const destination = destinationAddress(packet);
  const isIpv6 = ipFamily(packet) === 6;
  const heard = isIpv6
    ? isJoined6(run, output, destination)
    : action === 'broadcast' || isAllHosts(destination);
  if (heard) returnCopy(run, packet, output);
  const reachesNobody = isIpv6
    ? ((destination[1] ?? 0) & 15) <= 1 || (heard && byteAt(packet.bytes, 7) === 0)
    : heard && action === 'multicast' && byteAt(packet.bytes, 8) === 0;
  if (reachesNobody) stackDrop(run, packet, 'TTL_EXCEEDED');
  return !reachesNobody;
}

/** 224.0.0.1: the group that every host joins. */
function isAllHosts(destination: Uint8Array): boolean {
  return destination[1] === 0 && destination[2] === 0 && destination[3] === 1;
}

/** dev_loopback_xmit(): through postrouting, and in again with its entry and route, but no link header. */
function returnCopy(run: Run, packet: LivePacket, output: NetworkInterface): void {
  const copy = copyLivePacket(packet, packet.subject, packet.journey);
  const family = ipFamily(packet) === 6 ? 'ip6' : 'ip';
  if (!runHook(run, copy, { family, hook: 'postrouting', input: undefined, output })) return;
  copy.link = undefined;
  copy.sender = undefined;
  copy.packetType = copy.route?.action === 'broadcast' ? 'broadcast' : 'multicast';
  copy.isLocal = false;
  copy.checksumTrusted = true;
  // netif_rx() of a process: the softirq runs before it goes on.
  if (packet.sender !== undefined) receivePacket(run, copy, output);
  else run.backlog.push(() => receivePacket(run, copy, output));
}
