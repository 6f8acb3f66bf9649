/** Internet checksums (RFC 1071, RFC 1624) and the CRC32c of SCTP. */

import { read16, write16, write32 } from './bytes.ts';

/** One's complement sum of 16-bit words; an odd last byte counts as the high one. Not folded to the complement. */
export function sumWords(bytes: Uint8Array, start: number, end: number, initial = 0): number {
  let sum = initial;
  let at = start;
  for (; at + 1 < end; at += 2) sum += read16(bytes, at);
  if (at < end) sum += (bytes[at] ?? 0) << 8;
  return sum;
}

/** 16-bit one's complement of a sum. */
export function foldChecksum(sum: number): number {
  let folded = sum;
  while (folded > 0xffffffff) folded = (folded % 0x10000) + Math.floor(folded / 0x10000);
  while (folded > 0xffff) folded = (folded & 0xffff) + (folded >>> 16);
  return ~folded & 0xffff;
}

/** Sum of the pseudo header (RFC 793, RFC 8200). */
export function pseudoHeaderSum(
  source: Uint8Array,
  destination: Uint8Array,
  protocol: number,
  length: number,
): number {
  let sum = sumWords(source, 0, source.length);
  sum = sumWords(destination, 0, destination.length, sum);
  return sum + protocol + (length & 0xffff) + (length >>> 16);
}

/** Writes the header checksum of an IPv4 header of `headerLength` bytes at `offset`. */
export function fillIpv4Checksum(bytes: Uint8Array, offset: number, headerLength: number): void {
  write16(bytes, offset + 10, 0);
  write16(bytes, offset + 10, foldChecksum(sumWords(bytes, offset, offset + headerLength)));
}

/** csum_replace(): the checksum at `checksumOffset` after a 16-bit word changed (RFC 1624, equation 3). */
export function replaceWord(
  bytes: Uint8Array,
  checksumOffset: number,
  before: number,
  after: number,
): void {
  const old = read16(bytes, checksumOffset);
  write16(bytes, checksumOffset, foldChecksum((~old & 0xffff) + (~before & 0xffff) + after));
}

/** What the checksum over `address.length` bytes at `at` changes by when the address is written there. */
export function addressDifference(bytes: Uint8Array, at: number, address: Uint8Array): number {
  let sum = 0;
  for (let index = 0; index < address.length; index += 2)
    sum += (~read16(bytes, at + index) & 0xffff) + read16(address, index);
  return sum;
}

/** The same for an IPv4 address as a word. */
export function wordDifference(bytes: Uint8Array, at: number, word: number): number {
  return (
    (~read16(bytes, at) & 0xffff) +
    (word >>> 16) +
    (~read16(bytes, at + 2) & 0xffff) +
    (word & 0xffff)
  );
}

/** The checksum at `checksumOffset` after a change by that difference. */
export function changeChecksum(bytes: Uint8Array, checksumOffset: number, sum: number): void {
  const old = ~read16(bytes, checksumOffset) & 0xffff;
  write16(bytes, checksumOffset, foldChecksum(old + sum));
}

/** The same for whole byte strings that start at an even offset of the checksummed data. */
export function replaceBytes(
  bytes: Uint8Array,
  checksumOffset: number,
  before: Uint8Array,
  after: Uint8Array,
): void {
  let sum = ~read16(bytes, checksumOffset) & 0xffff;
  for (let at = 0; at < before.length; at += 2) sum += ~read16(before, at) & 0xffff;
  for (let at = 0; at < after.length; at += 2) sum += read16(after, at);
  write16(bytes, checksumOffset, foldChecksum(sum));
}

let crcTable: Uint32Array | undefined;

function crc32cTable(): Uint32Array {
  if (crcTable !== undefined) return crcTable;
  const table = new Uint32Array(256);
  for (let index = 0; index < 256; index++) {
    let crc = index;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
    table[index] = crc >>> 0;
  }
  crcTable = table;
  return table;
}

/** CRC32c of an SCTP packet at `offset`, its checksum field (bytes 8 to 11) taken as 0. */
export function sctpChecksum(bytes: Uint8Array, offset: number, end: number): number {
  const table = crc32cTable();
  let crc = 0xffffffff;
  for (let at = offset; at < end; at++) {
    const byte = at >= offset + 8 && at < offset + 12 ? 0 : (bytes[at] ?? 0);
    crc = (table[(crc ^ byte) & 255] ?? 0) ^ (crc >>> 8);
  }
  return ~crc >>> 0;
}

/** Writes the CRC of an SCTP packet (little endian, RFC 4960 appendix B). */
export function fillSctpChecksum(bytes: Uint8Array, offset: number, end: number): void {
  const crc = sctpChecksum(bytes, offset, end);
  const swapped =
    ((crc & 255) << 24) | ((crc & 0xff00) << 8) | ((crc >>> 8) & 0xff00) | (crc >>> 24);
  write32(bytes, offset + 8, swapped);
}
