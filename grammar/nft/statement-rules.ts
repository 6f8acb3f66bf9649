/** Statements that keep state or end a rule: counter, limit, quota, last, log, reject, queue, set updates, meter. */

import type { ParserMethod } from 'chevrotain';
import type { Expression } from '../../src/ast/nft/expressions.ts';
import type {
  ObjectType,
  SetUpdateStatement,
  Statement,
  TimeUnit,
} from '../../src/ast/nft/statements.ts';
import { type ElementOptions, SetRules } from './set-rules.ts';
import { number, punctuation, type ScannedToken, word } from './tokens.ts';
import type { Name } from './value-rules.ts';

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

export abstract class StatementRules extends SetRules {
  protected abstract readonly statement: ParserMethod<[], Statement>;

  protected objectReference(start: ScannedToken, type: ObjectType, name: Expression): Statement {
    return { kind: 'object-reference', type, name, span: this.spanFrom(start) };
  }

  private readonly objectName: ParserMethod<[], Expression> = this.production('objectName', () => {
    this.keyword('name');
    return this.SUBRULE(this.argument);
  });

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

  private readonly counterValue: ParserMethod<[{ packets?: bigint; bytes?: bigint }], void> =
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

  private readonly overOrUntil: ParserMethod<[], boolean> = this.production('overOrUntil', () =>
    this.OR<boolean>([
      { ALT: () => this.valued('over', true) },
      { ALT: () => this.valued('until', false) },
    ]),
  );

  /** `bytes kbytes mbytes`, as a factor. */
  private readonly byteUnit: ParserMethod<[], bigint> = this.production('byteUnit', () => {
    const token = this.OR([
      { ALT: () => this.keyword('bytes') },
      { ALT: () => this.keyword('kbytes') },
      { ALT: () => this.keyword('mbytes') },
    ]);
    return unitBytes[this.spelling(token)] ?? 1n;
  });

