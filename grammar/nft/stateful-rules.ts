/** Statements that keep state: counter, quota, limit, last, ct count. */

import type { ParserMethod } from 'chevrotain';
import type { Expression } from '../../src/ast/nft/expressions.ts';
import type { ObjectType, Statement, TimeUnit } from '../../src/ast/nft/statements.ts';
import { generatedSpan } from '../../src/base/span.ts';
import { SetRules } from './set-rules.ts';
import { punctuation, quotedString, type ScannedToken } from './tokens.ts';

/** How much of what, per which time. */
export interface Limit {
  readonly over: boolean;
  readonly rate: bigint;
  readonly unit: 'packets' | 'bytes';
  readonly per: TimeUnit;
  readonly burst?: bigint;
}

const unitBytes: Readonly<Record<string, bigint>> = {
  bytes: 1n,
  kbytes: 1024n,
  mbytes: 1048576n,
};

export abstract class StatefulRules extends SetRules {
  protected abstract readonly statement: ParserMethod<[], Statement>;

  protected objectReference(start: ScannedToken, type: ObjectType, name: Expression): Statement {
    return { kind: 'object-reference', type, name, span: this.spanFrom(start) };
  }

  protected readonly objectName: ParserMethod<[], Expression> = this.production(
    'objectName',
    () => {
      this.keyword('name');
      return this.SUBRULE(this.argument);
    },
  );

  /** `counter`, `counter packets 1 bytes 2`, `counter name "x"` */
  protected readonly counter: ParserMethod<[(boolean | undefined)?], Statement> = this.production(
    'counter',
    (nameAllowed?: boolean) => {
      const start = this.LA(1);
      this.keyword('counter');
      const name = this.OPTION({
        GATE: () => nameAllowed === true,
        DEF: () => this.SUBRULE(this.objectName),
      });
      const values: { packets?: bigint; bytes?: bigint } = {};
      this.MANY({
        GATE: () => name === undefined,
        DEF: () => this.SUBRULE(this.counterValue, { ARGS: [values] }),
      });
      const span = this.spanFrom(start);
      this.closeScope('counter');
      if (name !== undefined) return this.objectReference(start, 'counter', name);
      return { kind: 'counter', ...values, span };
    },
  );

  protected readonly counterValue: ParserMethod<[{ packets?: bigint; bytes?: bigint }], void> =
    this.production('counterValue', (values: { packets?: bigint; bytes?: bigint }) => {
      const token = this.OR([
        { ALT: () => this.keyword('packets') },
        { ALT: () => this.keyword('bytes') },
      ]);
      const value = this.SUBRULE(this.bigCount);
      this.ACTION(() => {
        values[this.spelling(token) === 'packets' ? 'packets' : 'bytes'] = value;
      });
    });

  protected readonly overOrUntil: ParserMethod<[], boolean> = this.production('overOrUntil', () =>
    this.OR<boolean>([
      { ALT: () => this.valued('over', true) },
      { ALT: () => this.valued('until', false) },
    ]),
  );

  /** `bytes kbytes mbytes`, as a factor. */
  protected readonly byteUnit: ParserMethod<[], bigint> = this.production('byteUnit', () => {
    const token = this.OR([
      { ALT: () => this.keyword('bytes') },
      { ALT: () => this.keyword('kbytes') },
      { ALT: () => this.keyword('mbytes') },
    ]);
    return unitBytes[this.spelling(token)] ?? 1n;
  });

  protected readonly byteCount: ParserMethod<[], bigint> = this.production('byteCount', () => {
    const value = this.SUBRULE(this.bigCount);
    const factor = this.SUBRULE(this.byteUnit);
    return this.ACTION(() => BigInt.asUintN(64, value * factor));
  });

  /** `over 25 mbytes used 1 kbytes` */
  protected readonly quotaAmount: ParserMethod<
    [],
    { readonly over: boolean; readonly bytes: bigint; readonly usedBytes?: bigint }
  > = this.production('quotaAmount', () => {
    const over = this.OPTION1(() => this.SUBRULE(this.overOrUntil)) ?? false;
    const bytes = this.SUBRULE1(this.byteCount);
    const usedBytes = this.OPTION2(() => {
      this.keyword('used');
      return this.SUBRULE2(this.byteCount);
    });
    return usedBytes === undefined ? { over, bytes } : { over, bytes, usedBytes };
  });

  /** `quota over 25 mbytes`, `quota name "q"` */
  protected readonly quota: ParserMethod<[(boolean | undefined)?], Statement> = this.production(
    'quota',
    (nameAllowed?: boolean) => {
      const start = this.LA(1);
      this.keyword('quota');
      const found = this.OR<Statement>([
        {
          GATE: () => nameAllowed === true,
          ALT: () => this.objectReference(start, 'quota', this.SUBRULE(this.objectName)),
        },
        {
          ALT: () => {
            const amount = this.SUBRULE(this.quotaAmount);
            return { kind: 'quota', ...amount, span: this.spanFrom(start) };
          },
        },
      ]);
      this.closeScope('quota');
      return found;
    },
  );

  protected readonly timeUnit: ParserMethod<[], TimeUnit> = this.production('timeUnit', () =>
    this.OR<TimeUnit>([
      { ALT: () => this.valued('second', 'second') },
      { ALT: () => this.valued('minute', 'minute') },
      { ALT: () => this.valued('hour', 'hour') },
      { ALT: () => this.valued('day', 'day') },
      { ALT: () => this.valued('week', 'week') },
    ]),
  );

