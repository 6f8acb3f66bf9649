/** Statements that begin like an expression: matches, verdict maps, and what `set` writes. */

import type { ParserMethod } from 'chevrotain';
import type { Expression } from '../../src/ast/nft/expressions.ts';
import type { MatchOperator, ObjectType, Statement } from '../../src/ast/nft/statements.ts';
import { NatRules } from './nat-rules.ts';
import { punctuation, type ScannedToken } from './tokens.ts';

/** `set` may follow only such an expression, alone. */
const settableKinds: readonly string[] = [
  ...['payload', 'raw-payload', 'ip-option', 'tcp-option', 'sctp-chunk', 'dccp-option'],
  'meta',
];

/** Keys of `ct original` that `set` may follow. */
const settableDirectionKeys: readonly string[] = ['bytes', 'packets', 'avgpkt', 'zone'];

export abstract class MatchRules extends NatRules {
  /** `== != < > <= >= !` */
  protected readonly comparison: ParserMethod<[], MatchOperator> = this.production(
    'comparison',
    () =>
      this.OR<MatchOperator>([
        { ALT: () => this.operator(punctuation.eq, '==') },
        { ALT: () => this.operator(punctuation.ne, '!=') },
        { ALT: () => this.operator(punctuation.lt, '<') },
        { ALT: () => this.operator(punctuation.gt, '>') },
        { ALT: () => this.operator(punctuation.ge, '>=') },
        { ALT: () => this.operator(punctuation.le, '<=') },
        { ALT: () => this.operator(punctuation.not, '!') },
      ]),
  );

  /** What follows a left side: an operator (or none) and a right side. */
  protected readonly match: ParserMethod<[Expression], Statement> = this.production(
    'match',
    (left: Expression) => {
      const operator = this.OPTION(() => this.SUBRULE(this.comparison)) ?? 'in';
      const right = this.SUBRULE(this.comparedWith);
      return { kind: 'match', operator, left, right, span: this.join(left) };
    },
  );

  /** `vmap { … }` */
  protected readonly vmap: ParserMethod<[Expression], Statement> = this.production(
    'vmap',
    (key: Expression) => {
      this.keyword('vmap');
      const data = this.SUBRULE(this.verdictMap);
      return { kind: 'vmap', key, data, span: this.join(key) };
    },
  );

  /** `set VALUE` */
  protected readonly setValue: ParserMethod<[], Expression> = this.production('setValue', () => {
    this.keyword('set');
    return this.SUBRULE(this.argument);
  });

  /** Reads the rest of a statement whose first part is known. */
  protected readonly afterFirst: ParserMethod<[Expression], Statement> = this.production(
    'afterFirst',
    (first: Expression) => {
      const value = this.OPTION({
        GATE: () => this.isSettable(first),
        DEF: () => this.SUBRULE(this.setValue),
      });
      if (this.found(value)) return this.mangle(first, value);
      const key = this.SUBRULE(this.concat, { ARGS: [first] });
      return this.SUBRULE(this.afterKey, { ARGS: [key] });
    },
  );

  protected isSettable(first: Expression): boolean {
    if (this.LA(0).tokenType === punctuation.closeParenthesis) return false;
    if (first.kind !== 'ct') return settableKinds.includes(first.kind);
    return first.direction === undefined || settableDirectionKeys.includes(first.key);
  }

  protected mangle(key: Expression, value: Expression): Statement {
    const span = this.join(key);
    if (key.kind === 'ct' && key.key === 'helper' && key.direction === undefined) {
      return { kind: 'object-reference', type: 'ct helper', name: value, span };
    }
    if (key.kind === 'meta' && key.key === 'secmark' && value.kind !== 'ct') {
      return { kind: 'object-reference', type: 'secmark', name: value, span };
    }
    return { kind: 'mangle', key, value, span };
  }

  protected readonly afterKey: ParserMethod<[Expression], Statement> = this.production(
    'afterKey',
    (key: Expression) =>
      this.OR<Statement>([
        { ALT: () => this.SUBRULE(this.vmap, { ARGS: [key] }) },
        {
          ALT: () => {
            const data = this.SUBRULE(this.mapData);
            return this.SUBRULE1(this.match, { ARGS: [this.mapOf(key, data)] });
          },
        },
        { ALT: () => this.SUBRULE2(this.match, { ARGS: [key] }) },
      ]),
  );

