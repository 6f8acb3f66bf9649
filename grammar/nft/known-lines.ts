/** Reads chains line by line from the shapes that are known; the grammar is asked for new shapes, if it is there. */

import type { Expression } from '../../src/ast/nft/expressions.ts';
import type { Rule } from '../../src/ast/nft/ruleset.ts';
import type { ChainBlock } from '../../src/ast/nft/script.ts';
import type { Diagnostic } from '../../src/base/diagnostic.ts';
import type { Source } from '../../src/base/span.ts';
import { isPlainName } from './keyword-names.ts';
import { LazyCommentedRule, LazyRule } from './lazy-rule.ts';
import { LineMatcher } from './line-matcher.ts';
import { isKeepable, LinePlaces } from './line-places.ts';
import { LineShape, scanModes } from './line-shape.ts';
import type { KnownShape, ShapeBook, Teacher } from './shape-book.ts';

/** A block that was read, and where the text goes on. */
export interface ReadBlock<Block> {
  readonly block: Block;
  readonly next: number;
}

const closeBrace = 125;

const blockHeader = /[ \t]*(chain|set|map) ([\w./-]+) \{(?: # handle (\d+))?\n/y;
/** How the lines that fill the fields of a block begin; no rule begins like that. */
const fieldLines = {
  chain: /[ \t]*(?:type|policy|comment|flags|devices) /y,
  table: /[ \t]*(?:comment|flags) /y,
  set: /[ \t]*(?![ \t]|elements|\})/y,
  map: /[ \t]*(?![ \t]|elements|\})/y,
} as const;

interface Matched {
  readonly known: KnownShape;
  readonly matcher: LineMatcher | undefined;
}

const nothing: readonly Matched[] = [];

export class KnownLines {
  private readonly shape = new LineShape();
  private readonly book: ShapeBook;
  private places: LinePlaces | undefined;
  private readonly teacher: Teacher | undefined;
  /** The shape of the last rule. */
  private last: KnownShape | undefined;
  private readonly matched = new Map<KnownShape, Matched>();
  /** By the shape of a rule what came after others of that shape: the last two that were not foreseen. */
  private readonly following = new Map<KnownShape, readonly Matched[]>();

  constructor(book: ShapeBook, teacher?: Teacher) {
    this.book = book;
    this.teacher = teacher;
  }

  /** The chain that begins on the line at `position`; undefined when a line of it is not known. */
  chain(
    source: Source,
    position: number,
    diagnostics: Diagnostic[],
  ): ReadBlock<ChainBlock> | undefined {
    const header = headerAt(source, position);
    if (header?.word !== 'chain') return undefined;
    const noted = diagnostics.length;
    const rules: Rule[] = [];
    const fields = {};
    const afterFields = this.fields('chain', source, header.next, fields);
    const end = this.rules(source, afterFields, rules, diagnostics);
    const brace = closingBrace(source.text, end);
    if (brace < 0) {
      diagnostics.length = noted;
      return undefined;
    }
    const { name, start, handled } = header;
    const span = { source, start, end: brace + 1 };
    // Most chains of a node say no more.
    const plain = afterFields === header.next && !('handle' in handled);
    const block = plain
      ? { name, offload: false, rules, span }
      : { name, offload: false, ...fields, rules, ...handled, span };
    return { block, next: source.text.indexOf('\n', brace) + 1 };
  }

  /** Adds rules for as long as lines have known shapes; the place of the first line that has not. */
  rules(source: Source, position: number, rules: Rule[], diagnostics: Diagnostic[]): number {
    const { text } = source;
    const { shape } = this;
    let at = position;
    for (;;) {
      at = afterBlankLines(text, at);
      const known = this.foreseen(text, at) ?? this.rule(source, at);
      if (known === undefined) return at;
      this.last = known;
      if (!isKeepable(shape)) return at;
      const Lazy = known.commented ? LazyCommentedRule : LazyRule;
      const places = this.placesFor(source);
      rules.push(new Lazy(known, shape.start, places, places.keep(shape)));
      if (known.notes !== undefined) pushNotes(known.notes(shape, source), diagnostics);
      at = shape.stop + 1;
    }
  }

