/** Right sides: values with operators, ranges, prefixes, concatenations, lists and masks. */

import type { ParserMethod } from 'chevrotain';
import type { BinaryOperator, Expression } from '../../src/ast/nft/expressions.ts';
import type { Span } from '../../src/base/span.ts';
import { SelectorRules } from './selector-rules.ts';
import { number, punctuation } from './tokens.ts';
import { addressWords, valueWords } from './value-words.ts';
import type { KeywordName, Scope } from './words.ts';

/** Further keywords that are values on the right side only. */
const protocolWords: readonly (readonly [KeywordName, Scope?])[] = [
  ['tcp', 'tcp'],
  ['udp', 'udp'],
  ['udplite', 'udplite'],
  ['esp', 'esp'],
  ['ah', 'ah'],
  ['icmp', 'icmp'],
  // nft leaves the scope of igmp open here.
  ['igmp'],
  ['icmpv6', 'icmp'],
  ['gre', 'gre'],
  ['comp', 'comp'],
  ['dccp', 'dccp'],
  ['sctp', 'sctp'],
  ['redirect', 'nat'],
];

export abstract class RightRules extends SelectorRules {
  protected abstract readonly set: ParserMethod<[(boolean | undefined)?], Expression>;

  protected valueRule(
    name: string,
    words: readonly (readonly [KeywordName, Scope?])[],
  ): ParserMethod<[], Expression> {
    const alternatives = words.map(([text, scope]) => ({
      ALT: (): Expression => {
        const token = this.keyword(text);
        if (scope !== undefined) this.closeScope(scope);
        return this.symbolOf(token);
      },
    }));
    return this.production(name, () => this.OR(alternatives));
  }

  protected readonly valueWord = this.valueRule('valueWord', valueWords);

  protected readonly rightWord = this.valueRule('rightWord', [
    ...valueWords,
    ...addressWords,
    ...protocolWords,
  ]);

  protected readonly shiftOperator: ParserMethod<[], '<<' | '>>'> = this.production(
    'shiftOperator',
    () =>
      this.OR<'<<' | '>>'>([
        { ALT: () => this.operator(punctuation.shiftLeft, '<<') },
        { ALT: () => this.operator(punctuation.shiftRight, '>>') },
      ]),
  );

  protected binary(operator: BinaryOperator, left: Expression, right: Expression): Expression {
    const span = this.join(left, right);
    return { kind: 'binary', operator, left, right, span };
  }

  /** From the start of one node to the last token. */
  protected join(first: Expression, _last?: Expression): Span {
    return this.ACTION(() => ({
      source: first.span.source,
      start: first.span.start,
      end: Math.max(first.span.end, this.LA(0).endOffset + 1),
    }));
  }

  protected concatOf(parts: readonly Expression[]): Expression {
    const [first] = parts;
    if (first === undefined || parts.length === 1) return first ?? this.nothing();
    return { kind: 'concat', parts, span: this.join(first) };
  }

  protected nothing(): Expression {
    return { kind: 'wildcard', span: this.lastSpan() };
  }

  protected readonly rightPrimary: ParserMethod<[], Expression> = this.production(
    'rightPrimary',
    () =>
      this.OR<Expression>([
        { ALT: () => this.SUBRULE(this.symbol) },
        { ALT: () => this.SUBRULE(this.integer) },
        { ALT: () => this.SUBRULE(this.boolean) },
        { ALT: () => this.SUBRULE(this.rightWord) },
        { ALT: () => this.SUBRULE(this.rightParenthesis) },
      ]),
  );

  protected readonly rightParenthesis: ParserMethod<[], Expression> = this.production(
    'rightParenthesis',
    () => {
      this.CONSUME(punctuation.openParenthesis);
      const inner = this.SUBRULE(this.rightBasic);
      this.CONSUME(punctuation.closeParenthesis);
      return inner;
    },
  );

  protected readonly rightShift: ParserMethod<[(Expression | undefined)?], Expression> =
    this.production('rightShift', (first?: Expression) => {
      let left = first ?? this.SUBRULE1(this.rightPrimary);
      this.MANY(() => {
        const operator = this.SUBRULE(this.shiftOperator);
        left = this.binary(operator, left, this.SUBRULE2(this.rightPrimary));
      });
      return left;
    });

