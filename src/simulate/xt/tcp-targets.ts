/** Targets that write TCP headers: TCPOPTSTRIP and ECN (net/netfilter/xt_TCPOPTSTRIP.c, net/ipv4/netfilter/ipt_ECN.c). */

import type { EcnTargetOptions } from '../../fields/iptables/targets/ecn.ts';
import type { TcpoptstripOptions } from '../../fields/iptables/targets/tcpoptstrip.ts';
import { byteAt, read16, write16 } from '../../packet/bytes.ts';
import { replaceWord } from '../../packet/checksum.ts';
import { protocol } from '../../packet/protocols.ts';
import type { LivePacket } from '../live-packet.ts';
import type { Step } from '../rules/evaluation.ts';
import { dropVerdict } from '../rules/registers.ts';

const noOperation = 1;

/** tcpoptstrip_mangle_packet(): stripped options become NOPs. */
export function tcpoptstripTarget({ options }: TcpoptstripOptions): Step {
  const stripped = new Set(options);
  return ({ packet, info, registers }) => {
    if (info.fragmentOffset !== 0) return;
    const at = info.transport;
    const header = (byteAt(packet.bytes, at + 12) >> 4) * 4;
    if (at + 20 > packet.length || at + header > packet.length) {
      registers.verdict = dropVerdict;
      return;
    }
    const end = at + header;
    for (let place = at + 20; place < end - 1; ) {
      const kind = byteAt(packet.bytes, place);
      const size = kind <= noOperation ? 1 : byteAt(packet.bytes, place + 1) || 1;
      if (place + size > end) return;
      if (stripped.has(kind)) blank(packet, at, place, size);
      place += size;
    }
  };
}

function blank({ bytes }: LivePacket, header: number, start: number, size: number): void {
  for (let at = start; at < start + size; at++) {
    const word = at - ((at - header) % 2);
    const before = read16(bytes, word);
    bytes[at] = noOperation;
    replaceWord(bytes, header + 16, before, read16(bytes, word));
  }
}

const ece = 0x40;
const cwr = 0x80;

export function ecnTarget({
  tcpRemove,
  ece: setEce,
  cwr: setCwr,
  codepoint,
}: EcnTargetOptions): Step {
  const wanted = { ece: tcpRemove ? 0 : setEce, cwr: tcpRemove ? 0 : setCwr };
  return ({ packet, registers }) => {
    const { bytes, length } = packet;
    if (codepoint !== undefined) writeCodepoint(packet, codepoint);
    if (wanted.ece === undefined && wanted.cwr === undefined) return;
    if (byteAt(bytes, 9) !== protocol.tcp) return;
    const at = (byteAt(bytes, 0) & 15) * 4;
    if (at + 20 > length) {
      registers.verdict = dropVerdict;
      return;
    }
    const before = read16(bytes, at + 12);
    const after = withFlag(withFlag(before, ece, wanted.ece), cwr, wanted.cwr);
    if (after === before) return;
    write16(bytes, at + 12, after);
    replaceWord(bytes, at + 16, before, after);
  };
}

function withFlag(word: number, flag: number, value: number | undefined): number {
  if (value === undefined) return word;
  return value === 0 ? word & ~flag : word | flag;
}

function writeCodepoint({ bytes }: LivePacket, codepoint: number): void {
  const before = read16(bytes, 0);
  const after = (before & ~3) | codepoint;
  if (after === before) return;
  write16(bytes, 0, after);
  replaceWord(bytes, 10, before, after);
}
