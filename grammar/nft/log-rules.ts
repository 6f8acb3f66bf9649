/** Statements that tell someone: log, reject, queue. */

import type { ParserMethod } from 'chevrotain';
import type { Expression } from '../../src/ast/nft/expressions.ts';
import type { Statement } from '../../src/ast/nft/statements.ts';
import { StatefulRules } from './stateful-rules.ts';
import { number, punctuation, type ScannedToken, word } from './tokens.ts';
import type { Name } from './value-rules.ts';

interface LogOptions {
  prefix?: Expression;
  group?: number;
  snaplen?: number;
  queueThreshold?: number;
  level?: string;
  flags?: readonly string[];
}

export abstract class LogRules extends StatefulRules {
  protected readonly logLevel = this.wordRule('logLevel', [
    ...(['emerg', 'alert', 'crit', 'err', 'warn', 'notice', 'info', 'debug', 'audit'] as const),
  ]);

  protected readonly tcpLogFlag: ParserMethod<[], string> = this.production('tcpLogFlag', () =>
    this.OR<string>([
      { ALT: () => this.valued('sequence', 'tcp sequence') },
      { ALT: () => this.valued('options', 'tcp options') },
    ]),
  );

  protected readonly logFlags: ParserMethod<[], readonly string[]> = this.production(
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

  protected readonly tcpLogFlags: ParserMethod<[], readonly string[]> = this.production(
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

  protected readonly logOption: ParserMethod<[LogOptions], void> = this.production(
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
  protected prefixOfLog(name: Name): Expression {
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
  protected readonly typedRejectCode: ParserMethod<[boolean], Expression> = this.production(
    'typedRejectCode',
    (closesIcmp: boolean) => {
      this.keyword('type');
      const code = this.SUBRULE(this.rejectValue);
      this.closeScope('type');
      if (closesIcmp) this.closeScope('icmp');
      return code;
    },
  );

  protected readonly rejectValue: ParserMethod<[], Expression> = this.production(
    'rejectValue',
    () =>
      this.OR<Expression>([
        { ALT: () => this.SUBRULE(this.plainSymbol) },
        { ALT: () => this.SUBRULE(this.integer) },
      ]),
  );

  protected readonly rejectCode: ParserMethod<[boolean], Expression> = this.production(
    'rejectCode',
    (closesIcmp: boolean) =>
      this.OR<Expression>([
        { ALT: () => this.SUBRULE(this.typedRejectCode, { ARGS: [closesIcmp] }) },
        { ALT: () => this.SUBRULE(this.rejectValue) },
      ]),
  );

  protected readonly rejectWith: ParserMethod<[ScannedToken], Statement> = this.production(
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

  protected rejectReset(start: ScannedToken): Statement {
    this.keyword('tcp');
    this.closeScope('tcp');
    this.keyword('reset');
    this.closeScope('reset');
    return { kind: 'reject', type: 'tcp reset', span: this.spanFrom(start) };
  }

  protected rejection(
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

  protected readonly queueFlag: ParserMethod<[], 'bypass' | 'fanout'> = this.production(
    'queueFlag',
    () =>
      this.OR<'bypass' | 'fanout'>([
        { ALT: () => this.valued('bypass', 'bypass') },
        { ALT: () => this.valued('fanout', 'fanout') },
      ]),
  );

  protected readonly queueFlags: ParserMethod<[], readonly ('bypass' | 'fanout')[]> =
    this.production('queueFlags', () => {
      const flags = [this.SUBRULE1(this.queueFlag)];
      this.MANY(() => {
        this.CONSUME(punctuation.comma);
        flags.push(this.SUBRULE2(this.queueFlag));
      });
      return flags;
    });

  protected readonly queueEnd: ParserMethod<[], Expression> = this.production('queueEnd', () =>
    this.OR<Expression>([
      { ALT: () => this.SUBRULE(this.integer) },
      { ALT: () => this.SUBRULE(this.variable) },
    ]),
  );

  /** `1`, `1-3`, `$q` */
  protected readonly queueNumber: ParserMethod<[], Expression> = this.production(
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
  protected readonly queueTarget: ParserMethod<[], Expression> = this.production(
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

  protected checkQueueTarget(key: Expression): void {
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

  protected readonly queueTo: ParserMethod<[], Expression> = this.production('queueTo', () => {
    this.keyword('to');
    return this.SUBRULE(this.queueTarget);
  });

  protected readonly queueNum: ParserMethod<[], Expression> = this.production('queueNum', () => {
    this.keyword('num');
    return this.SUBRULE(this.queueNumber);
  });

  /** A bare word. */
  protected readonly plainSymbol: ParserMethod<[], Expression> = this.production(
    'plainSymbol',
    () => {
      const token = this.CONSUME(word);
      return this.symbolOf(token);
    },
  );
}
