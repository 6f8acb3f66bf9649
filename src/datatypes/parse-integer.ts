/** Integers as nft reads them: C notation with an optional sign. */

/** Decimal, `0x`, `0b` or leading-zero octal, as mpz_set_str() with base 0; undefined when it is none. */
export function parseInteger(text: string): bigint | undefined {
  const match = /^(-?)(?:0[xX]([0-9a-fA-F]+)|0[bB]([01]+)|(0[0-7]*)|([1-9]\d*))$/.exec(text);
  if (match === null) return undefined;
  const [, sign, hexadecimal, binary, octal, decimal] = match;
  const magnitude = readDigits(hexadecimal, binary, octal, decimal);
  return sign === '-' ? -magnitude : magnitude;
}

function readDigits(
  hexadecimal: string | undefined,
  binary: string | undefined,
  octal: string | undefined,
  decimal: string | undefined,
): bigint {
  if (hexadecimal !== undefined) return BigInt(`0x${hexadecimal}`);
  if (binary !== undefined) return BigInt(`0b${binary}`);
  if (octal !== undefined) return octal === '0' ? 0n : BigInt(`0o${octal.slice(1)}`);
  return BigInt(decimal ?? '0');
}

/** As strtoumax() with base 0 accepts it: no binary notation. */
export function parseUnsigned(text: string): bigint | undefined {
  if (/^-|^0[bB]/.test(text)) return undefined;
  return parseInteger(text);
}
