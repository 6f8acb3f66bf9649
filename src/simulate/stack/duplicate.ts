/** Copies that go to another next hop: nf_dup_ipv4() and nf_dup_ipv6(), behind `dup` and TEE. */

import type { Address } from '../../base/address.ts';
import { byteAt, read16, write16 } from '../../packet/bytes.ts';
import { fillIpv4Checksum } from '../../packet/checksum.ts';
import { copyLivePacket, ipFamily, type LivePacket, packetBytes } from '../live-packet.ts';
import type { HookState } from '../rules/evaluation.ts';
import type { Run } from '../run.ts';
import { localOut } from './local-output.ts';
import { noteRoute, routeLocal } from './routing.ts';
import { spawnPacket } from './spawn.ts';

/** The copy is untracked, keeps its mark and takes the way of the host's own packets; copies are not copied again. */
export function duplicatePacket(
  run: Run,
  packet: LivePacket,
  state: HookState,
  gateway: Address,
  device?: string,
): void {
  if (packet.journey.cause === 'duplicate') return;
  const route = routeLocal(run, towards(packet, gateway), device === undefined ? {} : { device });
  if (route.kind === 'error') return;
  const early = state.hook === 'prerouting' || state.hook === 'input';
  const bytes = packetBytes(packet);
  if (ipFamily(packet) === 6) bytes[7] = (byteAt(bytes, 7) - (early ? 1 : 0)) & 255;
  else {
    write16(bytes, 6, read16(bytes, 6) | 0x4000);
    bytes[8] = (byteAt(bytes, 8) - (early ? 1 : 0)) & 255;
    fillIpv4Checksum(bytes, 0, (byteAt(bytes, 0) & 15) * 4);
  }
  const copy = spawnPacket(run, packet, 'duplicate', bytes, packet.etherType);
  if (copy === undefined) return;
  copy.untracked = true;
  copy.mark = packet.mark;
  copy.priority = packet.priority;
  copy.link = packet.link;
  // nf_dup_ipv4_route() sets skb->dev: postrouting sees it as the input device.
  copy.isLocal = false;
  copy.input = route.route.device;
  copy.route = { ...route.route, gateway: route.route.gateway ?? gateway };
  noteRoute(run, copy, 'output', copy.route);
  localOut(run, copy);
}

/** The question that nf_dup_ipv4_route() asks: the way to the gateway. */
function towards(packet: LivePacket, gateway: Address): LivePacket {
  const asked = copyLivePacket(packet, packet.subject, packet.journey);
  asked.bytes.set(gateway, gateway.length === 16 ? 24 : 16);
  asked.mark = 0;
  return asked;
}
