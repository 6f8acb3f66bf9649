/** Numbers as iptables reads them: xtables_strtoul(), C notation with hexadecimal and octal, no minus, nothing after. */

/** The value, or undefined when the text is no number. */
export function parseNumber(text: string): bigint | undefined {
  if (/^0[xX][0-9a-fA-F]+$/.test(text)) return BigInt(text);
  if (/^0[0-7]*$/.test(text)) return text === '0' ? 0n : BigInt(`0o${text.slice(1)}`);
  if (/^[1-9][0-9]*$/.test(text)) return BigInt(text);
  const signed = /^[\t-\r ]*\+?(?=\d)/.exec(text)?.[0] ?? '';
  return signed === '' ? undefined : parseNumber(text.slice(signed.length));
}

/** A number of at most 2^53 within bounds. */
export function parseSmallNumber(text: string, min: number, max: number): number | undefined {
  const value = parseNumber(text);
  if (value === undefined || value < BigInt(min) || value > BigInt(max)) return undefined;
  return Number(value);
}

export function hex(value: number): string {
  return `0x${value.toString(16)}`;
}

/** `0x` and at least `digits` digits. */
export function paddedHex(value: number, digits: number): string {
  return `0x${value.toString(16).padStart(digits, '0')}`;
}
