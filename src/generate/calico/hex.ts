/** Numbers of marks and masks in the forms that Felix prints them. */

/** As Go's `%#x`: no padding, zero is `0x0`. */
export function hex(value: number): string {
  return `0x${(value >>> 0).toString(16)}`;
}

export function complement(value: number): number {
  return ~value >>> 0;
}

/** A mark as it stands in configuration: `0xffff0000` or decimal; undefined when it is neither. */
export function parseMark(text: string): number | undefined {
  if (!/^(0[xX][0-9a-fA-F]+|\d+)$/.test(text)) return undefined;
  const value = Number(text);
  return value <= 0xffffffff ? value : undefined;
}
