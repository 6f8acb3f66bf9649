/** What may stand in every block: include, define, redefine, undefine. */

import type { ParserMethod } from 'chevrotain';
import type { Expression } from '../../src/ast/nft/expressions.ts';
import type { Span } from '../../src/base/span.ts';
import type { Definitions } from './parse-context.ts';
import { RuleRules } from './rule-rules.ts';
import { punctuation, quotedString } from './tokens.ts';
import type { Name } from './value-rules.ts';

/** MAX_INCLUDE_DEPTH of nft. */
const deepestInclude = 16;

export abstract class CommonRules extends RuleRules {
  /** `include "x"`, `define x = …`, `redefine x = …`, `undefine x` */
  protected readonly common: ParserMethod<[], void> = this.production('common', () => {
    this.OR([
      { ALT: () => this.SUBRULE(this.include) },
      { ALT: () => this.SUBRULE(this.define) },
      { ALT: () => this.SUBRULE(this.redefine) },
      { ALT: () => this.SUBRULE(this.undefine) },
    ]);
  });

  private readonly include: ParserMethod<[], void> = this.production('include', () => {
    const start = this.LA(1);
    this.keyword('include');
    const path = this.CONSUME(quotedString).image;
    this.SUBRULE(this.separator);
    this.ACTION(() => this.includeFile(path, this.spanFrom(start)));
  });

  private readonly define: ParserMethod<[], void> = this.production('define', () => {
    this.keyword('define');
    const name = this.SUBRULE(this.identifier);
    this.CONSUME(punctuation.equals);
    const value = this.SUBRULE(this.initializer);
    this.SUBRULE(this.separator);
    this.ACTION(() => {
      if (this.holderOf(name.text) !== undefined) {
        this.abandon(
          'redefined-variable',
          name.span,
          `'${name.text}' is defined already`,
          "use 'redefine' to give it another value",
        );
      }
      this.bind(name, value);
    });
  });

  private readonly redefine: ParserMethod<[], void> = this.production('redefine', () => {
    this.keyword('redefine');
    const name = this.SUBRULE(this.identifier);
    this.CONSUME(punctuation.equals);
    const value = this.SUBRULE(this.initializer);
    this.SUBRULE(this.separator);
    this.ACTION(() => this.bind(name, value));
  });

  private readonly undefine: ParserMethod<[], void> = this.production('undefine', () => {
    this.keyword('undefine');
    const name = this.SUBRULE(this.identifier);
    this.SUBRULE(this.separator);
    this.ACTION(() => {
      // nft 1.1.7 says nothing about a name that is not defined.
      this.holderOf(name.text)?.delete(name.text);
    });
  });

  private bind(name: Name, value: Expression): void {
    const { definitions } = this.context;
    definitions[definitions.length - 1]?.set(name.text, value);
  }

  private holderOf(name: string): Definitions | undefined {
    return [...this.context.definitions].reverse().find((names) => names.has(name));
  }

  private includeFile(path: string, span: Span): void {
    const { includes, scanner } = this.context;
    const paths = this.candidates(path);
    const wildcard = /[*?[]/.test(path);
    const found = wildcard ? paths.flatMap((pattern) => includes?.glob?.(pattern) ?? []) : paths;
    const texts: { readonly name: string; readonly text: string }[] = [];
    for (const name of found) {
      const text = includes?.readFile(name);
      if (text === undefined) continue;
      texts.push({ name, text });
      if (!wildcard) break;
    }
    if (texts.length === 0 && !wildcard) {
      this.abandon('include-failed', span, `no file '${path}' to include`);
    }
    if (texts.length > 0 && scanner.depth >= deepestInclude) {
      this.abandon(
        'include-failed',
        span,
        `files include each other more than ${deepestInclude} deep`,
      );
    }
    for (const source of texts.reverse()) {
      this.context.sources.push(source);
      scanner.include(source);
    }
  }

  /** Where a path may be: relative ones are searched in the include folders. */
  private candidates(path: string): readonly string[] {
    if (/^(?:\/|\.\/|\.\.\/)/.test(path)) return [path];
    const folders = this.context.includes?.includePaths ?? [];
    return [...folders.map((folder) => `${folder.replace(/\/$/, '')}/${path}`), path];
  }

  /** Runs a block with definitions of its own. */
  protected withDefinitions<Value>(block: () => Value): Value {
    if (this.RECORDING_PHASE) return block();
    const { definitions } = this.context;
    const depth = definitions.length;
    definitions.push(new Map());
    try {
      return block();
    } finally {
      definitions.length = depth;
    }
  }
}
