/** The tree of a rule whose holes are watched. */

import type { Expression } from '../../ast/nft/expressions.ts';
import type { ShapedElement } from '../../ast/nft/shaped-elements.ts';
import type { HoleKind, ShapedLine, ShapedRule } from '../../ast/nft/shaped-rule.ts';
import type { Statement } from '../../ast/nft/statements.ts';
import { type Tracker, watch } from './tracker.ts';

/** A text that no listing has in such a place, different for every hole. */
function marker(kind: HoleKind, hole: number): string {
  switch (kind) {
    case 'number':
      return String(7_654_301 + hole);
    case 'ipv4':
      return `203.0.113.${hole}`;
    case 'ipv6':
      return `2001:db8:fffe::${hole + 10}`;
    case 'ethernet':
      return `fe:fe:fe:fe:fe:${hole + 10}`;
    case 'string':
    case 'name':
      return `zq-${hole}-qz`;
  }
}

/** The rule's statements; undefined when a hole is not found in them or the comment exactly as it is written. */
export function trackedStatements(
  tracker: Tracker,
  { shape, source, start }: ShapedRule,
): readonly Statement[] | undefined {
  const { text, markers } = markedLine(tracker.line);
  const marked = shape.materialise({ name: '', text: `${text}\n` }, 0);
  const found = new Set<number>();
  const commented = markers.indexOf(marked.comment ?? '');
  if (commented >= 0) found.add(commented);
  const { statements } = shape.materialise(source, start);
  const copy = track(tracker, statements, marked.statements, markers, found);
  return found.size === markers.length && isStatements(copy) ? copy : undefined;
}

/** The same for an element of a set. */
export function trackedElement(
  tracker: Tracker,
  { shape, source, start }: ShapedElement,
): Expression | undefined {
  const { text, markers } = markedLine(tracker.line);
  const marked = shape.materialise({ name: '', text: `${text},` }, 0);
  const found = new Set<number>();
  const copy = track(tracker, shape.materialise(source, start), marked, markers, found);
  return found.size === markers.length && isExpression(copy) ? copy : undefined;
}

/** The line with a marker in every hole. */
function markedLine(line: ShapedLine): {
  readonly text: string;
  readonly markers: readonly string[];
} {
  const { holes } = line.shape;
  const { text } = line.source;
  const markers = holes.map(marker);
  let marked = '';
  let from = line.start;
  for (const [hole, value] of markers.entries()) {
    marked += text.slice(from, line.holeStart(hole));
    marked += holes[hole] === 'string' ? `"${value}"` : value;
    from = line.holeEnd(hole);
  }
  return { text: marked + text.slice(from, line.end), markers };
}

function isExpression(value: unknown): value is Expression {
  return typeof value === 'object' && value !== null && 'kind' in value;
}

function isStatements(value: unknown): value is readonly Statement[] {
  return Array.isArray(value);
}

/** A copy of `actual` in which what `marked` has a marker for is watched. */
function track(
  tracker: Tracker,
  actual: unknown,
  marked: unknown,
  markers: readonly string[],
  found: Set<number>,
): unknown {
  if (typeof actual !== 'object' || actual === null) return actual;
  if (typeof marked !== 'object' || marked === null) return actual;
  const copy: Record<string, unknown> | unknown[] = Array.isArray(actual) ? [] : {};
  const others = new Map<string, unknown>(Object.entries(marked));
  for (const [key, value] of Object.entries(actual)) {
    const other = others.get(key);
    const hole = isLeaf(other) ? markers.indexOf(String(other)) : -1;
    if (hole >= 0) {
      found.add(hole);
      watch(tracker, copy, key, [hole], value);
      const leaves = tracker.leaves.get(copy) ?? new Map<string, number>();
      tracker.leaves.set(copy, leaves.set(key, hole));
    } else if (key === 'span') set(copy, key, value);
    else set(copy, key, track(tracker, value, other, markers, found));
  }
  return copy;
}

function isLeaf(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint';
}

function set(target: object, key: string, value: unknown): void {
  Object.defineProperty(target, key, {
    enumerable: true,
    configurable: true,
    writable: true,
    value,
  });
}