  protected readonly rightAnd: ParserMethod<[(Expression | undefined)?], Expression> =
    this.production('rightAnd', (first?: Expression) => {
      let left = this.SUBRULE1(this.rightShift, { ARGS: [first] });
      this.MANY(() => {
        this.CONSUME(punctuation.and);
        left = this.binary('&', left, this.SUBRULE2(this.rightShift));
      });
      return left;
    });

  protected readonly rightXor: ParserMethod<[(Expression | undefined)?], Expression> =
    this.production('rightXor', (first?: Expression) => {
      let left = this.SUBRULE1(this.rightAnd, { ARGS: [first] });
      this.MANY(() => {
        this.CONSUME(punctuation.xor);
        left = this.binary('^', left, this.SUBRULE2(this.rightAnd));
      });
      return left;
    });

  /** `a | b` on the right. */
  protected readonly rightBasic: ParserMethod<[(Expression | undefined)?], Expression> =
    this.production('rightBasic', (first?: Expression) => {
      let left = this.SUBRULE1(this.rightXor, { ARGS: [first] });
      this.MANY(() => {
        this.CONSUME(punctuation.or);
        left = this.binary('|', left, this.SUBRULE2(this.rightXor));
      });
      return left;
    });

  /** `VALUE`, `FROM-TO` or `ADDRESS/LENGTH`; part of a concatenation on the right. */
  protected readonly rightField: ParserMethod<[], Expression> = this.production(
    'rightField',
    () => {
      const first = this.SUBRULE1(this.rightBasic);
      return this.SUBRULE(this.rangeOrPrefix, { ARGS: [first] });
    },
  );

  protected readonly rangeOrPrefix: ParserMethod<[Expression], Expression> = this.production(
    'rangeOrPrefix',
    (first: Expression) => {
      const whole = this.OPTION(() =>
        this.OR<Expression>([
          { ALT: () => this.SUBRULE(this.rangeEnd, { ARGS: [first] }) },
          { ALT: () => this.SUBRULE(this.prefixLength, { ARGS: [first] }) },
        ]),
      );
      return whole ?? first;
    },
  );

  /** `-TO` */
  protected readonly rangeEnd: ParserMethod<[Expression], Expression> = this.production(
    'rangeEnd',
    (from: Expression) => {
      this.CONSUME(punctuation.dash);
      const to = this.SUBRULE(this.rightBasic);
      return { kind: 'range', from, to, span: this.join(from) };
    },
  );

  /** `/LENGTH` */
  protected readonly prefixLength: ParserMethod<[Expression], Expression> = this.production(
    'prefixLength',
    (address: Expression) => {
      this.CONSUME(punctuation.slash);
      const length = this.SUBRULE(this.count);
      return { kind: 'prefix', address, length, span: this.join(address) };
    },
  );

  /** `A . B-C . D/8` */
  protected readonly rightConcat: ParserMethod<[], Expression> = this.production(
    'rightConcat',
    () => {
      const first = this.SUBRULE(this.rightField);
      return this.SUBRULE(this.rightConcatRest, { ARGS: [first] });
    },
  );

  protected readonly rightConcatRest: ParserMethod<[Expression], Expression> = this.production(
    'rightConcatRest',
    (first: Expression) => {
      const parts = [first];
      this.MANY(() => {
        this.CONSUME(punctuation.dot);
        parts.push(this.SUBRULE(this.rightField));
      });
      return this.concatOf(parts);
    },
  );

  /** A right side that is no list: concatenation, set literal, set name. */
  protected readonly right: ParserMethod<[], Expression> = this.production('right', () =>
    this.OR<Expression>([
      { ALT: () => this.SUBRULE(this.rightConcat) },
      { ALT: () => this.SUBRULE(this.set) },
      { ALT: () => this.SUBRULE(this.namedSet) },
    ]),
  );

  /** The right side of a comparison: as `right`, or `A,B`, or `A,B / C,D`. */
  protected readonly comparedWith: ParserMethod<[], Expression> = this.production(
    'comparedWith',
    () =>
      this.OR<Expression>([
        {
          ALT: () => {
            const first = this.SUBRULE(this.rightBasic);
            return this.SUBRULE(this.comparedRest, { ARGS: [first] });
          },
        },
        { ALT: () => this.SUBRULE(this.set) },
        { ALT: () => this.SUBRULE(this.namedSet) },
      ]),
  );

