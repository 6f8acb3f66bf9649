/** Names, numbers, strings, variables, times: what stands at the leaves of the grammar. */

import type { IToken, ParserMethod, TokenType } from 'chevrotain';
import type {
  BooleanExpression,
  Expression,
  SetReferenceExpression,
  StringExpression,
  SymbolExpression,
} from '../../src/ast/nft/expressions.ts';
import type { Span } from '../../src/base/span.ts';
import { closest } from '../../src/base/text.ts';
import { parseDuration } from '../../src/datatypes/parse-time.ts';
import type { Family } from '../../src/fields/families.ts';
import { TokenRules } from './token-rules.ts';
import {
  keyword,
  labelOf,
  number,
  punctuation,
  quotedString,
  wildcardString,
  word,
} from './tokens.ts';
import type { KeywordName, Scope } from './words.ts';

/** A name with the place where it stands. */
export interface Name {
  readonly text: string;
  readonly span: Span;
}

/** NFTNL_UDATA_COMMENT_MAXLEN. */
const longestComment = 128;

export abstract class ValueRules extends TokenRules {
  /** `WORD` or the keyword `last`. */
  protected readonly identifier: ParserMethod<[], Name> = this.production('identifier', () => {
    const token = this.OR([{ ALT: () => this.CONSUME(word) }, { ALT: () => this.keyword('last') }]);
    return { text: token.image, span: this.lastSpan() };
  });

  /** `word`, `"quoted"` or `wild*` */
  protected readonly string: ParserMethod<[], Name> = this.production('string', () => {
    const token = this.OR([
      { ALT: () => this.CONSUME(word) },
      { ALT: () => this.CONSUME(quotedString) },
      { ALT: () => this.CONSUME(wildcardString) },
    ]);
    return { text: token.image, span: this.lastSpan() };
  });

  /** `comment "text"` */
  protected readonly comment: ParserMethod<[], string> = this.production('comment', () => {
    this.keyword('comment');
    const { text, span } = this.SUBRULE(this.string);
    this.ACTION(() => {
      if (byteLength(text) > longestComment) {
        this.abandon('invalid-value', span, `a comment has at most ${longestComment} characters`);
      }
    });
    return text;
  });

  /** `$name`: what `define` gave it. */
  protected readonly variable: ParserMethod<[], Expression> = this.production('variable', () => {
    this.CONSUME(punctuation.dollar);
    const name = this.SUBRULE(this.identifier);
    return this.ACTION(() => this.definitionOf(name));
  });

  private definitionOf(name: Name): Expression {
    const { definitions } = this.context;
    for (let level = definitions.length - 1; level >= 0; level--) {
      const value = definitions[level]?.get(name.text);
      if (value !== undefined) return value;
    }
    const near = closest(
      name.text,
      definitions.flatMap((names) => [...names.keys()]),
    );
    const hint = near === undefined ? undefined : `did you mean '$${near}'?`;
    return this.abandon(
      'unknown-variable',
      name.span,
      `nothing is defined as '${name.text}'`,
      hint,
    );
  }

  /** A name, string or variable as a value. */
  protected readonly symbol: ParserMethod<[], Expression> = this.production('symbol', () => {
    return this.OR<Expression>([
      { ALT: () => this.SUBRULE(this.variable) },
      { ALT: () => this.symbolOf(this.CONSUME(word)) },
      { ALT: () => this.stringOf(this.CONSUME(quotedString)) },
      { ALT: () => this.symbolOf(this.CONSUME(wildcardString)) },
    ]);
  });

  /** `22`, `0x16`, `026` */
  protected readonly integer: ParserMethod<[], SymbolExpression> = this.production('integer', () =>
    this.symbolOf(this.CONSUME(number)),
  );

  /** `exists` or `missing` */
  protected readonly boolean: ParserMethod<[], BooleanExpression> = this.production(
    'boolean',
    () => {
      const value = this.OR([
        { ALT: () => this.keyword('exists') },
        { ALT: () => this.keyword('missing') },
      ]);
      return { kind: 'boolean', value: value.image === 'exists', span: this.lastSpan() };
    },
  );

  /** `@name`, or a variable that stands for one. */
  protected readonly setReference: ParserMethod<[], Expression> = this.production(
    'setReference',
    () =>
      this.OR<Expression>([
        { ALT: () => this.SUBRULE(this.namedSet) },
        { ALT: () => this.SUBRULE(this.variable) },
      ]),
  );

