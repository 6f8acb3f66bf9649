/** Where a piece of input stands: a source and a half-open range of UTF-16 offsets in its text. */

export interface Source {
  /** The file name as the user gave it, or `-` for standard input; shown in messages only. */
  readonly name: string;
  readonly text: string;
}

export interface Span {
  readonly source: Source;
  /** Offset of the first UTF-16 code unit. */
  readonly start: number;
  /** Offset after the last UTF-16 code unit. */
  readonly end: number;
}

const generatedSource: Source = { name: '<generated>', text: '' };

/** The span of nodes that no text stands behind: generated rules, nodes raised from a program. */
export const generatedSpan: Span = { source: generatedSource, start: 0, end: 0 };

export function spanOf(source: Source, start = 0, end = source.text.length): Span {
  return { source, start, end };
}

/** The smallest span that covers both; the two must be of one source. */
export function joinSpans(first: Span, last: Span): Span {
  return {
    source: first.source,
    start: Math.min(first.start, last.start),
    end: Math.max(first.end, last.end),
  };
}
