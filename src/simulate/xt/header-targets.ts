/** Targets that write headers: TTL, HL, TOS, DSCP, TCPMSS. */

import type { DscpTargetOptions } from '../../fields/iptables/targets/dscp.ts';
import type { TcpmssTargetOptions } from '../../fields/iptables/targets/tcpmss.ts';
import type { TosTargetOptions } from '../../fields/iptables/targets/tos.ts';
import type { HlTargetOptions, TtlTargetOptions } from '../../fields/iptables/targets/ttl.ts';
import { byteAt, concatBytes, read16, write16 } from '../../packet/bytes.ts';
import { replaceBytes, replaceWord } from '../../packet/checksum.ts';
import { ipFamily, type LivePacket } from '../live-packet.ts';
import type { Evaluation, Step } from '../rules/evaluation.ts';
import { dropVerdict } from '../rules/registers.ts';
import { pathMtu, smallestHeaders } from '../stack/path-mtu.ts';
import { trafficClass } from './header.ts';

/** Writes a 16-bit word of the IPv4 header and mends its checksum. */
function writeHeaderWord(packet: LivePacket, at: number, value: number): void {
  const before = read16(packet.bytes, at);
  write16(packet.bytes, at, value);
  replaceWord(packet.bytes, 10, before, value);
}

export function hopTarget({ action, value }: TtlTargetOptions | HlTargetOptions): Step {
  return ({ packet }) => {
    const { bytes } = packet;
    const isIpv6 = ipFamily(packet) === 6;
    const before = byteAt(bytes, isIpv6 ? 7 : 8);
    const wanted = action === 'set' ? value : action === 'inc' ? before + value : before - value;
    const after = Math.max(0, Math.min(255, wanted));
    if (isIpv6) bytes[7] = after;
    else if (after !== before) writeHeaderWord(packet, 8, (after << 8) | byteAt(bytes, 9));
  };
}

function writeTrafficClass(packet: LivePacket, value: number): void {
  const { bytes } = packet;
  if (ipFamily(packet) === 6) write16(bytes, 0, (read16(bytes, 0) & 0xf00f) | (value << 4));
  else if (byteAt(bytes, 1) !== value) writeHeaderWord(packet, 0, (byteAt(bytes, 0) << 8) | value);
}

export function tosTarget({ value, mask }: TosTargetOptions): Step {
  return ({ packet }) => writeTrafficClass(packet, ((trafficClass(packet) & ~mask) ^ value) & 0xff);
}

export function dscpTarget({ value }: DscpTargetOptions): Step {
  return ({ packet }) => writeTrafficClass(packet, (trafficClass(packet) & 3) | (value << 2));
}

/** The MSS that a SYN without the option stands for. */
const defaultMss = { 4: 536, 6: 1220 } as const;

/** tcpmss_mangle_packet(): an MSS is only made smaller; a missing option is added. */
export function tcpmssTarget({ mss }: TcpmssTargetOptions): Step {
  return (evaluation) => {
    const { run, packet, info, registers } = evaluation;
    if (info.fragmentOffset !== 0) return;
    const at = info.transport;
    const header = (byteAt(packet.bytes, at + 12) >> 4) * 4;
    if (at + 20 > packet.length || header < 20 || at + header > packet.length) {
      registers.verdict = dropVerdict;
      return;
    }
    const wanted = mss === 'pmtu' ? (pathMtu(run, packet) ?? 0) - smallestHeaders(packet) : mss;
    if (wanted <= 0) {
      registers.verdict = dropVerdict;
      return;
    }
    if (clampOption(evaluation, at, header, wanted)) return;
    if (packet.length > at + header || header >= 60) return;
    addOption(packet, at, Math.min(wanted, defaultMss[ipFamily(packet) ?? 4]));
  };
}

/** True when the option is there. */
function clampOption({ packet }: Evaluation, at: number, header: number, wanted: number): boolean {
  const { bytes } = packet;
  for (let index = at + 20; index <= at + header - 4; ) {
    const kind = byteAt(bytes, index);
    const length = kind <= 1 ? 1 : byteAt(bytes, index + 1) || 1;
    if (kind === 2 && length === 4) {
      const before = read16(bytes, index + 2);
      if (before > wanted) {
        const [old, fresh] = [bytes.slice(index + 2, index + 4), new Uint8Array(2)];
        write16(fresh, 0, wanted);
        replaceBytes(bytes, at + 16, old, fresh);
        bytes.set(fresh, index + 2);
      }
      return true;
    }
    index += length;
  }
  return false;
}

function addOption(packet: LivePacket, at: number, mss: number): void {
  const option = Uint8Array.of(2, 4, mss >> 8, mss & 255);
  const before = packet.bytes;
  const length = packet.length - at;
  packet.bytes = concatBytes(
    before.slice(0, at + 20),
    option,
    before.slice(at + 20, packet.length),
  );
  packet.length += 4;
  const { bytes } = packet;
  replaceWord(bytes, at + 16, length, length + 4);
  replaceBytes(bytes, at + 16, new Uint8Array(4), option);
  const offset = read16(bytes, at + 12);
  write16(bytes, at + 12, offset + 0x1000);
  replaceWord(bytes, at + 16, offset, offset + 0x1000);
  if (ipFamily(packet) === 6) write16(bytes, 4, read16(bytes, 4) + 4);
  else writeHeaderWord(packet, 2, read16(bytes, 2) + 4);
}