  /** A shape that came after a line like the last one, if this line has it. */
  private foreseen(text: string, position: number): KnownShape | undefined {
    const { last } = this;
    if (last === undefined) return undefined;
    for (const { matcher, known } of this.following.get(last) ?? nothing) {
      if (matcher?.match(text, position, this.shape) === true) return known;
    }
    return undefined;
  }

  /** The shape of the rule at `position`, by its hash. */
  private rule(source: Source, position: number): KnownShape | undefined {
    const { shape, last } = this;
    const { text } = source;
    if (!shape.scan(text, position, scanModes.line)) return undefined;
    if (text.charCodeAt(shape.start) === closeBrace) return undefined;
    const known = this.book.find('rule', shape, source, this.teacher);
    if (known === undefined || last === undefined) return known;
    let matched = this.matched.get(known);
    if (matched === undefined) {
      matched = { known, matcher: LineMatcher.of(text, shape) };
      this.matched.set(known, matched);
    }
    const [recent] = this.following.get(last) ?? nothing;
    this.following.set(last, recent === undefined ? [matched] : [matched, recent]);
    return known;
  }

  private placesFor(source: Source): LinePlaces {
    if (this.places?.source !== source || !this.places.hasRoom(this.shape)) {
      this.places = new LinePlaces(source);
    }
    return this.places;
  }

  /** Adds what lines say that set fields of a block; the place of the first line that does not, or that repeats one. */
  fields(kind: keyof typeof fieldLines, source: Source, position: number, fields: object): number {
    const { text } = source;
    const { shape } = this;
    let at = position;
    for (;;) {
      at = afterBlankLines(text, at);
      if (!looksAt(fieldLines[kind], text, at)) return at;
      const mode = kind === 'chain' ? scanModes.clauses : scanModes.line;
      if (!shape.scan(text, at, mode)) return at;
      const built = this.book.find(kind, shape, source, this.teacher)?.build(shape, source);
      if (typeof built !== 'object' || built === null) return at;
      if (Object.keys(built).some((key) => key in fields)) return at;
      Object.assign(fields, built);
      at = shape.stop + 1;
    }
  }

  /** The shape of the element at `position`, with what is known of it; undefined leaves it to the grammar. */
  element(source: Source, position: number): readonly [KnownShape, LineShape] | undefined {
    const { shape } = this;
    if (!shape.scan(source.text, position, scanModes.element)) return undefined;
    const known = this.book.find('element', shape, source, this.teacher);
    return known === undefined ? undefined : [known, shape];
  }
}

/** `chain NAME {` and the like; undefined where the name is a keyword or the line says more. */
export function headerAt(source: Source, position: number) {
  blockHeader.lastIndex = position;
  const found = blockHeader.exec(source.text);
  const [line = '', word, text, handle] = found ?? [];
  if (text === undefined || !isPlainName(text)) return undefined;
  const start = position + line.indexOf(` ${text} {`) + 1;
  const name = { text, span: { source, start, end: start + text.length } };
  const handled = handle === undefined ? {} : { handle: Number(handle) };
  return { word, name, start, handled, next: position + line.length };
}

function pushNotes(notes: unknown, diagnostics: Diagnostic[]): void {
  if (!Array.isArray(notes)) return;
  for (const note of notes) if (isDiagnostic(note)) diagnostics.push(note);
}

function isDiagnostic(value: unknown): value is Diagnostic {
  return typeof value === 'object' && value !== null && 'code' in value && 'span' in value;
}

function looksAt(pattern: RegExp, text: string, position: number): boolean {
  pattern.lastIndex = position;
  return pattern.test(text);
}

/** Behind blanks and empty lines, at the start of a line with something in it. */
export function afterBlankLines(text: string, position: number): number {
  let lineStart = position;
  for (let at = position; ; at++) {
    const code = text.charCodeAt(at);
    if (code === 10) lineStart = at + 1;
    else if (code !== 32 && code !== 9) return lineStart;
  }
}

const closingLine = /[ \t]*\}[ \t]*\n/y;

/** Where the brace is, if nothing else stands on the line; else negative. */
export function closingBrace(text: string, position: number): number {
  return looksAt(closingLine, text, position) ? text.indexOf('}', position) : -1;
}

export function isExpression(value: unknown): value is Expression {
  return typeof value === 'object' && value !== null && 'kind' in value;
}
