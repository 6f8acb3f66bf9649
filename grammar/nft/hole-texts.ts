/** What stands between the holes of a text that was scanned: the part that texts of one shape have in common. */

import type { LineShape } from './line-shape.ts';

export interface HoleTexts {
  /** All characters outside of holes. */
  readonly codes: Uint8Array;
  /** Where the characters before each hole end, and those behind the last. */
  readonly ends: Int32Array;
  readonly classes: Uint8Array;
}

export function holeTexts(
  text: string,
  { start, end, holes, starts, ends, classes }: LineShape,
): HoleTexts {
  const lengths = new Int32Array(holes + 1);
  const codes: number[] = [];
  let from = start;
  for (let hole = 0; hole <= holes; hole++) {
    const to = hole < holes ? (starts[hole] ?? end) : end;
    for (let at = from; at < to; at++) codes.push(text.charCodeAt(at));
    lengths[hole] = codes.length;
    from = ends[hole] ?? end;
  }
  return { codes: Uint8Array.from(codes), ends: lengths, classes: classes.slice(0, holes) };
}
