/** The tree of a line whose shape is known: made from the tree of one such line by filling its holes. */

import type { Source, Span } from '../../src/base/span.ts';
import { holeClasses, type LineShape } from './line-shape.ts';

/** What a line with other values in its holes becomes. */
export type Builder = (shape: LineShape, source: Source) => unknown;

/** A text with a value of its own in every hole, so that each can be found in the tree. */
export interface Marked {
  readonly text: string;
  /** The value of each hole as the tree has it. */
  readonly values: readonly string[];
  readonly starts: readonly number[];
  readonly ends: readonly number[];
}

/** The text of a scanned line with the holes marked. */
export function mark(text: string, shape: LineShape): Marked {
  let marked = '';
  let from = shape.start;
  const values: string[] = [];
  const starts: number[] = [];
  const ends: number[] = [];
  for (let hole = 0; hole < shape.holes; hole++) {
    marked += text.slice(from, shape.starts[hole]);
    const value = marker(shape.classes[hole] ?? 0, hole);
    starts.push(marked.length);
    marked += shape.classes[hole] === holeClasses.string ? `"${value}"` : value;
    ends.push(marked.length);
    values.push(value);
    from = shape.ends[hole] ?? from;
  }
  return { text: marked + text.slice(from, shape.end), values, starts, ends };
}

/** The value that marks a hole. */
export function marker(kind: number, hole: number): string {
  if (kind === holeClasses.number) return String(7_654_301 + hole);
  if (kind === holeClasses.ipv4) return `203.0.113.${hole}`;
  if (kind === holeClasses.ipv6) return `2001:db8:fffe::${hole + 10}`;
  if (kind === holeClasses.ethernet) return `fe:fe:fe:fe:fe:${hole + 10}`;
  return `zq-${hole}-qz`;
}

/** The builder for trees like `tree`, which was read from the marked text; undefined when a hole is not in it. */
export function templateOf(tree: unknown, marked: Marked): Builder | undefined {
  const found = new Set<number>();
  const builder = builderOf(tree, marked, found);
  return found.size === marked.values.length ? builder : undefined;
}

/** The same for a tree that need not have all holes in it. */
export function partialTemplateOf(tree: unknown, marked: Marked): Builder {
  return builderOf(tree, marked, new Set());
}

function builderOf(value: unknown, marked: Marked, found: Set<number>): Builder {
  if (typeof value === 'string') return textBuilder(value, marked, found);
  if (typeof value === 'number' || typeof value === 'bigint') {
    return numberBuilder(value, marked, found);
  }
  if (Array.isArray(value)) {
    const items = value.map((item) => builderOf(item, marked, found));
    return (shape, source) => items.map((item) => item(shape, source));
  }
  if (typeof value !== 'object' || value === null) return () => value;
  if ('$bigint' in value) return numberBuilder(BigInt(String(value.$bigint)), marked, found);
  const common = commonBuilder(value, marked, found);
  if (common !== undefined) return common;
  const entries = Object.entries(value).map(([key, inner]): readonly [string, Builder] => {
    if (key === 'kind') return [key, () => inner];
    return [key, isSpan(inner) ? spanBuilder(inner, marked) : builderOf(inner, marked, found)];
  });
  return (shape, source) => {
    const node: Record<string, unknown> = {};
    for (const [key, builder] of entries) node[key] = builder(shape, source);
    return node;
  };
}

