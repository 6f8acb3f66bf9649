/** Set and map literals, their elements with options, and the initial value of a definition. */

import type { ParserMethod } from 'chevrotain';
import type {
  ElementExpression,
  Expression,
  SetExpression,
} from '../../src/ast/nft/expressions.ts';
import type { Statement } from '../../src/ast/nft/statements.ts';
import type { Verdict } from '../../src/ast/nft/verdict.ts';
import { ArgumentRules } from './argument-rules.ts';
import { punctuation, type ScannedToken, word } from './tokens.ts';

/** Options of an element as they are collected. */
export interface ElementOptions {
  comment?: string;
  timeout?: number;
  expires?: number;
}

export abstract class SetRules extends ArgumentRules {
  protected abstract readonly stateful: ParserMethod<[], Statement>;

  /** A line end that may stand inside braces. */
  private readonly lineEnd: ParserMethod<[], void> = this.production('lineEnd', () => {
    this.OPTION(() => this.CONSUME(punctuation.newline));
  });

  /** `{ A, B : C, { D } }`; empty only as the value of a definition. */
  protected readonly set: ParserMethod<[(boolean | undefined)?], Expression> = this.production(
    'set',
    (emptyAllowed?: boolean) => {
      const start = this.LA(1);
      this.CONSUME(punctuation.openBrace);
      const items: Expression[] = [];
      this.OPTION({
        GATE: () => emptyAllowed !== true || !this.is(punctuation.closeBrace),
        DEF: () => this.SUBRULE(this.setItems, { ARGS: [items] }),
      });
      this.ACTION(() => {
        if (items.length === 0 && emptyAllowed !== true)
          this.SUBRULE2(this.setItems, { ARGS: [items] });
      });
      this.CONSUME(punctuation.closeBrace);
      return this.setOf(start, items);
    },
  );

  private setOf(start: ScannedToken, items: readonly Expression[]): SetExpression {
    return { kind: 'set', items, span: this.spanFrom(start) };
  }

  /** A faster reader may take over elements here; the grammar itself reads none. */
  protected readKnownElements(_items: Expression[]): void {}

  private readonly setItems: ParserMethod<[Expression[]], void> = this.production(
    'setItems',
    (items: Expression[]) => {
      this.SUBRULE1(this.setItem, { ARGS: [items] });
      this.MANY(() => {
        this.ACTION(() => this.readKnownElements(items));
        this.CONSUME(punctuation.comma);
        this.SUBRULE(this.lineEnd);
        let empty = true;
        this.OPTION(() => {
          empty = false;
          this.SUBRULE(this.setMember, { ARGS: [items] });
        });
        this.ACTION(() => {
          if (empty && !this.listMayStop()) this.SUBRULE2(this.setMember, { ARGS: [items] });
        });
      });
    },
  );

  /** A comma may be followed by another one, or by the end of the list. */
  private listMayStop(): boolean {
    return this.is(punctuation.closeBrace) || this.is(punctuation.comma);
  }

  private readonly setItem: ParserMethod<[Expression[]], void> = this.production(
    'setItem',
    (items: Expression[]) => {
      this.SUBRULE(this.lineEnd);
      this.SUBRULE(this.setMember, { ARGS: [items] });
    },
  );

  /** An element, `KEY : DATA`, or a nested literal, whose elements belong to the outer one. */
  protected readonly setMember: ParserMethod<[Expression[]], void> = this.production(
    'setMember',
    (items: Expression[]) => {
      this.OR([
        {
          ALT: () => {
            const inner = this.SUBRULE(this.set);
            this.ACTION(() => this.addItem(items, inner));
          },
        },
        {
          ALT: () => {
            const key = this.SUBRULE(this.element);
            const data = this.OPTION1(() => {
              this.CONSUME(punctuation.colon);
              return this.SUBRULE(this.elementData);
            });
            this.ACTION(() =>
              this.addItem(items, data === undefined ? key : this.mapping(key, data)),
            );
          },
        },
      ]);
      this.SUBRULE(this.lineEnd);
    },
  );

  private addItem(items: Expression[], item: Expression): void {
    if (item.kind === 'set') items.push(...item.items);
    else items.push(item);
  }

  private mapping(key: Expression, data: Expression): Expression {
    return { kind: 'mapping', key, data, span: this.join(key) };
  }

  private readonly elementData: ParserMethod<[], Expression> = this.production('elementData', () =>
    this.OR<Expression>([
      { ALT: () => this.SUBRULE(this.rightConcat) },
      { ALT: () => this.SUBRULE(this.verdictValue) },
    ]),
  );

  private readonly verdictValue: ParserMethod<[], Expression> = this.production(
    'verdictValue',
    () => {
      const start = this.LA(1);
      const verdict = this.SUBRULE(this.verdict);
      return { kind: 'verdict', verdict, span: this.spanFrom(start) };
    },
  );

  /** `accept drop continue return`, `jump CHAIN`, `goto CHAIN` */
  protected readonly verdict: ParserMethod<[], Verdict> = this.production('verdict', () =>
    this.OR<Verdict>([
      { ALT: () => this.valued('accept', { kind: 'accept' }) },
      { ALT: () => this.valued('drop', { kind: 'drop' }) },
      { ALT: () => this.valued('continue', { kind: 'continue' }) },
      { ALT: () => this.valued('return', { kind: 'return' }) },
      {
        ALT: () => {
          this.keyword('jump');
          return { kind: 'jump', chain: this.SUBRULE1(this.chainName) };
        },
      },
      {
        ALT: () => {
          this.keyword('goto');
          return { kind: 'goto', chain: this.SUBRULE2(this.chainName) };
        },
      },
    ]),
  );

