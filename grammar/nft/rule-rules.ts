/** A rule: its statements and its comment; verdicts, anonymous chains, and the small statements. */

import type { ParserMethod } from 'chevrotain';
import type { Rule } from '../../src/ast/nft/ruleset.ts';
import type { Statement } from '../../src/ast/nft/statements.ts';
import type { Verdict } from '../../src/ast/nft/verdict.ts';
import { MatchRules } from './match-rules.ts';
import { punctuation, type ScannedToken, word } from './tokens.ts';

/** SCOPE_NEST_MAX of nft: the file, a table, a chain, and one block in it. */
const deepestBlock = 4;

export abstract class RuleRules extends MatchRules {
  /** `accept`, `jump CHAIN`, `goto { … }` */
  protected readonly verdictStatement: ParserMethod<[], Statement> = this.production(
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

  protected verdictOf(start: ScannedToken, verdict: Verdict): Statement {
    return { kind: 'verdict', verdict, span: this.spanFrom(start) };
  }

  /** `jump CHAIN`, `goto CHAIN`, and both with a block of rules. */
  protected readonly jump: ParserMethod<[ScannedToken], Statement> = this.production(
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

  private openAnonymous(): void {
    const { definitions } = this.context;
    if (definitions.length >= deepestBlock) {
      const message = `blocks are nested at most ${deepestBlock - 1} deep`;
      this.report('not-possible', this.lastSpan(), message);
      this.countError();
    }
    definitions.push(new Map());
  }

  /** `{ RULE; RULE; }`: errors inside are the surrounding chain's. */
  protected readonly anonymousChain: ParserMethod<[], readonly Rule[]> = this.production(
    'anonymousChain',
    () => {
      const rules: Rule[] = [];
      this.ACTION(() => this.openAnonymous());
      this.CONSUME(punctuation.openBrace);
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
  protected readonly resetOption: ParserMethod<[], Statement> = this.production(
    'resetOption',
    () => {
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
    },
  );

  /** `flow add @f`, `flow offload @f` */
  protected readonly flow: ParserMethod<[], Statement> = this.production('flow', () => {
    const start = this.LA(1);
    this.keyword('flow');
    this.OR([{ ALT: () => this.keyword('add') }, { ALT: () => this.keyword('offload') }]);
    this.CONSUME(punctuation.at);
    const flowtable = this.SUBRULE(this.string).text;
    this.closeScope('at');
    return { kind: 'flow', flowtable, span: this.spanFrom(start) };
  });

  /** `xt match "recent"`: stands in listings only; nft itself refuses it. */
  protected readonly xt: ParserMethod<[], Statement> = this.production('xt', () => {
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

  protected readonly notrack: ParserMethod<[], Statement> = this.production('notrack', () => {
    this.keyword('notrack');
    return { kind: 'notrack', span: this.lastSpan() };
  });

  protected statementChoices: { ALT: () => Statement }[] | undefined;

  protected override readonly statement: ParserMethod<[], Statement> = this.production(
    'statement',
    () => {
      this.statementChoices ??= this.statementAlternatives();
      return this.OR(this.statementChoices);
    },
  );

  protected statementAlternatives(): { ALT: () => Statement }[] {
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

  protected ruleOf(
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
