/** The way out: postrouting, fragmentation, the device (ip_output(), ip_finish_output()). */

import { runHook } from '../hooks/run-hook.ts';
import { ipFamily, type LivePacket } from '../live-packet.ts';
import { type Run, record } from '../run.ts';
import { sendToGroup } from './group-output.ts';
import { sendIcmpError } from './icmp-error.ts';
import { fragmentPacket } from './refragment.ts';
import { stackDrop } from './stop.ts';
import { transmit } from './transmit.ts';

export function outputPacket(run: Run, packet: LivePacket, sentAs: 'forwarded' | 'output'): void {
  const output = packet.route?.device;
  if (output === undefined) {
    stackDrop(run, packet, 'NO_ROUTE');
    return;
  }
  const family = ipFamily(packet) === 6 ? 'ip6' : 'ip';
  const input = packet.isLocal ? undefined : packet.input;
  const state = { family, hook: 'postrouting', input, output } as const;
  // IPv4 makes the copy before its own postrouting, IPv6 after it.
  if (family === 'ip' && !sendToGroup(run, packet, output)) return;
  if (!runHook(run, packet, state)) {
    if (packet.isLocal) packet.journey.sendError ??= 'EPERM';
    return;
  }
  if (family === 'ip6' && !sendToGroup(run, packet, output)) return;
  finishOutput(run, packet, sentAs);
}

/** ip_finish_output(): what is too long, or came in pieces, is cut. */
function finishOutput(run: Run, packet: LivePacket, sentAs: 'forwarded' | 'output'): void {
  const { route } = packet;
  const mtu = route?.mtu ?? 1500;
  const { geometry } = packet;
  // IPv4 always cuts what came in pieces; IPv6 only what is longer than the longest of them.
  const cameInPieces =
    geometry !== undefined && (ipFamily(packet) === 4 || packet.length > geometry.maxSize);
  if (packet.length <= mtu && !cameInPieces) {
    transmit(run, packet, sentAs);
    return;
  }
  const pieces = fragmentPacket(packet, mtu);
  if (pieces === undefined) {
    const needed = ipFamily(packet) === 6 ? { type: 2, code: 0, mtu } : { type: 3, code: 4, mtu };
    sendIcmpError(run, packet, needed);
    stackDrop(run, packet, 'TOO_BIG');
    return;
  }
  record(run, { kind: 'packet-fragmented', subject: packet.subject, by: 'output' });
  for (const piece of pieces) transmit(run, piece, sentAs);
}