  /** A chain's name, or a variable that holds it. */
  protected readonly chainName: ParserMethod<[], string | Expression> = this.production(
    'chainName',
    () =>
      this.OR<string | Expression>([
        { ALT: () => this.SUBRULE(this.identifier).text },
        { ALT: () => this.SUBRULE(this.variable) },
      ]),
  );

  /** `KEY STATEFUL… timeout 1m expires 30s comment "text" STATEFUL…` */
  private readonly element: ParserMethod<[], Expression> = this.production('element', () => {
    const key = this.OR<Expression>([
      { ALT: () => this.SUBRULE(this.rightConcat) },
      { ALT: () => this.catchAll() },
    ]);
    const statements: Statement[] = [];
    const options: ElementOptions = {};
    this.MANY1(() => {
      statements.push(this.SUBRULE1(this.stateful));
    });
    let withOptions = false;
    this.MANY2(() => {
      this.SUBRULE(this.elementOption, { ARGS: [options] });
      withOptions = true;
    });
    this.MANY3({
      GATE: () => withOptions,
      DEF: () => {
        statements.push(this.SUBRULE2(this.stateful));
      },
    });
    return this.ACTION(() => this.elementOf(key, options, statements)) ?? key;
  });

  private catchAll(): Expression {
    this.CONSUME(punctuation.asterisk);
    return { kind: 'wildcard', span: this.lastSpan() };
  }

  protected elementOf(
    key: Expression,
    options: ElementOptions,
    statements: readonly Statement[],
  ): Expression {
    const bare = statements.length === 0 && Object.keys(options).length === 0;
    if (bare) return key;
    const stateful = statements.length === 0 ? {} : { statements };
    const element: ElementExpression = {
      kind: 'element',
      key,
      ...options,
      ...stateful,
      span: this.join(key),
    };
    return element;
  }

  protected readonly elementOption: ParserMethod<[ElementOptions], void> = this.production(
    'elementOption',
    (options: ElementOptions) => {
      this.OR([
        {
          ALT: () => {
            this.keyword('timeout');
            const token = this.CONSUME(word);
            this.ACTION(() => {
              const time = token.image === 'never' ? 0 : this.milliseconds(token.image);
              // A time of 0 is none.
              if (time > 0 || token.image === 'never') options.timeout = time;
            });
          },
        },
        {
          ALT: () => {
            this.keyword('expires');
            const time = this.SUBRULE(this.duration);
            this.ACTION(() => {
              options.expires = time;
            });
          },
        },
        {
          ALT: () => {
            const start = this.LA(1);
            const text = this.SUBRULE(this.comment);
            this.ACTION(() => {
              if (options.comment !== undefined) this.onlyOnce('comment', this.spanFrom(start));
              options.comment = text;
            });
          },
        },
      ]);
    },
  );

  protected onlyOnce(clause: string, span = this.lastSpan()): never {
    return this.abandon('duplicate-clause', span, `${clause} can be given only once`);
  }

  /** A set literal of verdicts, or the name of a verdict map. */
  protected readonly verdictMap: ParserMethod<[], Expression> = this.production('verdictMap', () =>
    this.OR<Expression>([
      { ALT: () => this.SUBRULE(this.verdictMapLiteral) },
      { ALT: () => this.SUBRULE(this.setReference) },
    ]),
  );

  private readonly verdictMapLiteral: ParserMethod<[], Expression> = this.production(
    'verdictMapLiteral',
    () => {
      const start = this.LA(1);
      const items: Expression[] = [];
      this.CONSUME(punctuation.openBrace);
      this.SUBRULE1(this.lineEnd);
      items.push(this.SUBRULE1(this.verdictItem));
      this.MANY(() => {
        this.CONSUME(punctuation.comma);
        this.SUBRULE2(this.lineEnd);
        let empty = true;
        this.OPTION(() => {
          empty = false;
          items.push(this.SUBRULE2(this.verdictItem));
        });
        this.ACTION(() => {
          if (empty && !this.listMayStop()) this.SUBRULE3(this.verdictItem);
        });
      });
      this.CONSUME(punctuation.closeBrace);
      return this.setOf(start, items);
    },
  );

  private readonly verdictItem: ParserMethod<[], Expression> = this.production(
    'verdictItem',
    () => {
      const key = this.SUBRULE(this.element);
      this.CONSUME(punctuation.colon);
      const data = this.SUBRULE(this.verdictValue);
      this.SUBRULE(this.lineEnd);
      return this.mapping(key, data);
    },
  );

  /** What `define` may be given: a right side, a list, `{}`, or a negative number. */
  protected readonly initializer: ParserMethod<[], Expression> = this.production(
    'initializer',
    () =>
      this.OR1<Expression>([
        {
          ALT: () => {
            const first = this.SUBRULE(this.rightConcat);
            const list = this.OPTION({
              GATE: () =>
                first.kind !== 'range' && first.kind !== 'prefix' && first.kind !== 'concat',
              DEF: () => this.SUBRULE(this.listRest, { ARGS: [first] }),
            });
            return list ?? first;
          },
        },
        { ALT: () => this.SUBRULE(this.set, { ARGS: [true] }) },
        { ALT: () => this.SUBRULE(this.namedSet) },
        {
          ALT: () => {
            const start = this.LA(1);
            this.CONSUME(punctuation.dash);
            const value = this.SUBRULE(this.integer);
            return { kind: 'symbol', text: `-${value.text}`, span: this.spanFrom(start) };
          },
        },
      ]),
  );
}
