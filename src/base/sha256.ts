/** SHA-256 and SHA-224 (FIPS 180-4) of short texts: loading the platform's cryptography takes longer than thousands. */

const primes = firstPrimes(64);
const constants = Int32Array.from(primes, (prime) => fraction(Math.cbrt(prime)));
const start256 = Int32Array.from(primes.slice(0, 8), (prime) => fraction(Math.sqrt(prime)));
/** The second 32 bits of the fractions of the square roots of the 9th to 16th primes, which doubles do not hold. */
const start224 = Int32Array.of(
  ...[0xc1059ed8, 0x367cd507, 0x3070dd17, 0xf70e5939],
  ...[0xffc00b31, 0x68581511, 0x64f98fa7, 0xbefa4fa4],
);

function firstPrimes(count: number): readonly number[] {
  const found: number[] = [];
  for (let number = 2; found.length < count; number++) {
    if (found.every((prime) => number % prime !== 0)) found.push(number);
  }
  return found;
}

/** The first 32 bits behind the point. */
function fraction(root: number): number {
  return Math.floor((root % 1) * 0x1_0000_0000) | 0;
}

const encoder = new TextEncoder();
const schedule = new Int32Array(64);

/** The digest of the text as UTF-8: 32 or 28 bytes. */
export function sha2(bits: 256 | 224, text: string): Uint8Array {
  const message = paddedBlocks(text);
  const state = Int32Array.from(bits === 256 ? start256 : start224);
  for (let at = 0; at < message.byteLength; at += 64) digestBlock(state, message, at);
  const digest = new DataView(new ArrayBuffer(32));
  for (const [index, word] of state.entries()) digest.setInt32(index * 4, word);
  return new Uint8Array(digest.buffer, 0, bits / 8);
}

/** The text as UTF-8 with a one bit, zeros, and the length in bits, in whole blocks. */
export function paddedBlocks(text: string): DataView {
  const bytes = encoder.encode(text);
  const length = (bytes.length + 9 + 63) & ~63;
  const message = new Uint8Array(length);
  message.set(bytes);
  message[bytes.length] = 0x80;
  const view = new DataView(message.buffer);
  view.setUint32(length - 8, Math.floor(bytes.length / 0x2000_0000));
  view.setUint32(length - 4, bytes.length << 3);
  return view;
}

// Rotations are spelled out: digests are made before the code is optimised, when calls are what takes long.
function digestBlock(state: Int32Array, message: DataView, at: number): void {
  for (let round = 0; round < 16; round++) schedule[round] = message.getInt32(at + round * 4);
  for (let round = 16; round < 64; round++) {
    const early = schedule[round - 15] ?? 0;
    const late = schedule[round - 2] ?? 0;
    const first =
      ((early >>> 7) | (early << 25)) ^ ((early >>> 18) | (early << 14)) ^ (early >>> 3);
    const second = ((late >>> 17) | (late << 15)) ^ ((late >>> 19) | (late << 13)) ^ (late >>> 10);
    schedule[round] = (schedule[round - 16] ?? 0) + first + (schedule[round - 7] ?? 0) + second;
  }
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state;
  for (let round = 0; round < 64; round++) {
    const choice = (e & f) ^ (~e & g);
    const majority = (a & b) ^ (a & c) ^ (b & c);
    const mixed =
      (((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7))) + choice;
    const step = (h + mixed + (constants[round] ?? 0) + (schedule[round] ?? 0)) | 0;
    const turn =
      (((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10))) + majority;
    h = g;
    g = f;
    f = e;
    e = (d + step) | 0;
    d = c;
    c = b;
    b = a;
    a = (step + turn) | 0;
  }
  [a, b, c, d, e, f, g, h].forEach((word, index) => {
    state[index] = (state[index] ?? 0) + word;
  });
}
