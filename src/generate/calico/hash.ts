/** Digests in the forms that Felix uses them. */

import { hash } from 'node:crypto';
import { sha1Hex } from '../../base/sha1.ts';
import { sha2 } from '../../base/sha256.ts';

type Algorithm = 'sha1' | 'sha224' | 'sha256' | 'sha3-224';

/** Unpadded base64url of the digest of UTF-8 text. */
export function digestText(algorithm: Algorithm, text: string): string {
  if (algorithm === 'sha256' || algorithm === 'sha224') {
    return base64Url(sha2(algorithm === 'sha256' ? 256 : 224, text));
  }
  return hash(algorithm, text, 'base64url');
}

export function digestHex(algorithm: Algorithm, text: string): string {
  if (algorithm === 'sha1') return sha1Hex(text);
  return hash(algorithm, text, 'hex');
}

/** The running digest of a chain's rules: SHA-224 of the previous digest and the next text. */
export function nextRuleDigest(previous: Buffer | undefined, text: string): Buffer {
  const bytes = Buffer.from(text);
  return hash(
    'sha224',
    previous === undefined ? bytes : Buffer.concat([previous, bytes]),
    'buffer',
  );
}

const fnvPrime = 0x01000193;

/** FNV-1, 32 bits, over the UTF-8 bytes. */
export function fnv1(text: string): number {
  let value = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) {
    value = (Math.imul(value, fnvPrime) ^ byte) >>> 0;
  }
  return value;
}

const characters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

function base64Url(bytes: Uint8Array): string {
  let text = '';
  for (let bit = 0; bit < bytes.length * 8; bit += 6) {
    const pair = ((bytes[bit >>> 3] ?? 0) << 8) | (bytes[(bit >>> 3) + 1] ?? 0);
    text += characters.charAt((pair >>> (10 - (bit & 7))) & 63);
  }
  return text;
}
