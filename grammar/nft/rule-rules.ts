/** A rule: its statements, with the ones that begin like an expression, and its comment. */

import type { ParserMethod } from 'chevrotain';
import type { Expression } from '../../src/ast/nft/expressions.ts';
import type { Rule } from '../../src/ast/nft/ruleset.ts';
import type { MatchOperator, ObjectType, Statement } from '../../src/ast/nft/statements.ts';
import type { Verdict } from '../../src/ast/nft/verdict.ts';
import { NatRules } from './nat-rules.ts';
import { settableDirectionKeys } from './selector-rules.ts';
import { punctuation, type ScannedToken, word } from './tokens.ts';

/** `set` may follow only such an expression, alone. */
const settableKinds: readonly string[] = [
  ...['payload', 'raw-payload', 'ip-option', 'tcp-option', 'sctp-chunk', 'dccp-option'],
  'meta',
];

export abstract class RuleRules extends NatRules {
  /** `== != < > <= >= !` */
  private readonly comparison: ParserMethod<[], MatchOperator> = this.production('comparison', () =>
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
  private readonly match: ParserMethod<[Expression], Statement> = this.production(
    'match',
    (left: Expression) => {
      const operator = this.OPTION(() => this.SUBRULE(this.comparison)) ?? 'in';
      const right = this.SUBRULE(this.comparedWith);
      return { kind: 'match', operator, left, right, span: this.join(left) };
    },
  );

  /** `vmap { … }` */
  private readonly vmap: ParserMethod<[Expression], Statement> = this.production(
    'vmap',
    (key: Expression) => {
      this.keyword('vmap');
      const data = this.SUBRULE(this.verdictMap);
      return { kind: 'vmap', key, data, span: this.join(key) };
    },
  );

  /** `set VALUE` */
  private readonly setValue: ParserMethod<[], Expression> = this.production('setValue', () => {
    this.keyword('set');
    return this.SUBRULE(this.argument);
  });

  /** Reads the rest of a statement whose first part is known. */
  private readonly afterFirst: ParserMethod<[Expression], Statement> = this.production(
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

  private isSettable(first: Expression): boolean {
    if (this.LA(0).tokenType === punctuation.closeParenthesis) return false;
    if (first.kind !== 'ct') return settableKinds.includes(first.kind);
    return first.direction === undefined || settableDirectionKeys.includes(first.key);
  }

  private mangle(key: Expression, value: Expression): Statement {
    const span = this.join(key);
    if (key.kind === 'ct' && key.key === 'helper' && key.direction === undefined) {
      return { kind: 'object-reference', type: 'ct helper', name: value, span };
    }
    if (key.kind === 'meta' && key.key === 'secmark' && value.kind !== 'ct') {
      return { kind: 'object-reference', type: 'secmark', name: value, span };
    }
    return { kind: 'mangle', key, value, span };
  }

  private readonly afterKey: ParserMethod<[Expression], Statement> = this.production(
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
  private readonly selectorStatement: ParserMethod<[], Statement> = this.production(
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
  private readonly metaStatement: ParserMethod<[], Statement> = this.production(
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
  private readonly ctStatement: ParserMethod<[], Statement> = this.production('ctStatement', () => {
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
  });

  private ctObject(start: ScannedToken, type: ObjectType, name: Expression): Statement {
    this.closeScope('ct');
    return this.objectReference(start, type, name);
  }

  private readonly ctKeyStatement: ParserMethod<[ScannedToken], Statement> = this.production(
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
  private readonly tunnelStatement: ParserMethod<[], Statement> = this.production(
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
  private readonly valueStatement: ParserMethod<[], Statement> = this.production(
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

  private readonly valueKey: ParserMethod<[], Expression> = this.production('valueKey', () => {
    const first = this.OR<Expression>([
      { ALT: () => this.SUBRULE(this.symbol) },
      { ALT: () => this.SUBRULE(this.integer) },
      { ALT: () => this.SUBRULE(this.parenthesisKey) },
    ]);
    return this.SUBRULE(this.concat, { ARGS: [first] });
  });

  private readonly parenthesisKey: ParserMethod<[], Expression> = this.production(
    'parenthesisKey',
    () => {
      this.CONSUME(punctuation.openParenthesis);
      const inner = this.SUBRULE(this.basic);
      this.CONSUME(punctuation.closeParenthesis);
      return inner;
    },
  );

  /** `accept`, `jump CHAIN`, `goto { … }` */
  private readonly verdictStatement: ParserMethod<[], Statement> = this.production(
    'verdictStatement',
    () => {
      const start = this.LA(1);
      return this.OR<Statement>([
        { ALT: () => this.verdictOf(start, this.valued('accept', { kind: 'accept' })) },
        { ALT: () => this.verdictOf(start, this.valued('drop', { kind: 'drop' })) },
        { ALT: () => this.verdictOf(start, this.valued('continue', { kind: 'continue' })) },
        { ALT: () => this.verdictOf(start, this.valued('return', { kind: 'return' })) },
        { ALT: () => this.SUBRULE1(this.jump, { ARGS: [start] }) },
      ]);
    },
  );

  private verdictOf(start: ScannedToken, verdict: Verdict): Statement {
    return { kind: 'verdict', verdict, span: this.spanFrom(start) };
  }

  /** `jump CHAIN`, `goto CHAIN`, and both with a block of rules. */
  private readonly jump: ParserMethod<[ScannedToken], Statement> = this.production(
    'jump',
    (start: ScannedToken) => {
      const verdict = this.OR1<'jump' | 'goto'>([
        { ALT: () => this.valued('jump', 'jump') },
        { ALT: () => this.valued('goto', 'goto') },
      ]);
      return this.OR2<Statement>([
        {
          ALT: () => this.verdictOf(start, { kind: verdict, chain: this.SUBRULE(this.chainName) }),
        },
        {
          ALT: () => {
            const rules = this.SUBRULE(this.anonymousChain);
            return { kind: 'anonymous-chain', verdict, rules, span: this.spanFrom(start) };
          },
        },
      ]);
    },
  );

  /** `{ RULE; RULE; }`: errors inside are the surrounding chain's. */
  private readonly anonymousChain: ParserMethod<[], readonly Rule[]> = this.production(
    'anonymousChain',
    () => {
      const rules: Rule[] = [];
      this.CONSUME(punctuation.openBrace);
      this.ACTION(() => this.context.definitions.push(new Map()));
      this.MANY(() => {
        this.OR([
          { ALT: () => this.SUBRULE1(this.separator) },
          {
            ALT: () => {
              rules.push(this.SUBRULE(this.rule));
              this.SUBRULE2(this.separator);
            },
          },
        ]);
      });
      this.ACTION(() => this.context.definitions.pop());
      this.CONSUME(punctuation.closeBrace);
      return rules;
    },
  );

  /** `reset tcp option sack-perm` */
  private readonly resetOption: ParserMethod<[], Statement> = this.production('resetOption', () => {
    const start = this.LA(1);
    this.keyword('reset');
    const inner = this.LA(1);
    this.keyword('tcp');
    this.keyword('option');
    const written = this.SUBRULE(this.tcpOptionType);
    this.closeScope('tcp');
    const name = written === 'sack0' ? 'sack' : written;
    const option = { kind: 'tcp-option', option: name, span: this.spanFrom(inner) } as const;
    return { kind: 'reset-option', option, span: this.spanFrom(start) };
  });

  /** `flow add @f`, `flow offload @f` */
  private readonly flow: ParserMethod<[], Statement> = this.production('flow', () => {
    const start = this.LA(1);
    this.keyword('flow');
    this.OR([{ ALT: () => this.keyword('add') }, { ALT: () => this.keyword('offload') }]);
    this.CONSUME(punctuation.at);
    const flowtable = this.SUBRULE(this.string).text;
    this.closeScope('at');
    return { kind: 'flow', flowtable, span: this.spanFrom(start) };
  });

  /** `xt match "recent"`: stands in listings only; nft itself refuses it. */
  private readonly xt: ParserMethod<[], Statement> = this.production('xt', () => {
    const start = this.LA(1);
    this.keyword('xt');
    const type = this.CONSUME(word).image;
    const name = this.SUBRULE(this.string).text;
    this.closeScope('xt');
    this.ACTION(() => {
      const message = `the content of xt ${type} '${name}' is not shown in a listing`;
      this.report('foreign-extension', this.spanFrom(start), message, 'read iptables-save instead');
    });
    return { kind: 'xt', type: xtType(type), name, span: this.spanFrom(start) };
  });

  private readonly notrack: ParserMethod<[], Statement> = this.production('notrack', () => {
    this.keyword('notrack');
    return { kind: 'notrack', span: this.lastSpan() };
  });

  private statementChoices: { ALT: () => Statement }[] | undefined;

  protected override readonly statement: ParserMethod<[], Statement> = this.production(
    'statement',
    () => {
      this.statementChoices ??= this.statementAlternatives();
      return this.OR(this.statementChoices);
    },
  );

  private statementAlternatives(): { ALT: () => Statement }[] {
    return [
      { ALT: () => this.SUBRULE(this.selectorStatement) },
      { ALT: () => this.SUBRULE(this.verdictStatement) },
      { ALT: () => this.SUBRULE(this.counter, { ARGS: [true] }) },
      { ALT: () => this.SUBRULE(this.metaStatement) },
      { ALT: () => this.SUBRULE(this.ctStatement) },
      { ALT: () => this.SUBRULE(this.limit, { ARGS: [true] }) },
      { ALT: () => this.SUBRULE(this.quota, { ARGS: [true] }) },
      { ALT: () => this.SUBRULE(this.last) },
      { ALT: () => this.SUBRULE(this.log) },
      { ALT: () => this.SUBRULE(this.reject) },
      { ALT: () => this.SUBRULE(this.nat) },
      { ALT: () => this.SUBRULE(this.masquerade) },
      { ALT: () => this.SUBRULE(this.redirect) },
      { ALT: () => this.SUBRULE(this.tproxy) },
      { ALT: () => this.SUBRULE(this.queue) },
      { ALT: () => this.SUBRULE(this.dup) },
      { ALT: () => this.SUBRULE(this.fwd) },
      { ALT: () => this.SUBRULE(this.oldSetUpdate) },
      { ALT: () => this.SUBRULE(this.setUpdate) },
      { ALT: () => this.SUBRULE(this.meter) },
      { ALT: () => this.SUBRULE(this.synproxy) },
      { ALT: () => this.SUBRULE(this.tunnelStatement) },
      { ALT: () => this.SUBRULE(this.resetOption) },
      { ALT: () => this.SUBRULE(this.flow) },
      { ALT: () => this.SUBRULE(this.notrack) },
      { ALT: () => this.SUBRULE(this.xt) },
      { ALT: () => this.SUBRULE(this.valueStatement) },
    ];
  }

  /** `STATEMENT… comment "text"` */
  protected readonly rule: ParserMethod<[], Rule> = this.production('rule', () => {
    const start = this.LA(1);
    const statements: Statement[] = [];
    this.AT_LEAST_ONE(() => {
      statements.push(this.SUBRULE(this.statement));
    });
    const comment = this.OPTION(() => this.SUBRULE(this.comment));
    const span = this.spanFrom(start);
    return this.ACTION(() => this.ruleOf(statements, comment, span));
  });

  private ruleOf(
    statements: readonly Statement[],
    comment: string | undefined,
    span: Rule['span'],
  ): Rule {
    const handle = this.handleBehind();
    return {
      kind: 'rule',
      statements,
      ...(comment === undefined ? {} : { comment }),
      ...(handle === undefined ? {} : { handle }),
      span,
    };
  }

  /** The handle that a `# handle N` comment gives to what was just read. */
  protected handleBehind(): number | undefined {
    this.LA(1);
    const note = this.context.scanner.handleComment;
    const last = this.LA(0);
    if (note === undefined || note.source !== last.source) return undefined;
    return note.offset > last.endOffset ? note.handle : undefined;
  }
}

function xtType(type: string): 'match' | 'target' | 'watcher' {
  return type === 'target' || type === 'watcher' ? type : 'match';
}