  protected readonly comparedRest: ParserMethod<[Expression], Expression> = this.production(
    'comparedRest',
    (first: Expression) => {
      const rest = this.OPTION(() =>
        this.OR<Expression>([
          { ALT: () => this.SUBRULE(this.listAndMask, { ARGS: [first] }) },
          { ALT: () => this.SUBRULE(this.maskOrPrefix, { ARGS: [first] }) },
          {
            ALT: () => {
              const range = this.SUBRULE(this.rangeEnd, { ARGS: [first] });
              return this.SUBRULE1(this.rightConcatRest, { ARGS: [range] });
            },
          },
          { ALT: () => this.SUBRULE(this.dottedRest, { ARGS: [first] }) },
        ]),
      );
      return rest ?? first;
    },
  );

  protected readonly dottedRest: ParserMethod<[Expression], Expression> = this.production(
    'dottedRest',
    (first: Expression) => {
      const parts = [first];
      this.AT_LEAST_ONE(() => {
        this.CONSUME(punctuation.dot);
        parts.push(this.SUBRULE(this.rightField));
      });
      return this.concatOf(parts);
    },
  );

  /** `,B,C` and perhaps `/ D,E` */
  protected readonly listAndMask: ParserMethod<[Expression], Expression> = this.production(
    'listAndMask',
    (first: Expression) => {
      const value = this.SUBRULE(this.listRest, { ARGS: [first] });
      const mask = this.OPTION(() => {
        this.CONSUME(punctuation.slash);
        const head = this.SUBRULE(this.rightBasic);
        // nft 1.0.6 lists a mask of one flag; no nft reads it back.
        const more = this.OPTION2({
          GATE: () => this.is(punctuation.comma),
          DEF: () => this.SUBRULE2(this.listRest, { ARGS: [head] }),
        });
        return more ?? head;
      });
      return mask === undefined ? value : this.masked(value, mask);
    },
  );

  protected masked(value: Expression, mask: Expression): Expression {
    return { kind: 'flags-mask', value, mask, span: this.join(value) };
  }

  /** `,B,C` */
  protected readonly listRest: ParserMethod<[Expression], Expression> = this.production(
    'listRest',
    (first: Expression) => {
      const items = [first];
      this.AT_LEAST_ONE(() => {
        this.CONSUME(punctuation.comma);
        items.push(this.SUBRULE(this.rightBasic));
      });
      return { kind: 'list', items, span: this.join(first) };
    },
  );

  /** `/8`, or `/ A,B`: a number is a length unless a list or an operator follows it. */
  protected readonly maskOrPrefix: ParserMethod<[Expression], Expression> = this.production(
    'maskOrPrefix',
    (first: Expression) => {
      this.CONSUME(punctuation.slash);
      return this.OR<Expression>([
        {
          GATE: () => this.is(number),
          ALT: () => {
            const length = this.SUBRULE(this.integer);
            return this.SUBRULE(this.afterNumber, { ARGS: [first, length] });
          },
        },
        {
          GATE: () => !this.is(number),
          ALT: () => {
            const head = this.SUBRULE1(this.rightBasic);
            return this.masked(first, this.SUBRULE1(this.listRest, { ARGS: [head] }));
          },
        },
      ]);
    },
  );

  protected readonly afterNumber: ParserMethod<[Expression, Expression], Expression> =
    this.production('afterNumber', (first: Expression, length: Expression) => {
      const rest = () => {
        const head = this.SUBRULE(this.rightBasic, { ARGS: [length] });
        return this.SUBRULE(this.listRest, { ARGS: [head] });
      };
      // The number is read already: what is looked ahead for an option would be a second one.
      const mask = this.RECORDING_PHASE
        ? this.OPTION(rest)
        : this.continuesMask()
          ? rest()
          : undefined;
      if (this.found(mask)) return this.masked(first, mask);
      return this.SUBRULE(this.rightConcatRest, {
        ARGS: [this.ACTION(() => this.prefixOf(first, length))],
      });
    });

  protected continuesMask(): boolean {
    const { comma, shiftLeft, shiftRight, and, xor, or } = punctuation;
    return [comma, shiftLeft, shiftRight, and, xor, or].some((type) => this.is(type));
  }

  protected prefixOf(address: Expression, length: Expression): Expression {
    const bits = length.kind === 'symbol' ? Number(length.text) : 0;
    return { kind: 'prefix', address, length: bits, span: this.join(address) };
  }
}
