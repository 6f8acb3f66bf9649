/** What the grammar says about one shape of a line, as data: it can be kept, and read again without the grammar. */

import { type Marked, marker } from './line-template.ts';

/** Where a text of one shape may stand. */
export const shapeKinds = ['rule', 'element', 'chain', 'table', 'set', 'map'] as const;

export type ShapeKind = (typeof shapeKinds)[number];

export interface Lesson {
  readonly kind: ShapeKind;
  readonly hash: number;
  /** The classes of the holes and where they are in the marked text. */
  readonly classes: readonly number[];
  readonly starts: readonly number[];
  readonly ends: readonly number[];
  /** The tree of the marked text. */
  readonly tree: unknown;
  /** What the grammar notes about such a line: diagnostics that are no errors. */
  readonly notes: readonly unknown[];
}

/** The holes of a lesson as the template wants them. */
export function markedOf({ classes, starts, ends }: Lesson): Marked {
  return { text: '', values: classes.map(marker), starts, ends };
}

/** One line of JSON. Spans lose their source: templates give another one. */
export function encodeLesson({ kind, hash, classes, starts, ends, tree, notes }: Lesson): string {
  return JSON.stringify([kind, hash, classes, starts, ends, tree, notes], (key, value: unknown) => {
    if (typeof value === 'bigint') return { $bigint: value.toString() };
    return key === 'source' ? undefined : value;
  });
}

/** The lesson of a line of JSON; bigints stay as `encodeLesson` wrote them, templates know them. */
export function decodeLesson(text: string): Lesson {
  const [kind, hash, classes, starts, ends, tree, notes] = JSON.parse(text);
  return { kind, hash, classes, starts, ends, tree, notes };
}

/** Kind and hash of an encoded lesson, without reading the tree. */
export function headOf(text: string): { readonly kind: ShapeKind; readonly hash: number } {
  const [, word, hash = ''] = /^\["([a-z]+)",(\d+),/.exec(text) ?? [];
  const kind = shapeKinds.find((one) => one === word) ?? 'rule';
  return { kind, hash: Number(hash) };
}
