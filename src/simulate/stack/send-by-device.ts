/** Frames that netdev chains send by another device: nf_do_netdev_egress(), behind `dup` and `fwd`. */

import type { NetworkInterface } from '../../host/network-interface.ts';
import { newJourney } from '../journey.ts';
import { copyLivePacket, type LivePacket } from '../live-packet.ts';
import type { Run } from '../run.ts';
import { transmitFrame } from './transmit.ts';

/** NF_RECURSION_LIMIT: so many copies may make copies of their own. */
const recursionLimit = 2;

/** At once, through the egress hook of the device; what becomes of the copy there does not matter to the packet. */
export function sendByDevice(run: Run, packet: LivePacket, device: NetworkInterface): void {
  const { subject, journey } = packet;
  if (journey.nested > recursionLimit || !device.flags.includes('UP')) return;
  const aside = newJourney(subject, journey.cause, journey.nested + 1);
  transmitFrame(run, copyLivePacket(packet, subject, aside), device, 'forwarded');
  journey.aside.push(...aside.out, ...aside.aside);
}
