/** Operators, concatenations, ranges, lists: the three ladders of expressions (left side, right side, statement argument). */

import type { ParserMethod } from 'chevrotain';
import type { BinaryOperator, Expression } from '../../src/ast/nft/expressions.ts';
import type { Span } from '../../src/base/span.ts';
import { SelectorRules } from './selector-rules.ts';
import { number, punctuation, type ScannedToken, word } from './tokens.ts';
import type { KeywordName, Scope } from './words.ts';

/** Words that are also values, with the scope that they opened. */
const valueWords: readonly (readonly [KeywordName, Scope?])[] = [
  ['dnat', 'nat'],
  ['snat', 'nat'],
  ['ecn'],
  ['reset', 'reset'],
  ['destroy', 'destroy'],
  ['original'],
  ['reply'],
  ['label'],
  ['last', 'last'],
];

/** Headers' names that are values in arguments of statements too. */
const addressWords: readonly (readonly [KeywordName, Scope?])[] = [
  ['ether', 'ether'],
  ['ip', 'ip'],
  ['ip6', 'ip6'],
  ['vlan', 'vlan'],
  ['arp', 'arp'],
];

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

export abstract class ExpressionRules extends SelectorRules {
  protected abstract readonly set: ParserMethod<[(boolean | undefined)?], Expression>;

