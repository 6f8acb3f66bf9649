/** payload-write: setting header bytes and mending checksums (nft_payload_set_eval()). */

import type { PayloadWriteOperation } from '../../model/operations.ts';
import { hexOfBytes, read16, write16 } from '../../packet/bytes.ts';
import { fillSctpChecksum, foldChecksum, sumWords } from '../../packet/checksum.ts';
import { protocol, transportChecksumOffset } from '../../packet/protocols.ts';
import type { LivePacket } from '../live-packet.ts';
import type { Evaluation, Step } from '../rules/evaluation.ts';
import { registerOffset } from '../rules/registers.ts';
import { record } from '../run.ts';
import { pullTogether } from '../stack/refragment.ts';
import { innerOffset } from './payload.ts';
import { breakRule } from './store.ts';

export function preparePayloadWrite(operation: PayloadWriteOperation): Step {
  const from = registerOffset(operation.source);
  return (evaluation) => {
    const value = evaluation.registers.bytes.slice(from, from + operation.length);
    const written =
      operation.base === 'link'
        ? writeLink(evaluation, operation, value)
        : writePacket(evaluation, operation, value);
    if (!written) breakRule(evaluation);
  };
}

function writeLink(
  evaluation: Evaluation,
  operation: PayloadWriteOperation,
  value: Uint8Array,
): boolean {
  const { packet } = evaluation;
  const { link } = packet;
  if (link === undefined || operation.offset + value.length > link.length) return false;
  noteWrite(
    evaluation,
    operation,
    link.slice(operation.offset, operation.offset + value.length),
    value,
  );
  packet.link = Uint8Array.from(link);
  packet.link.set(value, operation.offset);
  return true;
}

function baseOffset(evaluation: Evaluation, operation: PayloadWriteOperation): number | undefined {
  const { info, packet } = evaluation;
  if (operation.base === 'network') return 0;
  if (operation.base !== 'transport') return innerOffset(packet, info);
  return info.hasTransport && info.fragmentOffset === 0 ? info.transport : undefined;
}

function writePacket(
  evaluation: Evaluation,
  operation: PayloadWriteOperation,
  value: Uint8Array,
): boolean {
  const { packet, info } = evaluation;
  const base = baseOffset(evaluation, operation);
  if (base === undefined) return false;
  const start = base + operation.offset;
  if (start + value.length > packet.length) return false;
  pullTogether(packet, start + value.length);
  const { bytes } = packet;
  const before = bytes.slice(start, start + value.length);
  if (packet.checksumPending && operation.base !== 'network') {
    noteWrite(evaluation, operation, before, value);
    writeBeforeChecksum(packet, info.transport, start, value);
    return true;
  }
  const viaPseudoHeader = operation.pseudoHeader && operation.base === 'transport';
  if (operation.checksumType === 'inet' && !viaPseudoHeader) {
    const at = base + operation.checksumOffset;
    if (at + 2 > packet.length) return false;
    const isUdp = operation.base === 'transport' && info.protocol === protocol.udp;
    if (!isUdp || read16(bytes, at) !== 0) replaceChecksum(bytes, at, before, value);
  }
  if (operation.pseudoHeader && !updateTransportChecksum(evaluation, before, value)) return false;
  noteWrite(evaluation, operation, before, value);
  bytes.set(value, start);
  if (
    operation.checksumType === 'sctp' &&
    info.protocol === protocol.sctp &&
    info.fragmentOffset === 0
  )
    fillSctpChecksum(bytes, info.transport, packet.length);
  return true;
}

const tcpChecksum = 16;

/**
 * Until the checksum is made its field holds the sum of the pseudo header: whatever is written meanwhile is summed up
 * with the rest, the field itself too.
 */
function writeBeforeChecksum(
  { bytes, length }: LivePacket,
  transport: number,
  start: number,
  value: Uint8Array,
): void {
  const at = transport + tcpChecksum;
  const found = ~read16(bytes, at) & 0xffff;
  write16(bytes, at, 0);
  const rest = foldChecksum(sumWords(bytes, transport, length));
  write16(bytes, at, ~foldChecksum(found + rest) & 0xffff);
  bytes.set(value, start);
  write16(bytes, at, foldChecksum(sumWords(bytes, transport, length)));
}

/** nft_csum_replace(): a result of 0 becomes 0xffff. */
function replaceChecksum(
  bytes: Uint8Array,
  at: number,
  before: Uint8Array,
  after: Uint8Array,
): void {
  let sum = ~read16(bytes, at) & 0xffff;
  sum += ~sumFolded(before) & 0xffff;
  sum += sumFolded(after);
  const checksum = foldChecksum(sum);
  write16(bytes, at, checksum === 0 ? 0xffff : checksum);
}

function sumFolded(bytes: Uint8Array): number {
  return ~foldChecksum(sumWords(bytes, 0, bytes.length)) & 0xffff;
}

/** nft_payload_l4csum_update(): false when the checksum is cut off; the IP header's is changed by then. */
function updateTransportChecksum(
  evaluation: Evaluation,
  before: Uint8Array,
  after: Uint8Array,
): boolean {
  const { packet, info } = evaluation;
  if (!info.hasTransport || info.fragmentOffset !== 0) return true;
  const offset = transportChecksumOffset(info.protocol);
  if (offset < 0) return true;
  const at = info.transport + offset;
  const isUdp = info.protocol === protocol.udp;
  if (isUdp && (at + 2 > packet.length || read16(packet.bytes, at) === 0)) return true;
  if (at + 2 > packet.length) return false;
  replaceChecksum(packet.bytes, at, before, after);
  return true;
}

function noteWrite(
  evaluation: Evaluation,
  operation: PayloadWriteOperation,
  before: Uint8Array,
  after: Uint8Array,
): void {
  const { run, packet } = evaluation;
  if (run.recorder === undefined) return;
  const letters = {
    link: 'll',
    network: 'nh',
    transport: 'th',
    inner: 'ih',
    tunnel: 'ih',
  } as const;
  const base = letters[operation.base];
  record(run, {
    kind: 'packet-rewritten',
    subject: packet.subject,
    cause: 'rule',
    field: `@${base},${operation.offset * 8},${operation.length * 8}`,
    before: `0x${hexOfBytes(before)}`,
    after: `0x${hexOfBytes(after)}`,
  });
}