  /** nft's scanner reads what follows the unit in its scope of rates, which knows few characters. */
  private checkAfterUnit(): void {
    const { colon, openBrace, openParenthesis, dollar } = punctuation;
    const strangers = [colon, openBrace, openParenthesis, dollar, quotedString];
    if (!strangers.some((type) => this.is(type))) return;
    this.unexpected([punctuation.comma, punctuation.closeBrace]);
  }

  /** Where the last burst of a limit was read. */
  private burstSpan = generatedSpan;

  /** `rate over 10 mbytes/second burst 5 kbytes` */
  protected readonly limitRate: ParserMethod<[], Limit> = this.production('limitRate', () => {
    this.keyword('rate');
    const over = this.OPTION(() => this.SUBRULE(this.overOrUntil)) ?? false;
    const count = this.SUBRULE(this.bigCount);
    const limit = this.OR<Limit>([
      { ALT: () => this.SUBRULE(this.packetLimit, { ARGS: [over, count] }) },
      { ALT: () => this.SUBRULE(this.byteLimit, { ARGS: [over, count] }) },
    ]);
    this.closeScope('rate');
    return limit;
  });

  protected readonly packetLimit: ParserMethod<[boolean, bigint], Limit> = this.production(
    'packetLimit',
    (over: boolean, rate: bigint) => {
      this.CONSUME(punctuation.slash);
      const per = this.SUBRULE(this.timeUnit);
      this.ACTION(() => this.checkAfterUnit());
      const burst = this.OPTION(() => {
        const start = this.LA(1);
        this.keyword('burst');
        const packets = this.SUBRULE(this.bigCount);
        this.keyword('packets');
        this.ACTION(() => {
          this.burstSpan = this.spanFrom(start);
        });
        return packets;
      });
      const limit = { over, rate, unit: 'packets', per } as const;
      return burst === undefined ? limit : { ...limit, burst };
    },
  );

  protected readonly byteLimit: ParserMethod<[boolean, bigint], Limit> = this.production(
    'byteLimit',
    (over: boolean, count: bigint) => {
      const factor = this.SUBRULE(this.byteUnit);
      this.CONSUME(punctuation.slash);
      const per = this.SUBRULE(this.timeUnit);
      this.ACTION(() => this.checkAfterUnit());
      const burst = this.OPTION(() => {
        this.keyword('burst');
        return this.SUBRULE(this.byteCount);
      });
      const rate = this.ACTION(() => BigInt.asUintN(64, count * factor));
      const limit = { over, rate, unit: 'bytes', per } as const;
      return burst === undefined ? limit : { ...limit, burst };
    },
  );

  /** `limit rate 10/second burst 5 packets`, `limit name "l"` */
  protected readonly limit: ParserMethod<[(boolean | undefined)?], Statement> = this.production(
    'limit',
    (nameAllowed?: boolean) => {
      const start = this.LA(1);
      this.keyword('limit');
      const found = this.OR<Statement>([
        {
          GATE: () => nameAllowed === true,
          ALT: () => this.objectReference(start, 'limit', this.SUBRULE(this.objectName)),
        },
        {
          ALT: () => {
            const limit = this.SUBRULE(this.limitRate);
            this.ACTION(() => {
              if (limit.unit !== 'packets' || limit.burst !== 0n) return;
              const message = 'the burst of a limit is at least 1 packet';
              this.abandon('invalid-value', this.burstSpan, message);
            });
            return { kind: 'limit', ...limit, span: this.spanFrom(start) };
          },
        },
      ]);
      this.closeScope('limit');
      return found;
    },
  );

  /** `last`, `last used 5m`, `last used never` */
  protected readonly last: ParserMethod<[], Statement> = this.production('last', () => {
    const start = this.LA(1);
    this.keyword('last');
    const used = this.OPTION(() => {
      this.keyword('used');
      return this.OR<number>([
        { ALT: () => this.valued('never', -1) },
        { ALT: () => this.SUBRULE(this.duration) },
      ]);
    });
    const span = this.spanFrom(start);
    this.closeScope('last');
    return used === undefined || used < 0 ? { kind: 'last', span } : { kind: 'last', used, span };
  });

  /** `count over 20` behind `ct` */
  protected readonly connectionCount: ParserMethod<[ScannedToken], Statement> = this.production(
    'connectionCount',
    (start: ScannedToken) => {
      this.keyword('count');
      const over = this.OPTION(() => this.valued('over', true)) ?? false;
      const count = this.SUBRULE(this.count);
      this.closeScope('ct');
      return { kind: 'ct-count', over, count, span: this.spanFrom(start) };
    },
  );

  /** `ct count 20` */
  protected readonly connectionLimit: ParserMethod<[], Statement> = this.production(
    'connectionLimit',
    () => {
      const start = this.LA(1);
      this.keyword('ct');
      return this.SUBRULE(this.connectionCount, { ARGS: [start] });
    },
  );

  /** Statements an element or a set may carry. */
  protected readonly stateful: ParserMethod<[], Statement> = this.production('stateful', () =>
    this.OR<Statement>([
      { ALT: () => this.SUBRULE(this.counter) },
      { ALT: () => this.SUBRULE(this.limit) },
      { ALT: () => this.SUBRULE(this.quota) },
      { ALT: () => this.SUBRULE(this.connectionLimit) },
      { ALT: () => this.SUBRULE(this.last) },
    ]),
  );
}
