/** jhash(): Bob Jenkins' lookup3 as include/linux/jhash.h has it, on a little-endian machine. */

import { readHost32 } from '../../packet/bytes.ts';

const initial = 0xdeadbeef;

function rotate(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}

interface Words {
  a: number;
  b: number;
  c: number;
}

function mix(words: Words): void {
  let { a, b, c } = words;
  a = ((a - c) ^ rotate(c, 4)) | 0;
  c = (c + b) | 0;
  b = ((b - a) ^ rotate(a, 6)) | 0;
  a = (a + c) | 0;
  c = ((c - b) ^ rotate(b, 8)) | 0;
  b = (b + a) | 0;
  a = ((a - c) ^ rotate(c, 16)) | 0;
  c = (c + b) | 0;
  b = ((b - a) ^ rotate(a, 19)) | 0;
  a = (a + c) | 0;
  c = ((c - b) ^ rotate(b, 4)) | 0;
  b = (b + a) | 0;
  words.a = a;
  words.b = b;
  words.c = c;
}

function final(words: Words): number {
  let { a, b, c } = words;
  c = ((c ^ b) - rotate(b, 14)) | 0;
  a = ((a ^ c) - rotate(c, 11)) | 0;
  b = ((b ^ a) - rotate(a, 25)) | 0;
  c = ((c ^ b) - rotate(b, 16)) | 0;
  a = ((a ^ c) - rotate(c, 4)) | 0;
  b = ((b ^ a) - rotate(a, 14)) | 0;
  c = ((c ^ b) - rotate(b, 24)) | 0;
  return c >>> 0;
}

/** jhash(key, length, seed) */
export function jenkinsHash(key: Uint8Array, seed: number): number {
  const start = (initial + key.length + seed) | 0;
  const words = { a: start, b: start, c: start };
  let at = 0;
  let left = key.length;
  while (left > 12) {
    addWords(words, key, at);
    mix(words);
    at += 12;
    left -= 12;
  }
  if (left === 0) return words.c >>> 0;
  const tail = new Uint8Array(12);
  tail.set(key.subarray(at));
  addWords(words, tail, 0);
  return final(words);
}

function addWords(words: Words, key: Uint8Array, at: number): void {
  words.a = (words.a + readHost32(key, at)) | 0;
  words.b = (words.b + readHost32(key, at + 4)) | 0;
  words.c = (words.c + readHost32(key, at + 8)) | 0;
}

/** jhash2() over 32-bit words: the same with the number of words as length. */
export function jenkinsHashWords(words: readonly number[], seed: number): number {
  const start = (initial + (words.length << 2) + seed) | 0;
  const state = { a: start, b: start, c: start };
  let at = 0;
  let left = words.length;
  while (left > 3) {
    state.a = (state.a + (words[at] ?? 0)) | 0;
    state.b = (state.b + (words[at + 1] ?? 0)) | 0;
    state.c = (state.c + (words[at + 2] ?? 0)) | 0;
    mix(state);
    at += 3;
    left -= 3;
  }
  if (left === 0) return state.c >>> 0;
  state.a = (state.a + (words[at] ?? 0)) | 0;
  if (left > 1) state.b = (state.b + (words[at + 1] ?? 0)) | 0;
  if (left > 2) state.c = (state.c + (words[at + 2] ?? 0)) | 0;
  return final(state);
}

/** reciprocal_scale(): maps a 32-bit number to 0 … `limit` - 1. */
export function reciprocalScale(value: number, limit: number): number {
  return Number((BigInt(value >>> 0) * BigInt(limit)) >> 32n);
}
