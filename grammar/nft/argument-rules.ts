/** Arguments of statements: `meta mark set ARGUMENT`, `dnat to ARGUMENT`. */

import type { ParserMethod } from 'chevrotain';
import type { Expression } from '../../src/ast/nft/expressions.ts';
import { ExpressionRules } from './expression-rules.ts';
import { punctuation, word } from './tokens.ts';
import { addressWords, valueWords } from './value-words.ts';

export abstract class ArgumentRules extends ExpressionRules {
  protected readonly argumentPrimary: ParserMethod<[], Expression> = this.production(
    'argumentPrimary',
    () =>
      this.OR<Expression>([
        { ALT: () => this.SUBRULE(this.symbol) },
        { ALT: () => this.SUBRULE(this.integer) },
        { ALT: () => this.SUBRULE(this.boolean) },
        { ALT: () => this.SUBRULE(this.payloadExpression, { ARGS: [true] }) },
        { ALT: () => this.SUBRULE(this.meta) },
        { ALT: () => this.SUBRULE(this.bareMeta) },
        { ALT: () => this.SUBRULE(this.bareIpsec) },
        { ALT: () => this.SUBRULE(this.rt, { ARGS: [true] }) },
        { ALT: () => this.SUBRULE(this.tunnel) },
        { ALT: () => this.SUBRULE(this.ct) },
        { ALT: () => this.SUBRULE(this.numgen) },
        { ALT: () => this.SUBRULE(this.jhash) },
        { ALT: () => this.SUBRULE(this.symhash) },
        { ALT: () => this.SUBRULE(this.valueWord) },
        { ALT: () => this.SUBRULE(this.socket) },
        { ALT: () => this.SUBRULE(this.fib) },
        { ALT: () => this.SUBRULE(this.osf) },
        { ALT: () => this.SUBRULE(this.argumentParenthesis) },
      ]),
  );

  /** `ipsec` as a meta key. */
  protected readonly bareIpsec: ParserMethod<[], Expression> = this.production('bareIpsec', () => {
    this.keyword('ipsec');
    this.closeScope('ipsec');
    return { kind: 'meta', key: 'ipsec', span: this.lastSpan() };
  });

  protected readonly argumentParenthesis: ParserMethod<[], Expression> = this.production(
    'argumentParenthesis',
    () => {
      this.CONSUME(punctuation.openParenthesis);
      const inner = this.SUBRULE(this.argumentBasic);
      this.CONSUME(punctuation.closeParenthesis);
      return inner;
    },
  );

  protected readonly argumentShift: ParserMethod<[], Expression> = this.production(
    'argumentShift',
    () => {
      let left = this.SUBRULE1(this.argumentPrimary);
      this.MANY(() => {
        const operator = this.SUBRULE(this.shiftOperator);
        left = this.binary(operator, left, this.SUBRULE2(this.argumentPrimary));
      });
      return left;
    },
  );

  protected readonly argumentAnd: ParserMethod<[], Expression> = this.production(
    'argumentAnd',
    () => {
      let left = this.SUBRULE1(this.argumentShift);
      this.MANY(() => {
        this.CONSUME(punctuation.and);
        left = this.binary('&', left, this.SUBRULE2(this.argumentShift));
      });
      return left;
    },
  );

  protected readonly argumentXor: ParserMethod<[], Expression> = this.production(
    'argumentXor',
    () => {
      let left = this.SUBRULE1(this.argumentAnd);
      this.MANY(() => {
        this.CONSUME(punctuation.xor);
        left = this.binary('^', left, this.SUBRULE2(this.argumentAnd));
      });
      return left;
    },
  );

  protected readonly argumentBasic: ParserMethod<[], Expression> = this.production(
    'argumentBasic',
    () => {
      let left = this.SUBRULE1(this.argumentXor);
      this.MANY(() => {
        this.CONSUME(punctuation.or);
        left = this.binary('|', left, this.SUBRULE2(this.argumentXor));
      });
      return left;
    },
  );

  /** The value a statement takes: `meta mark set ARGUMENT`, `dnat to ARGUMENT`. */
  protected readonly argument: ParserMethod<[], Expression> = this.production('argument', () => {
    const first = this.SUBRULE(this.argumentBasic);
    return this.SUBRULE(this.argumentRest, { ARGS: [first] });
  });

  protected readonly argumentRest: ParserMethod<[Expression], Expression> = this.production(
    'argumentRest',
    (first: Expression) => {
      const rest = this.OPTION1({
        GATE: () => !this.is(punctuation.comma) || this.isListable(first),
        DEF: () =>
          this.OR<Expression>([
            { ALT: () => this.SUBRULE(this.argumentRange, { ARGS: [first] }) },
            { ALT: () => this.SUBRULE(this.prefixLength, { ARGS: [first] }) },
            { ALT: () => this.SUBRULE(this.argumentList, { ARGS: [first] }) },
            { ALT: () => this.SUBRULE(this.argumentMap, { ARGS: [first] }) },
            { ALT: () => this.SUBRULE(this.argumentConcat, { ARGS: [first] }) },
          ]),
      });
      return rest ?? first;
    },
  );

  /** Only names can be listed with commas in an argument. */
  protected isListable(first: Expression): boolean {
    const last = this.LA(0);
    if (this.lastIsNumber() || last.tokenType === punctuation.closeParenthesis) return false;
    // What a variable stands for was written elsewhere.
    const variable = last.tokenType === word && first.span.end !== last.endOffset + 1;
    return variable || first.kind === 'symbol' || first.kind === 'string';
  }

  protected readonly argumentRange: ParserMethod<[Expression], Expression> = this.production(
    'argumentRange',
    (from: Expression) => {
      this.CONSUME(punctuation.dash);
      const to = this.SUBRULE(this.argumentBasic);
      return { kind: 'range', from, to, span: this.join(from) };
    },
  );

  protected readonly argumentListItem: ParserMethod<[], Expression> = this.production(
    'argumentListItem',
    () =>
      this.OR<Expression>([
        { ALT: () => this.SUBRULE(this.symbol) },
        { ALT: () => this.SUBRULE(this.listWord) },
      ]),
  );

  protected readonly listWord = this.valueRule('listWord', [...valueWords, ...addressWords]);

  protected readonly argumentList: ParserMethod<[Expression], Expression> = this.production(
    'argumentList',
    (first: Expression) => {
      const items = [first];
      this.AT_LEAST_ONE(() => {
        this.CONSUME(punctuation.comma);
        items.push(this.SUBRULE(this.argumentListItem));
      });
      return { kind: 'list', items, span: this.join(first) };
    },
  );

  protected readonly argumentConcat: ParserMethod<[Expression], Expression> = this.production(
    'argumentConcat',
    (first: Expression) => {
      const parts = [first];
      this.AT_LEAST_ONE(() => {
        this.CONSUME(punctuation.dot);
        parts.push(this.SUBRULE(this.argumentPrimary));
      });
      const key = this.ACTION(() => this.concatOf(parts)) ?? first;
      const mapped = this.OPTION(() => this.SUBRULE(this.argumentMap, { ARGS: [key] }));
      return mapped ?? key;
    },
  );

  /** `map { … }` or `map @name` */
  protected readonly argumentMap: ParserMethod<[Expression], Expression> = this.production(
    'argumentMap',
    (key: Expression) => {
      this.keyword('map');
      const data = this.OR<Expression>([
        { ALT: () => this.SUBRULE(this.set) },
        { ALT: () => this.SUBRULE(this.setReference) },
      ]);
      return this.mapOf(key, data);
    },
  );
}