/** The kinds that large sets are made of, built as literals: several times faster than key by key. */
function commonBuilder(value: object, marked: Marked, found: Set<number>): Builder | undefined {
  const keys = Object.keys(value).join();
  if (!('kind' in value && 'span' in value)) return undefined;
  const { kind } = value;
  const span = spanBuilder(value.span, marked);
  if (keys === 'kind,text,span' && 'text' in value) {
    const text = builderOf(value.text, marked, found);
    return (shape, source) => ({ kind, text: text(shape, source), span: span(shape, source) });
  }
  if (keys === 'kind,address,length,span' && 'address' in value && 'length' in value) {
    const address = builderOf(value.address, marked, found);
    const length = builderOf(value.length, marked, found);
    return (shape, source) => ({
      kind,
      address: address(shape, source),
      length: length(shape, source),
      span: span(shape, source),
    });
  }
  if (keys === 'kind,parts,span' && 'parts' in value) {
    const parts = builderOf(value.parts, marked, found);
    return (shape, source) => ({ kind, parts: parts(shape, source), span: span(shape, source) });
  }
  if (keys === 'kind,key,data,span' && 'key' in value && 'data' in value) {
    const key = builderOf(value.key, marked, found);
    const data = builderOf(value.data, marked, found);
    return (shape, source) => ({
      kind,
      key: key(shape, source),
      data: data(shape, source),
      span: span(shape, source),
    });
  }
  if (keys === 'kind,verdict,span' && 'verdict' in value) {
    const verdict = builderOf(value.verdict, marked, found);
    return (shape, source) => ({
      kind,
      verdict: verdict(shape, source),
      span: span(shape, source),
    });
  }
  return undefined;
}

function textBuilder(value: string, marked: Marked, found: Set<number>): Builder {
  const hole = marked.values.indexOf(value);
  if (hole < 0) return value.includes('zq-') ? phraseBuilder(value, marked, found) : () => value;
  found.add(hole);
  return (shape, { text }) => holeText(shape, text, hole);
}

/** A text with names of the line in its midst: what a message says about them. */
function phraseBuilder(value: string, marked: Marked, found: Set<number>): Builder {
  const parts = value.split(/(zq-\d+-qz)/).map((part) => {
    const hole = marked.values.indexOf(part);
    if (hole >= 0) found.add(hole);
    return { part, hole };
  });
  return (shape, { text }) =>
    parts.map(({ part, hole }) => (hole < 0 ? part : holeText(shape, text, hole))).join('');
}

function holeText(shape: LineShape, text: string, hole: number): string {
  const quoted = shape.classes[hole] === holeClasses.string ? 1 : 0;
  return text.slice((shape.starts[hole] ?? 0) + quoted, (shape.ends[hole] ?? 0) - quoted);
}

function numberBuilder(value: number | bigint, { values }: Marked, found: Set<number>): Builder {
  const negative = value < 0;
  const hole = values.indexOf(String(negative ? -value : value));
  if (hole < 0) return () => value;
  found.add(hole);
  if (negative) return (shape, { text }) => -Number(holeText(shape, text, hole));
  if (typeof value === 'bigint') return (shape, { text }) => BigInt(holeText(shape, text, hole));
  return (shape, { text }) => Number(holeText(shape, text, hole));
}

function spanBuilder(value: unknown, marked: Marked): Builder {
  const { start, end } = isSpan(value) ? value : { start: 0, end: 0 };
  const from = boundary(start, marked);
  const to = boundary(end, marked);
  return (shape, source) => ({ source, start: from(shape), end: to(shape) });
}

/** A span, with its source or without. */
function isSpan(value: unknown): value is Span {
  if (typeof value !== 'object' || value === null) return false;
  return 'start' in value && 'end' in value && !('kind' in value);
}

/** A place in the marked text as a place in any line of the shape: so far behind the end of the last hole before it. */
function boundary(offset: number, { starts, ends }: Marked): (shape: LineShape) => number {
  let last = -1;
  while (last + 1 < ends.length && (ends[last + 1] ?? 0) <= offset) last++;
  const next = starts[last + 1];
  if (next !== undefined && offset > next) return () => Number.NaN;
  const hole = last;
  if (hole < 0) return (shape) => shape.start + offset;
  const distance = offset - (ends[hole] ?? 0);
  return (shape) => (shape.ends[hole] ?? 0) + distance;
}

/** Are two trees the same, spans included? */
export function sameTree(first: unknown, second: unknown): boolean {
  if (first === second) return true;
  if (typeof first !== 'object' || typeof second !== 'object') return false;
  if (first === null || second === null) return false;
  const firstEntries = Object.entries(first);
  const secondEntries = new Map(Object.entries(second));
  if (firstEntries.length !== secondEntries.size) return false;
  return firstEntries.every(([key, value]) =>
    key === 'source' ? true : secondEntries.has(key) && sameTree(value, secondEntries.get(key)),
  );
}