  private valueRule(
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
  private readonly rightWord = this.valueRule('rightWord', [
    ...valueWords,
    ...addressWords,
    ...protocolWords,
  ]);

  /** Headers a packet can be asked for that `set` may write. */
  protected readonly payloadExpression: ParserMethod<[(boolean | undefined)?], Expression> =
    this.production('payloadExpression', (bareAllowed?: boolean) =>
      this.OR<Expression>([
        { ALT: () => this.SUBRULE(this.etherHeader, { ARGS: [bareAllowed] }) },
        { ALT: () => this.SUBRULE(this.vlanHeader, { ARGS: [bareAllowed] }) },
        { ALT: () => this.SUBRULE(this.arpHeader, { ARGS: [bareAllowed] }) },
        { ALT: () => this.SUBRULE(this.ipHeader, { ARGS: [bareAllowed] }) },
        { ALT: () => this.SUBRULE(this.ip6Header, { ARGS: [bareAllowed] }) },
        { ALT: () => this.SUBRULE(this.icmpHeader) },
        { ALT: () => this.SUBRULE(this.igmpHeader) },
        { ALT: () => this.SUBRULE(this.icmpv6Header) },
        { ALT: () => this.SUBRULE(this.ahHeader) },
        { ALT: () => this.SUBRULE(this.espHeader) },
        { ALT: () => this.SUBRULE(this.compHeader) },
        { ALT: () => this.SUBRULE(this.udpHeader) },
        { ALT: () => this.SUBRULE(this.udpliteHeader) },
        { ALT: () => this.SUBRULE(this.tcpHeader) },
        { ALT: () => this.SUBRULE(this.dccpHeader) },
        { ALT: () => this.SUBRULE(this.sctpHeader) },
        { ALT: () => this.SUBRULE(this.thHeader) },
        { ALT: () => this.SUBRULE(this.vxlanHeader) },
        { ALT: () => this.SUBRULE(this.geneveHeader) },
        { ALT: () => this.SUBRULE(this.greHeader) },
        { ALT: () => this.SUBRULE(this.gretapHeader) },
        { ALT: () => this.SUBRULE(this.rawPayloadAt) },
      ]),
    );

  /** `@nh,96,32` */
  private readonly rawPayloadAt: ParserMethod<[], Expression> = this.production(
    'rawPayloadAt',
    () => {
      const start = this.LA(1);
      this.CONSUME(punctuation.at);
      return this.SUBRULE(this.rawPayload, { ARGS: [start] });
    },
  );

  /** What can be asked of a packet. */
  protected readonly selector: ParserMethod<[], Expression> = this.production('selector', () =>
    this.OR<Expression>([
      { ALT: () => this.SUBRULE(this.payloadExpression) },
      { ALT: () => this.SUBRULE(this.meta) },
      { ALT: () => this.SUBRULE(this.bareMeta) },
      { ALT: () => this.SUBRULE(this.ct) },
      { ALT: () => this.SUBRULE(this.tunnel) },
      { ALT: () => this.SUBRULE(this.otherSelector) },
    ]),
  );

  /** Selectors that no statement begins with. */
  protected readonly otherSelector: ParserMethod<[], Expression> = this.production(
    'otherSelector',
    () =>
      this.OR<Expression>([
        { ALT: () => this.SUBRULE(this.rt) },
        { ALT: () => this.SUBRULE(this.rt0Header) },
        { ALT: () => this.SUBRULE(this.rt2Header) },
        { ALT: () => this.SUBRULE(this.srhHeader) },
        { ALT: () => this.SUBRULE(this.hbhHeader) },
        { ALT: () => this.SUBRULE(this.fragHeader) },
        { ALT: () => this.SUBRULE(this.dstHeader) },
        { ALT: () => this.SUBRULE(this.mhHeader) },
        { ALT: () => this.SUBRULE(this.exthdrExists) },
        { ALT: () => this.SUBRULE(this.socket) },
        { ALT: () => this.SUBRULE(this.numgen) },
        { ALT: () => this.SUBRULE(this.jhash) },
        { ALT: () => this.SUBRULE(this.symhash) },
        { ALT: () => this.SUBRULE(this.fib) },
        { ALT: () => this.SUBRULE(this.osf) },
        { ALT: () => this.SUBRULE(this.ipsec) },
      ]),
  );

  /** The smallest part of a left side. */
  protected readonly described: ParserMethod<[], Expression> = this.production('primary', () =>
    this.OR<Expression>([
      { ALT: () => this.SUBRULE(this.symbol) },
      { ALT: () => this.SUBRULE(this.integer) },
      { ALT: () => this.SUBRULE(this.selector) },
      { ALT: () => this.SUBRULE(this.parenthesis) },
    ]),
  );

  private readonly parenthesis: ParserMethod<[], Expression> = this.production(
    'parenthesis',
    () => {
      this.CONSUME(punctuation.openParenthesis);
      const inner = this.SUBRULE(this.basic);
      this.CONSUME(punctuation.closeParenthesis);
      return inner;
    },
  );

  /** `a & b | c` on the left; operands after an operator are right sides. */
  protected readonly basic: ParserMethod<[(Expression | undefined)?], Expression> = this.production(
    'basic',
    (first?: Expression) => {
      const start = this.LA(first === undefined ? 1 : 0);
      const operand = first ?? this.SUBRULE(this.described);
      return this.SUBRULE(this.leftOperators, { ARGS: [operand, start] });
    },
  );

  private readonly leftOperators: ParserMethod<[Expression, ScannedToken], Expression> =
    this.production('leftOperators', (first: Expression) => {
      let left = first;
      this.MANY1(() => {
        const operator = this.SUBRULE1(this.shiftOperator);
        left = this.binary(operator, left, this.SUBRULE1(this.rightPrimary));
      });
      this.MANY2(() => {
        this.CONSUME(punctuation.and);
        left = this.binary('&', left, this.SUBRULE1(this.rightShift));
      });
      this.MANY3(() => {
        this.CONSUME(punctuation.xor);
        left = this.binary('^', left, this.SUBRULE1(this.rightAnd));
      });
      this.MANY4(() => {
        this.CONSUME(punctuation.or);
        left = this.binary('|', left, this.SUBRULE1(this.rightXor));
      });
      return left;
    });

  private readonly shiftOperator: ParserMethod<[], '<<' | '>>'> = this.production(
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

  /** `a . b . c` on the left. */
  protected readonly concat: ParserMethod<[(Expression | undefined)?], Expression> =
    this.production('concat', (first?: Expression) => {
      const parts = [this.SUBRULE1(this.basic, { ARGS: [first] })];
      this.MANY(() => {
        this.CONSUME(punctuation.dot);
        parts.push(this.SUBRULE2(this.basic));
      });
      return this.concatOf(parts);
    });

  protected concatOf(parts: readonly Expression[]): Expression {
    const [first] = parts;
    if (first === undefined || parts.length === 1) return first ?? this.nothing();
    return { kind: 'concat', parts, span: this.join(first) };
  }

  protected nothing(): Expression {
    return { kind: 'wildcard', span: this.lastSpan() };
  }

  /** A left side: a concatenation, a map look-up, or a set literal. */
  protected readonly expression: ParserMethod<[], Expression> = this.production('expression', () =>
    this.OR<Expression>([
      { ALT: () => this.SUBRULE(this.set) },
      {
        ALT: () => {
          const key = this.SUBRULE(this.concat);
          const data = this.OPTION(() => this.SUBRULE(this.mapData));
          return data === undefined ? key : this.mapOf(key, data);
        },
      },
    ]),
  );

  /** `map RIGHT` */
  protected readonly mapData: ParserMethod<[], Expression> = this.production('mapData', () => {
    this.keyword('map');
    return this.SUBRULE(this.right);
  });

  protected mapOf(key: Expression, data: Expression): Expression {
    return { kind: 'map', key, data, span: this.join(key) };
  }

  private readonly rightPrimary: ParserMethod<[], Expression> = this.production(
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

  private readonly rightParenthesis: ParserMethod<[], Expression> = this.production(
    'rightParenthesis',
    () => {
      this.CONSUME(punctuation.openParenthesis);
      const inner = this.SUBRULE(this.rightBasic);
      this.CONSUME(punctuation.closeParenthesis);
      return inner;
    },
  );

  private readonly rightShift: ParserMethod<[(Expression | undefined)?], Expression> =
    this.production('rightShift', (first?: Expression) => {
      let left = first ?? this.SUBRULE1(this.rightPrimary);
      this.MANY(() => {
        const operator = this.SUBRULE(this.shiftOperator);
        left = this.binary(operator, left, this.SUBRULE2(this.rightPrimary));
      });
      return left;
    });

  private readonly rightAnd: ParserMethod<[(Expression | undefined)?], Expression> =
    this.production('rightAnd', (first?: Expression) => {
      let left = this.SUBRULE1(this.rightShift, { ARGS: [first] });
      this.MANY(() => {
        this.CONSUME(punctuation.and);
        left = this.binary('&', left, this.SUBRULE2(this.rightShift));
      });
      return left;
    });

  private readonly rightXor: ParserMethod<[(Expression | undefined)?], Expression> =
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

  private readonly rangeOrPrefix: ParserMethod<[Expression], Expression> = this.production(
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
  private readonly rangeEnd: ParserMethod<[Expression], Expression> = this.production(
    'rangeEnd',
    (from: Expression) => {
      this.CONSUME(punctuation.dash);
      const to = this.SUBRULE(this.rightBasic);
      return { kind: 'range', from, to, span: this.join(from) };
    },
  );

  /** `/LENGTH` */
  private readonly prefixLength: ParserMethod<[Expression], Expression> = this.production(
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

  private readonly rightConcatRest: ParserMethod<[Expression], Expression> = this.production(
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

  private readonly comparedRest: ParserMethod<[Expression], Expression> = this.production(
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

  private readonly dottedRest: ParserMethod<[Expression], Expression> = this.production(
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
  private readonly listAndMask: ParserMethod<[Expression], Expression> = this.production(
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

  private masked(value: Expression, mask: Expression): Expression {
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
  private readonly maskOrPrefix: ParserMethod<[Expression], Expression> = this.production(
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

  private readonly afterNumber: ParserMethod<[Expression, Expression], Expression> =
    this.production('afterNumber', (first: Expression, length: Expression) => {
      const mask = this.OPTION({
        GATE: () => this.continuesMask(),
        DEF: () => {
          const head = this.SUBRULE(this.rightBasic, { ARGS: [length] });
          return this.SUBRULE(this.listRest, { ARGS: [head] });
        },
      });
      if (this.found(mask)) return this.masked(first, mask);
      return this.SUBRULE(this.rightConcatRest, {
        ARGS: [this.ACTION(() => this.prefixOf(first, length))],
      });
    });

  private continuesMask(): boolean {
    const { comma, shiftLeft, shiftRight, and, xor, or } = punctuation;
    return [comma, shiftLeft, shiftRight, and, xor, or].some((type) => this.is(type));
  }

  private prefixOf(address: Expression, length: Expression): Expression {
    const bits = length.kind === 'symbol' ? Number(length.text) : 0;
    return { kind: 'prefix', address, length: bits, span: this.join(address) };
  }

  private readonly argumentPrimary: ParserMethod<[], Expression> = this.production(
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
        { ALT: () => this.SUBRULE(this.rt) },
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
  private readonly bareIpsec: ParserMethod<[], Expression> = this.production('bareIpsec', () => {
    this.keyword('ipsec');
    this.closeScope('ipsec');
    return { kind: 'meta', key: 'ipsec', span: this.lastSpan() };
  });

  private readonly argumentParenthesis: ParserMethod<[], Expression> = this.production(
    'argumentParenthesis',
    () => {
      this.CONSUME(punctuation.openParenthesis);
      const inner = this.SUBRULE(this.argumentBasic);
      this.CONSUME(punctuation.closeParenthesis);
      return inner;
    },
  );

  private readonly argumentShift: ParserMethod<[], Expression> = this.production(
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

  private readonly argumentAnd: ParserMethod<[], Expression> = this.production(
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

  private readonly argumentXor: ParserMethod<[], Expression> = this.production(
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

  private readonly argumentBasic: ParserMethod<[], Expression> = this.production(
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

  private readonly argumentRest: ParserMethod<[Expression], Expression> = this.production(
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
  private isListable(first: Expression): boolean {
    const last = this.LA(0);
    if (this.lastIsNumber() || last.tokenType === punctuation.closeParenthesis) return false;
    // What a variable stands for was written elsewhere.
    const variable = last.tokenType === word && first.span.end !== last.endOffset + 1;
    return variable || first.kind === 'symbol' || first.kind === 'string';
  }

  private readonly argumentRange: ParserMethod<[Expression], Expression> = this.production(
    'argumentRange',
    (from: Expression) => {
      this.CONSUME(punctuation.dash);
      const to = this.SUBRULE(this.argumentBasic);
      return { kind: 'range', from, to, span: this.join(from) };
    },
  );

  private readonly argumentListItem: ParserMethod<[], Expression> = this.production(
    'argumentListItem',
    () =>
      this.OR<Expression>([
        { ALT: () => this.SUBRULE(this.symbol) },
        { ALT: () => this.SUBRULE(this.listWord) },
      ]),
  );

  private readonly listWord = this.valueRule('listWord', [...valueWords, ...addressWords]);

  private readonly argumentList: ParserMethod<[Expression], Expression> = this.production(
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

  private readonly argumentConcat: ParserMethod<[Expression], Expression> = this.production(
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
  private readonly argumentMap: ParserMethod<[Expression], Expression> = this.production(
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
