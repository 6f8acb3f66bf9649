/** Characters in registers and sets. */

const decoder = new TextDecoder();

/** The bytes up to the first NUL. */
export function textFromBytes(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return decoder.decode(end < 0 ? bytes : bytes.subarray(0, end));
}

/** The bytes of a big-endian number of `bits` bits. */
export function bytesFromNumber(value: bigint, bits: number): Uint8Array {
  const bytes = new Uint8Array(Math.ceil(bits / 8));
  let rest = value;
  for (let index = bytes.length - 1; index >= 0; index--) {
    bytes[index] = Number(rest & 255n);
    rest >>= 8n;
  }
  return bytes;
}

/**
 * An interface name or other string as listed: one that fills its constant without an end is the beginning of a name
 * (`eth*`); a literal asterisk at the end is escaped (nft: expr_postprocess_string).
 */
export function listedText(value: bigint, bits: number): string {
  const bytes = bytesFromNumber(value, bits);
  const text = textFromBytes(bytes);
  if (bytes.at(-1) !== 0) return `${text}*`;
  return text.endsWith('*') ? `${text.slice(0, -1)}\\*` : text;
}