  private readonly byteCount: ParserMethod<[], bigint> = this.production('byteCount', () => {
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

  private readonly timeUnit: ParserMethod<[], TimeUnit> = this.production('timeUnit', () =>
    this.OR<TimeUnit>([
      { ALT: () => this.valued('second', 'second') },
      { ALT: () => this.valued('minute', 'minute') },
      { ALT: () => this.valued('hour', 'hour') },
      { ALT: () => this.valued('day', 'day') },
      { ALT: () => this.valued('week', 'week') },
    ]),
  );

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

  private readonly packetLimit: ParserMethod<[boolean, bigint], Limit> = this.production(
    'packetLimit',
    (over: boolean, rate: bigint) => {
      this.CONSUME(punctuation.slash);
      const per = this.SUBRULE(this.timeUnit);
      const burst = this.OPTION(() => {
        this.keyword('burst');
        const packets = this.SUBRULE(this.bigCount);
        this.keyword('packets');
        return packets;
      });
      this.ACTION(() => {
        if (burst !== 0n) return;
        this.abandon('invalid-value', this.lastSpan(), 'the burst of a limit is at least 1 packet');
      });
      const limit = { over, rate, unit: 'packets', per } as const;
      return burst === undefined ? limit : { ...limit, burst };
    },
  );

  private readonly byteLimit: ParserMethod<[boolean, bigint], Limit> = this.production(
    'byteLimit',
    (over: boolean, count: bigint) => {
      const factor = this.SUBRULE(this.byteUnit);
      this.CONSUME(punctuation.slash);
      const per = this.SUBRULE(this.timeUnit);
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
  private readonly connectionLimit: ParserMethod<[], Statement> = this.production(
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

  private readonly logLevel = this.wordRule('logLevel', [
    ...(['emerg', 'alert', 'crit', 'err', 'warn', 'notice', 'info', 'debug', 'audit'] as const),
  ]);

  private readonly tcpLogFlag: ParserMethod<[], string> = this.production('tcpLogFlag', () =>
    this.OR<string>([
      { ALT: () => this.valued('sequence', 'tcp sequence') },
      { ALT: () => this.valued('options', 'tcp options') },
    ]),
  );

  private readonly logFlags: ParserMethod<[], readonly string[]> = this.production(
    'logFlags',
    () => {
      this.keyword('flags');
      return this.OR<readonly string[]>([
        { ALT: () => this.SUBRULE(this.tcpLogFlags) },
        {
          ALT: () => {
            this.keyword('ip');
            this.keyword('options');
            this.closeScope('ip');
            return ['ip options'];
          },
        },
        { ALT: () => this.valued('skuid', ['skuid']) },
        { ALT: () => this.scoped('ether', 'ether', ['ether']) },
        { ALT: () => this.valued('all', ['all']) },
      ]);
    },
  );

  private readonly tcpLogFlags: ParserMethod<[], readonly string[]> = this.production(
    'tcpLogFlags',
    () => {
      this.keyword('tcp');
      const flags = [this.SUBRULE1(this.tcpLogFlag)];
      this.MANY(() => {
        this.CONSUME(punctuation.comma);
        flags.push(this.SUBRULE2(this.tcpLogFlag));
      });
      this.closeScope('tcp');
      return flags;
    },
  );

  /** `log prefix "x" level warn group 1 snaplen 64 queue-threshold 2 flags all` */
  protected readonly log: ParserMethod<[], Statement> = this.production('log', () => {
    const start = this.LA(1);
    this.keyword('log');
    const options: LogOptions = {};
    this.MANY(() => this.SUBRULE(this.logOption, { ARGS: [options] }));
    const span = this.spanFrom(start);
    this.closeScope('log');
    return { kind: 'log', ...options, span };
  });

  private readonly logOption: ParserMethod<[LogOptions], void> = this.production(
    'logOption',
    (options: LogOptions) => {
      this.OR([
        {
          ALT: () => {
            this.keyword('prefix');
            const text = this.SUBRULE(this.string);
            this.ACTION(() => {
              options.prefix = this.prefixOfLog(text);
            });
          },
        },
        {
          ALT: () => {
            this.keyword('group');
            const value = this.SUBRULE1(this.count);
            this.ACTION(() => Object.assign(options, { group: value }));
          },
        },
        {
          ALT: () => {
            this.keyword('snaplen');
            const value = this.SUBRULE2(this.count);
            this.ACTION(() => Object.assign(options, { snaplen: value }));
          },
        },
        {
          ALT: () => {
            this.keyword('queue-threshold');
            const value = this.SUBRULE3(this.count);
            this.ACTION(() => Object.assign(options, { queueThreshold: value }));
          },
        },
        {
          ALT: () => {
            this.keyword('level');
            const level = this.SUBRULE(this.logLevel);
            this.ACTION(() => Object.assign(options, { level }));
          },
        },
        {
          ALT: () => {
            const flags = this.SUBRULE(this.logFlags);
            this.ACTION(() => {
              options.flags = [...new Set([...(options.flags ?? []), ...flags])];
            });
          },
        },
      ]);
    },
  );

  /** `$name` inside the prefix stands for what is defined (nft: str_preprocess). */
  private prefixOfLog(name: Name): Expression {
    const text = name.text.replace(/\$(?!\d)([a-zA-Z_][a-zA-Z0-9_]*|)/g, (_, variable: string) => {
      for (const definitions of [...this.context.definitions].reverse()) {
        const value = definitions.get(variable);
        if (value !== undefined) return 'text' in value ? value.text : '';
      }
      return this.abandon(
        'unknown-variable',
        name.span,
        `nothing is defined as '${variable}' for the log prefix`,
      );
    });
    return { kind: 'string', text, span: name.span };
  }

  /** `type CODE`; the scope of the protocol is closed only in this form, as in nft 1.1.7. */
  private readonly typedRejectCode: ParserMethod<[boolean], Expression> = this.production(
    'typedRejectCode',
    (closesIcmp: boolean) => {
      this.keyword('type');
      const code = this.SUBRULE(this.rejectValue);
      this.closeScope('type');
      if (closesIcmp) this.closeScope('icmp');
      return code;
    },
  );

  private readonly rejectValue: ParserMethod<[], Expression> = this.production('rejectValue', () =>
    this.OR<Expression>([
      { ALT: () => this.SUBRULE(this.plainSymbol) },
      { ALT: () => this.SUBRULE(this.integer) },
    ]),
  );

  private readonly rejectCode: ParserMethod<[boolean], Expression> = this.production(
    'rejectCode',
    (closesIcmp: boolean) =>
      this.OR<Expression>([
        { ALT: () => this.SUBRULE(this.typedRejectCode, { ARGS: [closesIcmp] }) },
        { ALT: () => this.SUBRULE(this.rejectValue) },
      ]),
  );

  private readonly rejectWith: ParserMethod<[ScannedToken], Statement> = this.production(
    'rejectWith',
    (start: ScannedToken) => {
      this.keyword('with');
      return this.OR<Statement>([
        {
          ALT: () => {
            this.keyword('icmp');
            return this.rejection(start, 'icmp', this.SUBRULE1(this.rejectCode, { ARGS: [true] }));
          },
        },
        {
          ALT: () => {
            this.keyword('icmpv6');
            return this.rejection(
              start,
              'icmpv6',
              this.SUBRULE2(this.rejectCode, { ARGS: [true] }),
            );
          },
        },
        {
          ALT: () => {
            this.keyword('icmpx');
            return this.rejection(
              start,
              'icmpx',
              this.SUBRULE3(this.rejectCode, { ARGS: [false] }),
            );
          },
        },
        { ALT: () => this.rejectReset(start) },
      ]);
    },
  );

  private rejectReset(start: ScannedToken): Statement {
    this.keyword('tcp');
    this.closeScope('tcp');
    this.keyword('reset');
    this.closeScope('reset');
    return { kind: 'reject', type: 'tcp reset', span: this.spanFrom(start) };
  }

  private rejection(
    start: ScannedToken,
    type: 'icmp' | 'icmpv6' | 'icmpx',
    code: Expression,
  ): Statement {
    return { kind: 'reject', type, code, span: this.spanFrom(start) };
  }

  /** `reject`, `reject with icmp port-unreachable`, `reject with tcp reset` */
  protected readonly reject: ParserMethod<[], Statement> = this.production('reject', () => {
    const start = this.LA(1);
    this.keyword('reject');
    const found = this.OPTION(() => this.SUBRULE(this.rejectWith, { ARGS: [start] }));
    const span = this.spanFrom(start);
    this.closeScope('reject');
    return found ?? { kind: 'reject', span };
  });

  private readonly queueFlag: ParserMethod<[], 'bypass' | 'fanout'> = this.production(
    'queueFlag',
    () =>
      this.OR<'bypass' | 'fanout'>([
        { ALT: () => this.valued('bypass', 'bypass') },
        { ALT: () => this.valued('fanout', 'fanout') },
      ]),
  );

  private readonly queueFlags: ParserMethod<[], readonly ('bypass' | 'fanout')[]> = this.production(
    'queueFlags',
    () => {
      const flags = [this.SUBRULE1(this.queueFlag)];
      this.MANY(() => {
        this.CONSUME(punctuation.comma);
        flags.push(this.SUBRULE2(this.queueFlag));
      });
      return flags;
    },
  );

  private readonly queueEnd: ParserMethod<[], Expression> = this.production('queueEnd', () =>
    this.OR<Expression>([
      { ALT: () => this.SUBRULE(this.integer) },
      { ALT: () => this.SUBRULE(this.variable) },
    ]),
  );

  /** `1`, `1-3`, `$q` */
  private readonly queueNumber: ParserMethod<[], Expression> = this.production(
    'queueNumber',
    () => {
      const from = this.SUBRULE1(this.queueEnd);
      const to = this.OPTION(() => {
        this.CONSUME(punctuation.dash);
        return this.SUBRULE2(this.queueEnd);
      });
      return to === undefined ? from : { kind: 'range', from, to, span: this.join(from) };
    },
  );

  /** A number, or what picks one: numgen, a hash, a map. */
  private readonly queueTarget: ParserMethod<[], Expression> = this.production(
    'queueTarget',
    () => {
      const key = this.SUBRULE(this.concat);
      const data = this.OPTION1({
        GATE: () => !this.is(punctuation.dash),
        DEF: () => this.SUBRULE(this.mapData),
      });
      const to = this.OPTION2({
        GATE: () => this.LA(0).tokenType === number && key.kind === 'symbol',
        DEF: () => {
          this.CONSUME(punctuation.dash);
          return this.SUBRULE(this.queueEnd);
        },
      });
      this.ACTION(() => {
        if (data === undefined && to === undefined) this.checkQueueTarget(key);
      });
      if (data !== undefined) return this.mapOf(key, data);
      return to === undefined ? key : { kind: 'range', from: key, to, span: this.join(key) };
    },
  );

  private checkQueueTarget(key: Expression): void {
    const number = key.kind === 'symbol' && /^[\d-]/.test(key.text);
    if (number || ['numgen', 'jhash', 'symhash', 'range'].includes(key.kind)) return;
    this.unexpected([this.typeOf('map')]);
  }

  /** `queue`, `queue num 1-3 bypass`, `queue flags bypass to numgen inc mod 4` */
  protected readonly queue: ParserMethod<[], Statement> = this.production('queue', () => {
    const start = this.LA(1);
    this.keyword('queue');
    const flags: ('bypass' | 'fanout')[] = [];
    const target = this.OPTION1(() =>
      this.OR1<Expression>([
        { ALT: () => this.SUBRULE1(this.queueTo) },
        {
          ALT: () => {
            this.keyword('flags');
            const some = this.SUBRULE1(this.queueFlags);
            this.ACTION(() => flags.push(...some));
            return this.OR2<Expression>([
              { ALT: () => this.SUBRULE2(this.queueTo) },
              { ALT: () => this.SUBRULE1(this.queueNum) },
            ]);
          },
        },
      ]),
    );
    let compatible: Expression | undefined;
    this.MANY({
      GATE: () => target === undefined,
      DEF: () =>
        this.OR3([
          {
            ALT: () => {
              compatible = this.SUBRULE2(this.queueNum);
            },
          },
          {
            ALT: () => {
              const some = this.SUBRULE2(this.queueFlags);
              this.ACTION(() => flags.push(...some));
            },
          },
        ]),
    });
    const span = this.spanFrom(start);
    this.closeScope('queue');
    const chosen = target ?? compatible;
    const numbered = chosen === undefined ? {} : { number: chosen };
    return { kind: 'queue', ...numbered, ...(flags.length === 0 ? {} : { flags }), span };
  });

  private readonly queueTo: ParserMethod<[], Expression> = this.production('queueTo', () => {
    this.keyword('to');
    return this.SUBRULE(this.queueTarget);
  });

  private readonly queueNum: ParserMethod<[], Expression> = this.production('queueNum', () => {
    this.keyword('num');
    return this.SUBRULE(this.queueNumber);
  });

  private readonly setOperation: ParserMethod<[], SetUpdateStatement['operation']> =
    this.production('setOperation', () =>
      this.OR<SetUpdateStatement['operation']>([
        { ALT: () => this.valued('add', 'add') },
        { ALT: () => this.valued('update', 'update') },
        { ALT: () => this.valued('delete', 'delete') },
      ]),
    );

  /** A key with `timeout`, `expires`, `comment`. */
  private readonly updateKey: ParserMethod<[], Expression> = this.production('updateKey', () => {
    const key = this.SUBRULE(this.concat);
    const options: ElementOptions = {};
    this.MANY(() => this.SUBRULE(this.elementOption, { ARGS: [options] }));
    return this.ACTION(() => this.elementOf(key, options, [])) ?? key;
  });

  /** `set add KEY @s` */
  protected readonly oldSetUpdate: ParserMethod<[], Statement> = this.production(
    'oldSetUpdate',
    () => {
      const start = this.LA(1);
      this.keyword('set');
      const operation = this.SUBRULE(this.setOperation);
      const element = this.SUBRULE(this.updateKey);
      const set = this.SUBRULE(this.setReference);
      const span = this.spanFrom(start);
      return { kind: 'set-update', operation, set: setName(set), element, span };
    },
  );

  /** `add @s { KEY timeout 1m counter }`, `update @m { KEY : DATA }` */
  protected readonly setUpdate: ParserMethod<[], Statement> = this.production('setUpdate', () => {
    const start = this.LA(1);
    const operation = this.SUBRULE(this.setOperation);
    const set = this.SUBRULE(this.setReference);
    this.CONSUME(punctuation.openBrace);
    const element = this.SUBRULE1(this.updateKey);
    const statements: Statement[] = [];
    this.MANY(() => {
      statements.push(this.SUBRULE(this.stateful));
    });
    const data = this.OPTION(() => {
      this.CONSUME(punctuation.colon);
      return this.SUBRULE2(this.updateKey);
    });
    this.CONSUME(punctuation.closeBrace);
    return {
      kind: 'set-update',
      operation,
      set: setName(set),
      element,
      ...(data === undefined ? {} : { data }),
      ...(statements.length === 0 ? {} : { statements }),
      span: this.spanFrom(start),
    };
  });

  /** `meter m size 1024 { KEY STATEMENT }` */
  protected readonly meter: ParserMethod<[], Statement> = this.production('meter', () => {
    const start = this.LA(1);
    this.keyword('meter');
    const name = this.SUBRULE(this.identifier).text;
    const size = this.OPTION(() => {
      this.keyword('size');
      return this.SUBRULE(this.count);
    });
    this.CONSUME(punctuation.openBrace);
    const key = this.SUBRULE(this.updateKey);
    const statement = this.SUBRULE(this.statement);
    this.CONSUME(punctuation.closeBrace);
    const sized = size === undefined ? {} : { size };
    return { kind: 'meter', name, ...sized, key, statement, span: this.spanFrom(start) };
  });

  /** `synproxy mss 1460 wscale 7 timestamp sack-perm`, `synproxy name "s"` */
  protected readonly synproxy: ParserMethod<[], Statement> = this.production('synproxy', () => {
    const start = this.LA(1);
    this.keyword('synproxy');
    const name = this.OPTION(() => this.SUBRULE(this.objectName));
    const options: SynproxyOptions = { flags: [] };
    this.MANY({
      GATE: () => name === undefined,
      DEF: () => this.SUBRULE(this.synproxyOption, { ARGS: [options] }),
    });
    const span = this.spanFrom(start);
    this.closeScope('synproxy');
    if (name !== undefined) return this.objectReference(start, 'synproxy', name);
    const { flags, ...sizes } = options;
    return { kind: 'synproxy', ...sizes, ...(flags.length === 0 ? {} : { flags }), span };
  });

  private readonly synproxyOption: ParserMethod<[SynproxyOptions], void> = this.production(
    'synproxyOption',
    (options: SynproxyOptions) => {
      this.OR([
        {
          ALT: () => {
            this.keyword('maxseg');
            const mss = this.SUBRULE1(this.count);
            this.ACTION(() => Object.assign(options, { mss }));
          },
        },
        {
          ALT: () => {
            this.keyword('wscale');
            const wscale = this.SUBRULE2(this.count);
            this.ACTION(() => Object.assign(options, { wscale }));
          },
        },
        { ALT: () => (this.keyword('timestamp'), options?.flags.push('timestamp')) },
        { ALT: () => (this.keyword('sack-perm'), options?.flags.push('sack-perm')) },
      ]);
    },
  );

  /** A bare word. */
  private readonly plainSymbol: ParserMethod<[], Expression> = this.production(
    'plainSymbol',
    () => {
      const token = this.CONSUME(word);
      return this.symbolOf(token);
    },
  );
}

interface LogOptions {
  prefix?: Expression;
  group?: number;
  snaplen?: number;
  queueThreshold?: number;
  level?: string;
  flags?: readonly string[];
}

interface SynproxyOptions {
  mss?: number;
  wscale?: number;
  flags: ('timestamp' | 'sack-perm')[];
}

function setName(reference: Expression): string {
  if (reference.kind === 'set-reference') return reference.name;
  return reference.kind === 'symbol' ? reference.text : '';
}
