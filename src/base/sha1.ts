/** SHA-1 (FIPS 180-4) of short texts, for names that others derive from it. */

import { paddedBlocks } from './sha256.ts';

const schedule = new Int32Array(80);

function rotated(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by));
}

/** The digest of the text as UTF-8, in hexadecimal. */
export function sha1Hex(text: string): string {
  const message = paddedBlocks(text);
  const state = Int32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0);
  for (let at = 0; at < message.byteLength; at += 64) digestBlock(state, message, at);
  return Array.from(state, (word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
}

/** The function and the constant of each run of twenty rounds. */
function mixed(round: number, b: number, c: number, d: number): number {
  if (round < 20) return ((b & c) | (~b & d)) + 0x5a827999;
  if (round < 40) return (b ^ c ^ d) + 0x6ed9eba1;
  if (round < 60) return ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc;
  return (b ^ c ^ d) + 0xca62c1d6;
}

function digestBlock(state: Int32Array, message: DataView, at: number): void {
  for (let round = 0; round < 16; round++) schedule[round] = message.getInt32(at + round * 4);
  for (let round = 16; round < 80; round++) {
    const earlier = (schedule[round - 3] ?? 0) ^ (schedule[round - 8] ?? 0);
    const first = (schedule[round - 14] ?? 0) ^ (schedule[round - 16] ?? 0);
    schedule[round] = rotated(earlier ^ first, 1);
  }
  let [a = 0, b = 0, c = 0, d = 0, e = 0] = state;
  for (let round = 0; round < 80; round++) {
    const next = (rotated(a, 5) + mixed(round, b, c, d) + e + (schedule[round] ?? 0)) | 0;
    e = d;
    d = c;
    c = rotated(b, 30);
    b = a;
    a = next;
  }
  [a, b, c, d, e].forEach((word, index) => {
    state[index] = (state[index] ?? 0) + word;
  });
}
