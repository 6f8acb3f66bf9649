/** ARP packets: arp_rcv() and arp_process(), net/ipv4/arp.c. */

import { addressType } from '../../host/address-type.ts';
import type { NetworkInterface } from '../../host/network-interface.ts';
import { validateSource } from '../../host/reverse-path.ts';
import { concatBytes, read16, write16 } from '../../packet/bytes.ts';
import { etherType } from '../../packet/protocols.ts';
import { hookKey } from '../hooks/hook-table.ts';
import { runHook } from '../hooks/run-hook.ts';
import { type LivePacket, packetBytes } from '../live-packet.ts';
import type { Run } from '../run.ts';
import { spawnPacket } from './spawn.ts';
import { stackDrop } from './stop.ts';
import { transmitFrame } from './transmit.ts';

const request = 1;
const reply = 2;

export function receiveArp(run: Run, packet: LivePacket, device: NetworkInterface): void {
  if (device.flags.includes('NOARP') || packet.packetType === 'otherhost' || packet.length < 28) {
    stackDrop(run, packet, 'ARP_IGNORED');
    return;
  }
  const state = { family: 'arp', hook: 'input', input: device, output: undefined } as const;
  if (!runHook(run, packet, state)) return;
  if (isWatched(run)) packet.journey.local = { device: device.name, packet: packetBytes(packet) };
  else stackDrop(run, packet, 'ARP_IGNORED');
  answer(run, packet, device);
}

/** Without an arp chain nothing tells where an ARP packet ended. */
function isWatched(run: Run): boolean {
  return (['input', 'output'] as const).some((hook) =>
    run.compiled.hooks.entries.has(hookKey('arp', hook)),
  );
}

/** A request for an address of the host is answered on the spot; only where arp chains look on. */
function answer(run: Run, packet: LivePacket, device: NetworkInterface): void {
  const { bytes } = packet;
  const target = bytes.slice(24, 28);
  const own = device.mac;
  if (!isWatched(run) || own === undefined) return;
  if (read16(bytes, 6) !== request || addressType(run.host, target) !== 'local') return;
  const source = bytes.slice(14, 18);
  const probes = source.every((byte) => byte === 0);
  const check = { source, destination: target, device: device.name };
  if (!probes && validateSource(run.host, check) !== 'valid') return;
  const answered = Uint8Array.from(bytes.subarray(0, 28));
  write16(answered, 6, reply);
  answered.set(own, 8);
  answered.set(target, 14);
  answered.set(bytes.subarray(8, 18), 18);
  const made = spawnPacket(run, packet, 'arp-reply', answered, etherType.arp);
  if (made === undefined) return;
  made.link = concatBytes(bytes.subarray(8, 14), own, Uint8Array.of(8, 6));
  const state = { family: 'arp', hook: 'output', input: undefined, output: device } as const;
  if (runHook(run, made, state)) transmitFrame(run, made, device, 'output');
}
