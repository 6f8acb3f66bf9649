/** Left sides: what can be asked of a packet, with operators, concatenations and map look-ups. */

import type { ParserMethod } from 'chevrotain';
import type { Expression } from '../../src/ast/nft/expressions.ts';
import { RightRules } from './right-rules.ts';
import { punctuation, type ScannedToken } from './tokens.ts';

export abstract class ExpressionRules extends RightRules {
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
  protected readonly rawPayloadAt: ParserMethod<[], Expression> = this.production(
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

  protected readonly parenthesis: ParserMethod<[], Expression> = this.production(
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

  protected readonly leftOperators: ParserMethod<[Expression, ScannedToken], Expression> =
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
}
