/** What is known of a packet's mark at a place in the rules: some of its bits, or nothing. */

export interface KnownMark {
  /** The bits that are known. */
  readonly mask: number;
  /** Their values; 0 in the others. */
  readonly value: number;
}

export const unknownMark: KnownMark = { mask: 0, value: 0 };

/** Known of one or of the other. */
export function eitherMark(one: KnownMark, other: KnownMark): KnownMark {
  const mask = one.mask & other.mask & ~(one.value ^ other.value);
  return { mask: mask >>> 0, value: (one.value & mask) >>> 0 };
}

/** mark = (mark & ~cleared) ^ flipped, as MARK and `meta mark set` write it. */
export function writtenMark(mark: KnownMark, cleared: number, flipped: number): KnownMark {
  const mask = mark.mask | cleared;
  const value = ((mark.value & ~cleared) ^ flipped) & mask;
  return { mask: mask >>> 0, value: value >>> 0 };
}

/** Is mark & mask == value? Undefined: it may be. */
export function isMark(mark: KnownMark, mask: number, value: number): boolean | undefined {
  const known = mark.mask & mask;
  if (((mark.value ^ value) & known) !== 0 || (value & ~mask) !== 0) return false;
  return known >>> 0 === mask >>> 0 ? true : undefined;
}

/** What is known once mark & mask == value; not equal says something of a single bit only. */
export function refinedMark(
  mark: KnownMark,
  mask: number,
  value: number,
  isEqual: boolean,
): KnownMark {
  const isBit = mask !== 0 && (mask & (mask - 1)) === 0;
  if (!isEqual && !isBit) return mark;
  const wanted = isEqual ? value : value ^ mask;
  return writtenMark(mark, mask, wanted & mask);
}