  /** A statement that begins with a header field or another selector. */
  protected readonly selectorStatement: ParserMethod<[], Statement> = this.production(
    'selectorStatement',
    () => {
      const first = this.OR<Expression>([
        { ALT: () => this.SUBRULE(this.payloadExpression) },
        { ALT: () => this.SUBRULE(this.bareMeta) },
        { ALT: () => this.SUBRULE(this.otherSelector) },
      ]);
      return this.SUBRULE(this.afterFirst, { ARGS: [first] });
    },
  );

  /** `meta KEY …`: the scope of meta is open for one more word, as in nft. */
  protected readonly metaStatement: ParserMethod<[], Statement> = this.production(
    'metaStatement',
    () => {
      const first = this.SUBRULE(this.metaKey);
      const value = this.OPTION(() => this.SUBRULE(this.setValue));
      this.closeScope('meta');
      if (this.found(value)) return this.mangle(first, value);
      const key = this.SUBRULE(this.concat, { ARGS: [first] });
      return this.SUBRULE(this.afterKey, { ARGS: [key] });
    },
  );

  /** `ct count`, `ct timeout set`, `ct KEY …` */
  protected readonly ctStatement: ParserMethod<[], Statement> = this.production(
    'ctStatement',
    () => {
      const start = this.LA(1);
      this.keyword('ct');
      return this.OR<Statement>([
        { ALT: () => this.SUBRULE(this.connectionCount, { ARGS: [start] }) },
        {
          ALT: () => {
            this.keyword('timeout');
            return this.ctObject(start, 'ct timeout', this.SUBRULE1(this.setValue));
          },
        },
        {
          ALT: () => {
            this.keyword('expectation');
            return this.ctObject(start, 'ct expectation', this.SUBRULE2(this.setValue));
          },
        },
        { ALT: () => this.SUBRULE(this.ctKeyStatement, { ARGS: [start] }) },
      ]);
    },
  );

  protected ctObject(start: ScannedToken, type: ObjectType, name: Expression): Statement {
    this.closeScope('ct');
    return this.objectReference(start, type, name);
  }

  protected readonly ctKeyStatement: ParserMethod<[ScannedToken], Statement> = this.production(
    'ctKeyStatement',
    (start: ScannedToken) => {
      const first = this.SUBRULE(this.ctKey, { ARGS: [start] });
      const value = this.OPTION({
        GATE: () => this.isSettable(first),
        DEF: () => this.SUBRULE(this.setValue),
      });
      this.closeScope('ct');
      if (this.found(value)) return this.mangle(first, value);
      const key = this.SUBRULE(this.concat, { ARGS: [first] });
      return this.SUBRULE(this.afterKey, { ARGS: [key] });
    },
  );

  /** `tunnel name "t"`, `tunnel id …` */
  protected readonly tunnelStatement: ParserMethod<[], Statement> = this.production(
    'tunnelStatement',
    () => {
      const start = this.LA(1);
      this.keyword('tunnel');
      return this.OR<Statement>([
        {
          ALT: () => {
            this.keyword('name');
            const name = this.SUBRULE(this.argument);
            this.closeScope('tunnel');
            return this.objectReference(start, 'tunnel', name);
          },
        },
        {
          ALT: () => {
            const first = this.SUBRULE(this.tunnelKey, { ARGS: [start] });
            const key = this.SUBRULE(this.concat, { ARGS: [first] });
            return this.SUBRULE(this.afterKey, { ARGS: [key] });
          },
        },
      ]);
    },
  );

  /** A statement that begins with a value: a name, a number, a parenthesis, a set literal. */
  protected readonly valueStatement: ParserMethod<[], Statement> = this.production(
    'valueStatement',
    () =>
      this.OR<Statement>([
        {
          ALT: () => {
            const left = this.SUBRULE(this.set);
            return this.SUBRULE(this.match, { ARGS: [left] });
          },
        },
        {
          ALT: () => {
            const key = this.SUBRULE(this.valueKey);
            return this.SUBRULE(this.afterKey, { ARGS: [key] });
          },
        },
      ]),
  );

  protected readonly valueKey: ParserMethod<[], Expression> = this.production('valueKey', () => {
    const first = this.OR<Expression>([
      { ALT: () => this.SUBRULE(this.symbol) },
      { ALT: () => this.SUBRULE(this.integer) },
      { ALT: () => this.SUBRULE(this.parenthesisKey) },
    ]);
    return this.SUBRULE(this.concat, { ARGS: [first] });
  });

  protected readonly parenthesisKey: ParserMethod<[], Expression> = this.production(
    'parenthesisKey',
    () => {
      this.CONSUME(punctuation.openParenthesis);
      const inner = this.SUBRULE(this.basic);
      this.CONSUME(punctuation.closeParenthesis);
      return inner;
    },
  );
}
