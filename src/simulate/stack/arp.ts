/** ARP packets: arp_rcv(). What the host answers is not simulated. */

import type { NetworkInterface } from '../../host/network-interface.ts';
import { runHook } from '../hooks/run-hook.ts';
import type { LivePacket } from '../live-packet.ts';
import type { Run } from '../run.ts';
import { stackDrop } from './stop.ts';

export function receiveArp(run: Run, packet: LivePacket, device: NetworkInterface): void {
  if (device.flags.includes('NOARP') || packet.packetType === 'otherhost') {
    stackDrop(run, packet, 'ARP_IGNORED');
    return;
  }
  const state = { family: 'arp', hook: 'input', input: device, output: undefined } as const;
  if (!runHook(run, packet, state)) return;
  stackDrop(run, packet, 'ARP_IGNORED');
}
