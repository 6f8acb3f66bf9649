/** The shapes of lines that are known: learnt from the grammar while reading, or shipped with the build. */

import type { ElementShape } from '../../src/ast/nft/shaped-elements.ts';
import type { HoleKind, RuleShape } from '../../src/ast/nft/shaped-rule.ts';
import type { Diagnostic } from '../../src/base/diagnostic.ts';
import type { Source } from '../../src/base/span.ts';
import { materialise, materialiseElement } from './lazy-rule.ts';
import { holeClasses, LineShape, scanModes } from './line-shape.ts';
import { type Builder, mark, partialTemplateOf, sameTree, templateOf } from './line-template.ts';
import {
  decodeLesson,
  headOf,
  type Lesson,
  markedOf,
  type ShapeKind,
  shapeKinds,
} from './shape-lesson.ts';

/** How texts of one shape are read. */
export interface KnownShape extends RuleShape {
  readonly build: Builder;
  readonly notes: Builder | undefined;
  readonly commented: boolean;
  /** What elements of sets share, where the shape is one of elements. */
  readonly member: ElementShape;
}

/** Reads a text of a kind by the grammar; undefined when it cannot stand alone or has errors. */
export type Teacher = (
  kind: ShapeKind,
  text: string,
) => { readonly tree: unknown; readonly notes: readonly Diagnostic[] } | undefined;

/** A listing has some hundreds of shapes; a text with more than this is no listing. */
const mostLearnt = 5_000;

export function scanModeOf(kind: ShapeKind) {
  if (kind === 'element') return scanModes.element;
  return kind === 'chain' ? scanModes.clauses : scanModes.line;
}

/** Is it undefined, only the grammar reads such lines. A text is a lesson that was not looked at yet. */
type Entry = KnownShape | string | undefined;

export interface ShapeBookOptions {
  readonly keepLessons?: boolean;
  /** Lessons of rules and elements, which are asked for when the first is met. */
  readonly ofRules?: () => readonly string[];
}

export class ShapeBook {
  private readonly entries: Readonly<Record<ShapeKind, Map<number, Entry>>>;
  /** Every lesson learnt, when they are to be kept. */
  readonly lessons: Lesson[] | undefined;
  private learnt = 0;
  private ofRules: (() => readonly string[]) | undefined;

  constructor(shipped: readonly string[] = [], options: ShapeBookOptions = {}) {
    this.lessons = options.keepLessons === true ? [] : undefined;
    this.ofRules = options.ofRules;
    const maps = shapeKinds.map((kind) => [kind, new Map<number, Entry>()] as const);
    const entries: Record<string, Map<number, Entry>> = Object.fromEntries(maps);
    const { rule, element, chain, table, set, map } = entries;
    const none = new Map<number, Entry>();
    this.entries = {
      rule: rule ?? none,
      element: element ?? none,
      chain: chain ?? none,
      table: table ?? none,
      set: set ?? none,
      map: map ?? none,
    };
    this.add(shipped);
  }

  private add(shipped: readonly string[]): void {
    for (const text of shipped) {
      const { kind, hash } = headOf(text);
      this.entries[kind].set(hash, text);
    }
  }

  get isFull(): boolean {
    return this.learnt >= mostLearnt;
  }

  /** The shape just scanned; a new one is learnt where there is a teacher. */
  find(
    kind: ShapeKind,
    shape: LineShape,
    { text }: Source,
    teacher: Teacher | undefined,
  ): KnownShape | undefined {
    if (this.ofRules !== undefined && (kind === 'rule' || kind === 'element')) {
      const lessons = this.ofRules();
      this.ofRules = undefined;
      this.add(lessons);
    }
    const entries = this.entries[kind];
    const entry = entries.get(shape.hash);
    if (typeof entry === 'string') {
      const known = shapeOf(decodeLesson(entry));
      entries.set(shape.hash, known);
      return known;
    }
    if (entry !== undefined || teacher === undefined || entries.has(shape.hash)) return entry;
    if (this.isFull) return undefined;
    const { hash, start } = shape;
    const known = this.learn(kind, shape, text, teacher);
    entries.set(hash, known);
    this.learnt++;
    // The teacher may have used the same shape to scan.
    shape.scan(text, start, scanModeOf(kind));
    return known;
  }

  /** Has the grammar read the line with marks in its holes, and keeps what comes of it if it holds for the line itself. */
  private learn(
    kind: ShapeKind,
    shape: LineShape,
    text: string,
    teacher: Teacher,
  ): KnownShape | undefined {
    const { hash } = shape;
    // Behind a blank: places that are not told apart from numbers would show.
    const original = ` ${text.slice(shape.start, shape.end)}`;
    const { text: markedText, starts, ends } = mark(text, shape);
    const classes = [...shape.classes.subarray(0, shape.holes)];
    const taught = teacher(kind, markedText);
    const direct = teacher(kind, original);
    if (taught === undefined || direct === undefined) return undefined;
    const lesson: Lesson = { kind, hash, classes, starts, ends, ...taught };
    const known = shapeOf(lesson);
    if (known === undefined || !holdsFor(known, kind, original, direct)) return undefined;
    this.lessons?.push(lesson);
    return known;
  }
}

/** By the codes of hole classes. */
const holeKinds: Readonly<Record<number, HoleKind>> = {
  [holeClasses.number]: 'number',
  [holeClasses.ipv4]: 'ipv4',
  [holeClasses.ipv6]: 'ipv6',
  [holeClasses.ethernet]: 'ethernet',
  [holeClasses.string]: 'string',
};

function shapeOf(lesson: Lesson): KnownShape | undefined {
  const marked = markedOf(lesson);
  const build = templateOf(lesson.tree, marked);
  if (build === undefined) return undefined;
  const holes = lesson.classes.map((code) => holeKinds[code] ?? 'name');
  return {
    build,
    holes,
    member: { holes, materialise: (source, start) => materialiseElement(source, start, build) },
    materialise: (source, start) => materialise(source, start, build),
    notes: lesson.notes.length === 0 ? undefined : partialTemplateOf(lesson.notes, marked),
    commented: typeof lesson.tree === 'object' && lesson.tree !== null && 'comment' in lesson.tree,
  };
}

function holdsFor(
  { build, notes }: KnownShape,
  kind: ShapeKind,
  original: string,
  direct: { readonly tree: unknown; readonly notes: readonly Diagnostic[] },
): boolean {
  const source = { name: '', text: `${original}${kind === 'element' ? ',' : '\n'}` };
  const line = new LineShape();
  if (!line.scan(source.text, 0, scanModeOf(kind))) return false;
  const noted = notes?.(line, source) ?? [];
  return sameTree(build(line, source), direct.tree) && sameTree(noted, direct.notes);
}