  /** `@name` */
  protected readonly namedSet: ParserMethod<[], SetReferenceExpression> = this.production(
    'namedSet',
    () => {
      const start = this.LA(1);
      this.CONSUME(punctuation.at);
      const name = this.SUBRULE(this.identifier);
      this.closeScope('at');
      return { kind: 'set-reference', name: name.text, span: this.spanFrom(start) };
    },
  );

  /** `1d2h3m`, in milliseconds. */
  protected readonly duration: ParserMethod<[], number> = this.production('duration', () => {
    const token = this.CONSUME(word);
    return this.ACTION(() => this.milliseconds(token.image));
  });

  protected milliseconds(text: string): number {
    const value = parseDuration(text);
    if (value !== undefined) return value;
    return this.abandon(
      'invalid-value',
      this.lastSpan(),
      `'${text}' is no time`,
      'times are written as 1d2h3m4s5ms',
    );
  }

  /** A number as a JavaScript number. */
  protected readonly count: ParserMethod<[], number> = this.production('count', () =>
    Number(this.CONSUME(number).image),
  );

  /** A number that may need 64 bits. */
  protected readonly bigCount: ParserMethod<[], bigint> = this.production('bigCount', () => {
    const token = this.CONSUME(number);
    return this.ACTION(() => BigInt(token.image));
  });

  /** `ip ip6 inet arp bridge netdev` */
  protected readonly family: ParserMethod<[], Family> = this.production('family', () =>
    this.OR<Family>([
      { ALT: () => this.scoped('ip', 'ip', 'ip') },
      { ALT: () => this.scoped('ip6', 'ip6', 'ip6') },
      { ALT: () => this.valued('inet', 'inet') },
      { ALT: () => this.scoped('arp', 'arp', 'arp') },
      { ALT: () => this.valued('bridge', 'bridge') },
      { ALT: () => this.valued('netdev', 'netdev') },
    ]),
  );

  /** `ip` or `ip6` before an address. */
  protected readonly addressFamily: ParserMethod<[], 'ip' | 'ip6'> = this.production(
    'addressFamily',
    () =>
      this.OR<'ip' | 'ip6'>([
        { ALT: () => this.scoped('ip', 'ip', 'ip') },
        { ALT: () => this.scoped('ip6', 'ip6', 'ip6') },
      ]),
  );

  /** A line end or a semicolon. */
  protected readonly separator: ParserMethod<[], void> = this.production('separator', () => {
    this.OR([
      { ALT: () => this.CONSUME(punctuation.newline) },
      { ALT: () => this.CONSUME(punctuation.semicolon) },
    ]);
  });

  /** A rule for one of some keywords; its value is the first spelling of the word. */
  protected wordRule(name: string, words: readonly KeywordName[]): ParserMethod<[], string> {
    const alternatives = words.map((text) => ({ ALT: () => this.CONSUME(keyword(text)) }));
    return this.production(name, () => this.spelling(this.OR(alternatives)));
  }

  /** Reads a keyword that stands for a value. */
  protected valued<Value>(name: KeywordName, value: Value): Value {
    this.keyword(name);
    return value;
  }

  /** Reads a keyword that stands for a value, and closes the scope it opens. */
  protected scoped<Value>(name: KeywordName, scope: Scope, value: Value): Value {
    this.keyword(name);
    this.closeScope(scope);
    return value;
  }

  /** Reads an operator. */
  protected operator<Value>(type: TokenType, value: Value): Value {
    this.CONSUME(type);
    return value;
  }

  /** The first spelling of a keyword; a token has no type while Chevrotain records the grammar. */
  protected spelling(token: IToken): string {
    return this.ACTION(() => labelOf(token.tokenType));
  }

  protected symbolOf(token: IToken): SymbolExpression {
    return { kind: 'symbol', text: token.image, span: this.lastSpan() };
  }

  private stringOf(token: IToken): StringExpression {
    return { kind: 'string', text: token.image, span: this.lastSpan() };
  }

  /** Was the last token a name, so that a list of flags may follow? */
  protected lastIsNumber(): boolean {
    return this.LA(0).tokenType === number;
  }

  protected is(type: TokenType): boolean {
    return this.nextIs(type);
  }
}

/** Bytes of the text in UTF-8, as nft counts. */
export function byteLength(text: string): number {
  let bytes = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return bytes;
}
