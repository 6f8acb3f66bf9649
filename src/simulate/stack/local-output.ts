/** Packets that the host itself sends: raw_send_hdrinc(), ip_local_out() and their IPv6 twins. */

import { byteAt, read16, write16 } from '../../packet/bytes.ts';
import { fillIpv4Checksum } from '../../packet/checksum.ts';
import { runHook } from '../hooks/run-hook.ts';
import { ipFamily, type LivePacket, sourceAddress } from '../live-packet.ts';
import type { Run } from '../run.ts';
import { outputPacket } from './ip-output.ts';
import { noteRoute, routeLocal } from './routing.ts';
import { stackDrop } from './stop.ts';

/** A process sends a whole packet; the route is looked up by its destination alone, as a raw socket does. */
export function sendFromSocket(run: Run, packet: LivePacket): void {
  packet.isLocal = true;
  packet.mark = packet.sender?.mark ?? 0;
  const device = packet.sender?.device;
  const bound = device === undefined || device === '' ? {} : { device };
  const found = routeLocal(run, packet, bound);
  if (found.kind === 'error') {
    packet.journey.sendError = found.errno;
    stackDrop(run, packet, 'NO_ROUTE');
    return;
  }
  packet.route = found.route;
  noteRoute(run, packet, 'output', found.route);
  if (found.route.action === 'broadcast') {
    packet.journey.sendError = 'EACCES';
    stackDrop(run, packet, 'NOT_SENDABLE');
    return;
  }
  if (packet.length > found.route.mtu) {
    packet.journey.sendError = 'EMSGSIZE';
    stackDrop(run, packet, 'TOO_BIG');
    return;
  }
  if (!completeHeader(packet)) {
    packet.journey.sendError = 'EINVAL';
    stackDrop(run, packet, 'NOT_SENDABLE');
    return;
  }
  localOut(run, packet);
}

/** raw_send_hdrinc() fills in length, checksum and a missing source. */
function completeHeader(packet: LivePacket): boolean {
  const { bytes, length } = packet;
  if (ipFamily(packet) === 6) return length >= 40;
  if (length < 20) return false;
  const headerLength = (byteAt(bytes, 0) & 15) * 4;
  if (headerLength > length) return false;
  if (headerLength < 20) return true;
  const source = packet.route?.source;
  if (sourceAddress(packet).every((byte) => byte === 0) && source !== undefined)
    bytes.set(source, 12);
  write16(bytes, 2, length);
  if (read16(bytes, 4) === 0) write16(bytes, 4, 1);
  fillIpv4Checksum(bytes, 0, headerLength);
  return true;
}

/** The output hook and what follows. */
export function localOut(run: Run, packet: LivePacket): void {
  const family = ipFamily(packet) === 6 ? 'ip6' : 'ip';
  const output = packet.route?.device;
  const state = { family, hook: 'output', input: undefined, output } as const;
  if (!runHook(run, packet, state)) {
    packet.journey.sendError ??= 'EPERM';
    return;
  }
  outputPacket(run, packet, 'output');
}
