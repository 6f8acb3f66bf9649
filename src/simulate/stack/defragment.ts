/** The defragmentation hook at priority -400: ipv4_conntrack_defrag(), ipv6_defrag(). */

import { byteAt, read16 } from '../../packet/bytes.ts';
import { findHeader, skipExtensionHeaders } from '../../packet/ipv6-extension-headers.ts';
import { protocol } from '../../packet/protocols.ts';
import { zoneIn } from '../conntrack/zone.ts';
import type { LivePacket } from '../live-packet.ts';
import type { HookState } from '../rules/evaluation.ts';
import { type Run, record } from '../run.ts';
import { forgetPieces, reassemble } from './reassemble.ts';
import { holdPacket, stackDrop } from './stop.ts';

/** True: the packet goes on, whole. */
export function defragment(run: Run, packet: LivePacket, state: HookState): boolean {
  if (packet.connection !== undefined || packet.untracked) return true;
  if (!isFragment(packet, state)) return true;
  if (state.family === 'ip6' && isHeaderCutOff(packet)) return true;
  const user = `conntrack-${state.hook} ${zoneIn(packet.template?.connection.zone ?? 0, false)}`;
  const outcome = reassemble(run, packet, user);
  if (outcome === 'whole') {
    record(run, { kind: 'fragments-reassembled', subject: packet.subject, by: 'conntrack' });
    return true;
  }
  if (outcome === 'misaligned') {
    // It goes on as it is, for the host to complain about it (nf_ct_frag6_gather()).
    forgetPieces(run, packet, user);
    return true;
  }
  if (outcome === 'held') holdPacket(run, packet, 'conntrack');
  else stackDrop(run, packet, 'REASSEMBLY_FAILED');
  return false;
}

const headerLengths: ReadonlyMap<number, number> = new Map([
  [protocol.tcp, 20],
  [protocol.udp, 8],
  [protocol.icmpv6, 8],
]);

/** ipv6frag_thdr_truncated(): a first fragment without the whole transport header (RFC 8200, 4.5). */
export function isHeaderCutOff(packet: LivePacket): boolean {
  const { bytes, length } = packet;
  const found = findHeader(bytes, length, protocol.fragment);
  if (found === undefined || found.fragmentOffset !== 0) return false;
  const start = found.offset + 8;
  const place = skipExtensionHeaders(bytes, length, start, byteAt(bytes, found.offset));
  if (place === undefined || place.fragmentOffset !== 0) return false;
  return place.offset + (headerLengths.get(place.protocol) ?? 1) > length;
}

function isFragment(packet: LivePacket, state: HookState): boolean {
  if (state.family === 'ip') return (read16(packet.bytes, 6) & 0x3fff) !== 0;
  return findHeader(packet.bytes, packet.length, protocol.fragment) !== undefined;
}
