/** Constants as libnftnl lists them: 4-byte words in hexadecimal. */

/** Words of four bytes, the last one as short as it is; `0x` before each unless `bare`. */
export function printWords(bytes: Uint8Array, prefix: '0x' | ''): string {
  const words: string[] = [];
  for (let offset = 0; offset < bytes.length; offset += 4) {
    words.push(prefix + printHex(bytes.subarray(offset, offset + 4)));
  }
  return words.join(' ');
}

function printHex(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += byte.toString(16).padStart(2, '0');
  return text;
}

/** Numbers of host byte order are listed as numbers: most significant byte first. */
export function printData(bytes: Uint8Array, hostOrder: boolean): string {
  return printWords(hostOrder ? bytes.toReversed() : bytes, '0x');
}

/** Sum of the bytes of user data, which is all that a listing shows of it. */
export function byteSum(bytes: Uint8Array): number {
  return bytes.reduce((sum, byte) => sum + byte, 0);
}

const encoder = new TextEncoder();

/** One attribute of user data: type, length, value; comments end with a zero (nftnl_udata_put_strz()). */
export function commentData(comment: string): Uint8Array {
  const text = encoder.encode(comment);
  const bytes = new Uint8Array(text.length + 3);
  bytes[1] = text.length + 1;
  bytes.set(text, 2);
  return bytes;
}
