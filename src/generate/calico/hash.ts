/** Digests in the forms that Felix uses them. */

import { createHash } from 'node:crypto';

type Algorithm = 'sha1' | 'sha224' | 'sha256' | 'sha3-224';

/** Unpadded base64url of the digest of UTF-8 text. */
export function digestText(algorithm: Algorithm, text: string): string {
  return createHash(algorithm).update(text).digest('base64url');
}

export function digestHex(algorithm: Algorithm, text: string): string {
  return createHash(algorithm).update(text).digest('hex');
}

/** The running digest of a chain's rules: SHA-224 of the previous digest and the next text. */
export function nextRuleDigest(previous: Uint8Array | undefined, text: string): Buffer {
  const hash = createHash('sha224');
  if (previous !== undefined) hash.update(previous);
  return hash.update(text).digest();
}

const fnvPrime = 0x01000193;

/** FNV-1, 32 bits, over the UTF-8 bytes. */
export function fnv1(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) {
    hash = (Math.imul(hash, fnvPrime) ^ byte) >>> 0;
  }
  return hash;
}
