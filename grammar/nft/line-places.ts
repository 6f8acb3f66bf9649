/** Where lines of a text and their holes are, kept in a few bytes per line. */

import type { Source } from '../../src/base/span.ts';
import type { LineShape } from './line-shape.ts';

const chunkLength = 1 << 16;
const longestLine = 0xffff;

/** A chunk of lines of one text: for each its length, then start and end of every hole, from the line's start. */
export class LinePlaces {
  readonly source: Source;
  readonly places = new Uint16Array(chunkLength);
  private used = 0;

  constructor(source: Source) {
    this.source = source;
  }

  /** Has the chunk room for the line just scanned? */
  hasRoom(line: LineShape): boolean {
    return this.used + 1 + 2 * line.holes <= chunkLength;
  }

  /** Keeps the line just scanned; returns where. */
  keep(line: LineShape): number {
    const { places, used: at } = this;
    const { start, holes, starts, ends } = line;
    places[at] = line.end - start;
    let next = at + 1;
    for (let hole = 0; hole < holes; hole++) {
      places[next] = (starts[hole] ?? 0) - start;
      places[next + 1] = (ends[hole] ?? 0) - start;
      next += 2;
    }
    this.used = next;
    return at;
  }
}

/** Longer lines are left to the grammar. */
export function isKeepable(line: LineShape): boolean {
  return line.end - line.start <= longestLine;
}
