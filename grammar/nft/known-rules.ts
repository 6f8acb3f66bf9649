/** Reads the rules, chains and elements of large listings by their shape: the grammar sees each shape once. */

import type { ParserMethod } from 'chevrotain';
import type { Expression } from '../../src/ast/nft/expressions.ts';
import type { Rule } from '../../src/ast/nft/ruleset.ts';
import type { ChainBlock } from '../../src/ast/nft/script.ts';
import type { Source } from '../../src/base/span.ts';
import { CommandRules } from './command-rules.ts';
import { LazyCommentedRule, LazyRule, type Materialise } from './lazy-rule.ts';
import { LineShape } from './line-shape.ts';
import { mark, sameTree, templateOf } from './line-template.ts';
import type { ParseContext } from './parse-context.ts';
import { endOfFile, isAnyKeyword, punctuation } from './tokens.ts';

/** Texts below this are read by the grammar alone: nothing would be gained. */
const smallest = 32_768;
/** A listing has some hundreds of shapes; a text with more than this is no listing. */
const mostShapes = 5_000;

interface RuleShape {
  readonly materialise: Materialise;
  readonly commented: boolean;
}

type ElementShape = (shape: LineShape, source: Source) => Expression;

const chainHeader = /[ \t]*chain ([\w./-]+) \{(?: # handle (\d+))?\n/y;

export abstract class KnownRules extends CommandRules {
  protected abstract newContext(source: Source): ParseContext;
  /** 'auto' reads large texts by shape; the other two are for tests. */
  shapes: 'auto' | 'always' | 'never' = 'auto';

  private readonly shape = new LineShape();
  /** Shapes that only the grammar reads are `undefined`. */
  private readonly ruleShapes = new Map<number, RuleShape | undefined>();
  private readonly elementShapes = new Map<number, ElementShape | undefined>();

  /** One rule, to the end of the text. */
  protected readonly soleRule: ParserMethod<[Rule[]], void> = this.production(
    'soleRule',
    (rules: Rule[]) => {
      this.recovering(() => {
        const rule = this.SUBRULE(this.rule);
        this.MANY(() => this.CONSUME(punctuation.newline));
        this.CONSUME(endOfFile);
        this.ACTION(() => rules.push(rule));
      });
    },
  );

  /** One element of a set, to the end of the text. */
  private readonly soleElement: ParserMethod<[Expression[]], void> = this.production(
    'soleElement',
    (items: Expression[]) => {
      this.recovering(() => {
        this.SUBRULE(this.setMember, { ARGS: [items] });
        this.CONSUME(endOfFile);
      });
    },
  );

  private get readsByShape(): boolean {
    if (this.shapes === 'never' || this.scannedAhead) return false;
    const { scanner } = this.context;
    const large = this.shapes === 'always' || scanner.source.text.length >= smallest;
    return large && scanner.isFresh && this.ruleShapes.size + this.elementShapes.size < mostShapes;
  }

  /** Reads chains for as long as every line of them has a known shape, or one the grammar can teach. */
  protected override readKnownChains(chains: ChainBlock[]): void {
    if (!this.readsByShape) return;
    const { scanner } = this.context;
    for (;;) {
      const start = afterBlankLines(scanner.source.text, scanner.position);
      const chain = this.knownChain(scanner.source, start);
      if (chain === undefined) return;
      chains.push(chain);
    }
  }

  private knownChain(source: Source, position: number): ChainBlock | undefined {
    const { text } = source;
    chainHeader.lastIndex = position;
    const header = chainHeader.exec(text);
    const name = header?.[1];
    if (header === null || name === undefined || isAnyKeyword(name) || !/^[a-zA-Z_.]/.test(name)) {
      return undefined;
    }
    const start = position + header[0].indexOf('chain ') + 6;
    const rules: Rule[] = [];
    const end = this.knownLines(source, position + header[0].length, rules);
    if (!closes(text, end)) return undefined;
    const brace = text.indexOf('}', end);
    this.context.scanner.skipTo(text.indexOf('\n', brace) + 1);
    const handle = header[2];
    return {
      name: { text: name, span: { source, start, end: start + name.length } },
      rules,
      offload: false,
      ...(handle === undefined ? {} : { handle: Number(handle) }),
      span: { source, start, end: brace + 1 },
    };
  }

  /** Reads rules of the chain the grammar is in. */
  protected override readKnownRules(rules: Rule[]): void {
    if (!this.readsByShape) return;
    const { scanner } = this.context;
    scanner.skipTo(this.knownLines(scanner.source, scanner.position, rules));
  }

  /** Adds rules for as long as lines have known shapes; the place of the first line that has not. */
  private knownLines(source: Source, position: number, rules: Rule[]): number {
    const { text } = source;
    const { shape } = this;
    let at = position;
    for (;;) {
      at = afterBlankLines(text, at);
      if (!shape.scan(text, at, false, isAnyKeyword)) return at;
      const known = this.ruleShapes.has(shape.hash)
        ? this.ruleShapes.get(shape.hash)
        : this.learnRule(source);
      if (known === undefined) return at;
      const Lazy = known.commented ? LazyCommentedRule : LazyRule;
      rules.push(new Lazy(source, shape.start, shape.end, known.materialise));
      at = text.indexOf('\n', shape.end) + 1;
    }
  }

  /** Has the grammar read the line just scanned, with marks in its holes, and keeps what comes of it. */
  private learnRule({ text }: Source): RuleShape | undefined {
    const { shape } = this;
    const { hash, start: at } = shape;
    const marked = mark(text, shape);
    const [tree] =
      this.readAlone(`${marked.text}\n`, (rules: Rule[]) => this.soleRule(rules)) ?? [];
    const template = tree === undefined ? undefined : templateOf(tree, marked);
    const original = text.slice(shape.start, shape.end);
    const [direct] = this.readAlone(`${original}\n`, (rules: Rule[]) => this.soleRule(rules)) ?? [];
    let known: RuleShape | undefined;
    if (template !== undefined && direct !== undefined) {
      const build = (source: Source, start: number): Rule | undefined => {
        const line = new LineShape();
        line.scan(source.text, start, false, isAnyKeyword);
        const rule = template(line, source);
        return isRule(rule) ? rule : undefined;
      };
      const fallback = direct;
      const alone = { name: '', text: `${original}\n` };
      if (sameTree(build(alone, 0), direct)) {
        known = {
          materialise: (source, start) => build(source, start) ?? fallback,
          commented: direct.comment !== undefined,
        };
      }
    }
    this.ruleShapes.set(hash, known);
    shape.scan(text, at, false, isAnyKeyword);
    return known;
  }

  /** Reads elements behind a comma, each with the comma after it; the last one is left to the grammar. */
  protected override readKnownElements(items: Expression[]): void {
    const { scanner } = this.context;
    // The comma before is scanned but not consumed yet.
    if (this.shapes === 'never' || !this.nextIs(punctuation.comma) || !scanner.isFresh) return;
    if (this.shapes === 'auto' && scanner.source.text.length < smallest) return;
    if (this.elementShapes.size >= mostShapes) return;
    const { source } = scanner;
    const { text } = source;
    const { shape } = this;
    for (;;) {
      const at = afterOneLineEnd(text, scanner.position);
      if (!shape.scan(text, at, true, isAnyKeyword)) return;
      const known = this.elementShapes.has(shape.hash)
        ? this.elementShapes.get(shape.hash)
        : this.learnElement(source);
      if (known === undefined) return;
      items.push(known(shape, source));
      scanner.skipTo(text.indexOf(',', shape.end) + 1);
    }
  }

  private learnElement({ text }: Source): ElementShape | undefined {
    const { shape } = this;
    const { hash, start: at } = shape;
    const marked = mark(text, shape);
    const read = (items: Expression[]) => this.soleElement(items);
    const trees = this.readAlone(marked.text, read) ?? [];
    const template = trees.length === 1 ? templateOf(trees[0], marked) : undefined;
    const original = text.slice(shape.start, shape.end);
    const [direct] = this.readAlone(original, read) ?? [];
    let known: ElementShape | undefined;
    if (template !== undefined && direct !== undefined) {
      const alone = { name: '', text: `${original},` };
      const line = new LineShape();
      line.scan(alone.text, 0, true, isAnyKeyword);
      if (sameTree(template(line, alone), direct)) {
        known = (found, source) => {
          const element = template(found, source);
          return isExpression(element) ? element : direct;
        };
      }
    }
    this.elementShapes.set(hash, known);
    shape.scan(text, at, true, isAnyKeyword);
    return known;
  }

  /** Runs an entry rule on a text of its own; undefined if it fails or leaves a scope open. */
  private readAlone<Node>(
    text: string,
    read: (nodes: Node[]) => void,
  ): readonly Node[] | undefined {
    const outer = this.context;
    const inner = this.newContext({ name: '', text });
    const nodes: Node[] = [];
    this.context = inner;
    try {
      this.nested(() => read(nodes));
    } finally {
      this.context = outer;
    }
    const clean = inner.diagnostics.length === 0 && inner.scanner.isFresh;
    return clean ? nodes : undefined;
  }

  protected abstract override context: ParseContext;
}

function isRule(value: unknown): value is Rule {
  return typeof value === 'object' && value !== null && 'statements' in value;
}

function isExpression(value: unknown): value is Expression {
  return typeof value === 'object' && value !== null && 'kind' in value;
}

/** Behind blanks and empty lines, at the start of a line with something in it. */
function afterBlankLines(text: string, position: number): number {
  let lineStart = position;
  for (let at = position; ; at++) {
    const code = text.charCodeAt(at);
    if (code === 10) lineStart = at + 1;
    else if (code !== 32 && code !== 9) return lineStart;
  }
}

/** Behind blanks, one line end, and blanks again: what may stand before an element. */
function afterOneLineEnd(text: string, position: number): number {
  let at = position;
  let ends = 0;
  for (;;) {
    const code = text.charCodeAt(at);
    if (code === 10 && ends++ > 0) return position;
    if (code !== 10 && code !== 32 && code !== 9) return at;
    at++;
  }
}

/** Does the line close the block, and nothing else stand on it? */
function closes(text: string, position: number): boolean {
  const pattern = /[ \t]*\}[ \t]*\n/y;
  pattern.lastIndex = position;
  return pattern.test(text);
}
