/** Reads a whole listing from known shapes, without the grammar: tables with their chains, sets and maps. */

import type { Expression } from '../../src/ast/nft/expressions.ts';
import type { SetDeclaration } from '../../src/ast/nft/ruleset.ts';
import type {
  ChainBlock,
  CommandOf,
  Declared,
  Script,
  TableBlock,
} from '../../src/ast/nft/script.ts';
import type { Diagnostic, Result } from '../../src/base/diagnostic.ts';
import type { Source } from '../../src/base/span.ts';
import type { Family } from '../../src/fields/families.ts';
import { ElementPlaces } from './element-places.ts';
import { isPlainName } from './keyword-names.ts';
import {
  afterBlankLines,
  closingBrace,
  headerAt,
  KnownLines,
  type ReadBlock,
} from './known-lines.ts';
import { LateChains } from './late-chains.ts';
import type { ShapeBook, Teacher } from './shape-book.ts';

const comma = 44;

/** The family is always written in a listing. */
const tableHeader = /table (ip6?|inet|arp|bridge|netdev) ([\w./-]+) \{(?: # handle (\d+))?\n/y;
const commentLine = /[ \t]*#[^\n]*\n/y;
const elementsHeader = /[ \t]*elements = \{[ \t]*/y;

/** Undefined when a line is met that is not known: the grammar has to read the text then, or to be the teacher here. */
export function readListing(
  source: Source,
  book: ShapeBook,
  teacher?: Teacher,
): Result<Script> | undefined {
  const reader = new ListingReader(source, new KnownLines(book, teacher));
  const commands = reader.tables();
  if (commands === undefined) return undefined;
  return { value: { kind: 'script', commands }, diagnostics: reader.diagnostics };
}

export interface LateScript {
  /** Without the rules of its chains, and without chains that declare nothing but their name. */
  readonly script: Result<Script>;
  readonly chains: LateChains;
}

/** The same without the rules of chains, which are read one chain after the other on demand. */
export function readLateListing(
  source: Source,
  book: ShapeBook,
  teacher?: Teacher,
): LateScript | undefined {
  const chains = new LateChains(source, book, teacher);
  const reader = new ListingReader(source, new KnownLines(book, teacher), chains);
  const commands = reader.tables();
  if (commands === undefined) return undefined;
  const { diagnostics } = reader;
  return { script: { value: { kind: 'script', commands }, diagnostics }, chains };
}

class ListingReader {
  readonly diagnostics: Diagnostic[] = [];
  private readonly source: Source;
  private readonly lines: KnownLines;
  private readonly late: LateChains | undefined;

  constructor(source: Source, lines: KnownLines, late?: LateChains) {
    this.source = source;
    this.lines = lines;
    this.late = late;
  }

  tables(): readonly CommandOf<'table'>[] | undefined {
    const { text } = this.source;
    const commands: CommandOf<'table'>[] = [];
    let at = 0;
    for (;;) {
      at = afterComments(text, at);
      if (at === text.length) return commands;
      const table = this.table(at);
      if (table === undefined) return undefined;
      commands.push(table.block);
      at = table.next;
    }
  }

  private table(start: number): ReadBlock<CommandOf<'table'>> | undefined {
    const { source } = this;
    tableHeader.lastIndex = start;
    const [line = '', word, name, handle] = tableHeader.exec(source.text) ?? [];
    const family = familyOf(word);
    if (family === undefined || name === undefined || !isPlainName(name)) return undefined;
    const familyStart = start + 'table '.length;
    const nameStart = familyStart + family.length + 1;
    const content = this.tableContent(start + line.length);
    if (content === undefined) return undefined;
    const { brace, ...fields } = content;
    const handled = handle === undefined ? {} : { handle: Number(handle) };
    const end = brace + 1;
    const block: TableBlock = { ...fields, ...handled, span: { source, start: familyStart, end } };
    const table = { text: name, span: { source, start: nameStart, end: nameStart + name.length } };
    const command: CommandOf<'table'> = {
      kind: 'command',
      verb: 'add',
      object: 'table',
      target: { family, table },
      span: { source, start, end },
      block,
    };
    return { block: command, next: source.text.indexOf('\n', brace) + 1 };
  }

  private tableContent(position: number) {
    const { source } = this;
    const { text } = source;
    const chains: ChainBlock[] = [];
    const sets: Declared<SetDeclaration>[] = [];
    const settings = {};
    this.late?.beginTable();
    let at = position;
    for (;;) {
      at = afterComments(text, at);
      const brace = closingBrace(text, at);
      if (brace >= 0) {
        return { flags: [], ...settings, chains, sets, flowtables: [], objects: [], brace };
      }
      const header = headerAt(source, at);
      if (header === undefined) {
        const after = this.lines.fields('table', source, at, settings);
        if (after === at) return undefined;
        at = after;
        continue;
      }
      if (header.word === 'chain') {
        const after = this.chain(at, chains);
        if (after === undefined) return undefined;
        at = after;
      } else {
        const set = this.set(at);
        if (set === undefined) return undefined;
        sets.push(set.block);
        at = set.next;
      }
    }
  }

  /** Where the text goes on behind the chain. */
  private chain(position: number, chains: ChainBlock[]): number | undefined {
    if (this.late !== undefined) return this.late.chain(position, chains);
    const chain = this.lines.chain(this.source, position, this.diagnostics);
    if (chain !== undefined) chains.push(chain.block);
    return chain?.next;
  }

  private set(position: number): ReadBlock<Declared<SetDeclaration>> | undefined {
    const { source } = this;
    const { text } = source;
    const header = headerAt(source, position);
    if (header === undefined) return undefined;
    const map = header.word === 'map';
    const fields: { flags?: SetDeclaration['flags']; autoMerge?: boolean } = {};
    const kind = map ? 'map' : 'set';
    let at = afterBlankLines(text, this.lines.fields(kind, source, header.next, fields));
    const places = new ElementPlaces(source);
    elementsHeader.lastIndex = at;
    if (elementsHeader.test(text)) {
      const end = this.elements(elementsHeader.lastIndex, places);
      if (end === undefined) return undefined;
      at = afterBlankLines(text, end);
    }
    const brace = closingBrace(text, at);
    if (brace < 0) return undefined;
    const { name, start, handled } = header;
    const { flags = [], autoMerge = false, ...rest } = fields;
    const declaration: SetDeclaration = {
      kind: 'set',
      name: name.text,
      map,
      statements: [],
      ...rest,
      flags,
      autoMerge,
      ...handled,
      elements: [],
      span: { source, start, end: brace + 1 },
    };
    const filled = withElements(declaration, places);
    return { block: { name, declaration: filled }, next: text.indexOf('\n', brace) + 1 };
  }

  /** Elements to the brace behind the last one; where the text goes on behind its line. */
  private elements(position: number, places: ElementPlaces): number | undefined {
    const { text } = this.source;
    let at = position;
    for (;;) {
      let stop = places.match(at);
      if (stop < 0) {
        const [known, shape] = this.lines.element(this.source, at) ?? [];
        if (shape === undefined || known === undefined) return undefined;
        if (!places.add(known.member, shape)) return undefined;
        stop = shape.stop;
      }
      if (text.charCodeAt(stop) !== comma) return afterLine(text, stop + 1);
      at = afterBlanks(text, stop + 1);
    }
  }
}

/** Fewer elements than this are made at once. */
const fewElements = 16;

/** The declaration with the elements; many of them are made when they are asked for. */
function withElements(declaration: SetDeclaration, places: ElementPlaces): SetDeclaration {
  if (places.count < fewElements) return { ...declaration, elements: places.expressions() };
  let made: readonly Expression[] | undefined;
  const lazy: SetDeclaration = {
    ...declaration,
    get elements() {
      made ??= places.expressions();
      return made;
    },
  };
  // Not copied with the others: a changed declaration has elements of its own.
  Object.defineProperty(lazy, 'shaped', { value: places });
  return lazy;
}

function familyOf(word: string | undefined): Family | undefined {
  switch (word) {
    case 'ip':
    case 'ip6':
    case 'inet':
    case 'arp':
    case 'bridge':
    case 'netdev':
      return word;
    default:
      return undefined;
  }
}

/** Behind empty lines and comments, at the start of a line. */
function afterComments(text: string, position: number): number {
  let at = afterBlankLines(text, position);
  for (;;) {
    commentLine.lastIndex = at;
    if (!commentLine.test(text)) return at;
    at = afterBlankLines(text, commentLine.lastIndex);
  }
}

/** Behind blanks and at most one line end. */
function afterBlanks(text: string, position: number): number {
  let at = position;
  let ends = 0;
  for (;;) {
    const code = text.charCodeAt(at);
    if (code === 10 && ends++ > 0) return at;
    if (code !== 10 && code !== 32 && code !== 9) return at;
    at++;
  }
}

/** Behind the line end that follows; undefined when something else does. */
function afterLine(text: string, position: number): number | undefined {
  let at = position;
  while (text.charCodeAt(at) === 32 || text.charCodeAt(at) === 9) at++;
  return text.charCodeAt(at) === 10 ? at + 1 : undefined;
}
