/** Rewriting payloads: nf_nat_mangle_tcp_packet(), net/netfilter/nf_nat_helper.c. */

import { byteAt, concatBytes, read16, read32, write16 } from '../../packet/bytes.ts';
import { foldChecksum, pseudoHeaderSum, replaceWord, sumWords } from '../../packet/checksum.ts';
import { protocol } from '../../packet/protocols.ts';
import { isReply } from '../conntrack/connection.ts';
import { shiftSequence } from '../conntrack/sequence-shift.ts';
import { destinationAddress, ipFamily, type LivePacket, sourceAddress } from '../live-packet.ts';
import { record } from '../run.ts';
import type { HelperCall } from './helper-call.ts';

/** Puts `text` in the place of `length` bytes at `start` of the TCP payload. */
export function manglePayload(call: HelperCall, start: number, length: number, text: string): void {
  const { run, packet, connection, info, transport } = call;
  const payload = transport + (byteAt(packet.bytes, transport + 12) >> 4) * 4;
  const at = payload + start;
  const before = String.fromCharCode(...packet.bytes.subarray(at, at + length));
  const written = Uint8Array.from(text, (character) => character.charCodeAt(0));
  packet.bytes = concatBytes(
    packet.bytes.subarray(0, at),
    written,
    packet.bytes.subarray(at + length, packet.length),
  );
  const growth = written.length - length;
  packet.length += growth;
  writeLength(packet, growth);
  writeChecksum(packet, transport);
  shiftSequence(connection, isReply(info) ? 1 : 0, read32(packet.bytes, transport + 4), growth);
  record(run, {
    kind: 'packet-rewritten',
    subject: packet.subject,
    cause: 'nat',
    field: 'tcp payload',
    before,
    after: text,
  });
}

function writeLength(packet: LivePacket, growth: number): void {
  const { bytes } = packet;
  if (ipFamily(packet) === 6) {
    write16(bytes, 4, read16(bytes, 4) + growth);
    return;
  }
  const before = read16(bytes, 2);
  write16(bytes, 2, before + growth);
  replaceWord(bytes, 10, before, before + growth);
}

function writeChecksum(packet: LivePacket, transport: number): void {
  const { bytes, length } = packet;
  const [source, destination] = [sourceAddress(packet), destinationAddress(packet)];
  const pseudo = pseudoHeaderSum(source, destination, protocol.tcp, length - transport);
  write16(bytes, transport + 16, 0);
  write16(bytes, transport + 16, foldChecksum(sumWords(bytes, transport, length, pseudo)));
}
