/** Whether conntrack takes the checksum of a packet for right: nf_checksum(). */

import { foldChecksum, pseudoHeaderSum, sctpChecksum, sumWords } from '../../packet/checksum.ts';
import { protocol } from '../../packet/protocols.ts';
import { destinationAddress, ipFamily, type LivePacket, sourceAddress } from '../live-packet.ts';
import { pullTogether } from '../stack/refragment.ts';
import { setting, settingOf } from './settings.ts';
import type { TrackContext } from './track-context.ts';

/** Checksums are looked at in prerouting only. */
export function isChecksumOk(context: TrackContext): boolean {
  const { run, packet, hook, family, offset } = context;
  if (hook !== 'prerouting' || packet.checksumTrusted) return true;
  if (settingOf(run, setting.checksum, 1) === 0) return true;
  const { bytes, length } = packet;
  const { protocol: number } = context;
  if (number === protocol.sctp) {
    pullTogether(packet, offset + 12);
    const crc = sctpChecksum(bytes, offset, length);
    const swapped = new DataView(bytes.buffer, bytes.byteOffset).getUint32(offset + 8, true);
    return crc === swapped;
  }
  // udplite_error() puts the number of UDP into the pseudo header, so right checksums of UDP-Lite look wrong.
  const summed = number === protocol.udplite ? protocol.udp : number;
  const withPseudo = !(family === 4 && number === protocol.icmp);
  // Both addresses stand side by side.
  const pseudo = withPseudo
    ? sumWords(bytes, family === 4 ? 12 : 8, family === 4 ? 20 : 40, summed + length - offset)
    : 0;
  // nf_ip_checksum() sums the IPv4 header too: a broken one breaks the check.
  const right = foldChecksum(sumWords(bytes, family === 4 ? 0 : offset, length, pseudo)) === 0;
  // __skb_checksum_complete() keeps the answer in csum_valid: later checks believe it, whatever was written meanwhile.
  if (right) packet.checksumTrusted = true;
  return right;
}

/** nf_ip_checksum(), nf_ip6_checksum(): whoever sends or translates an answer asks at any hook. */
export function isTransportChecksumRight(
  packet: LivePacket,
  { number, offset }: { readonly number: number; readonly offset: number },
): boolean {
  const { bytes, length } = packet;
  if (packet.checksumTrusted) return true;
  const isIpv6 = ipFamily(packet) === 6;
  const withPseudo = isIpv6 || number === protocol.tcp || number === protocol.udp;
  const pseudo = withPseudo
    ? pseudoHeaderSum(sourceAddress(packet), destinationAddress(packet), number, length - offset)
    : 0;
  return foldChecksum(sumWords(bytes, isIpv6 ? offset : 0, length, pseudo)) === 0;
}
