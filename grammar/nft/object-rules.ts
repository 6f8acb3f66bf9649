/** Named stateful objects: counter, quota, limit, ct helper, ct timeout, ct expectation, secmark, synproxy. */

import type { ParserMethod } from 'chevrotain';
import { CommonRules } from './common-rules.ts';
import type { ObjectFields } from './object-fields.ts';
import { punctuation, quotedString, word } from './tokens.ts';

export abstract class ObjectRules extends CommonRules {
  /** `packets 1 bytes 2` */
  protected readonly counterConfig: ParserMethod<[ObjectFields], void> = this.production(
    'counterConfig',
    (fields: ObjectFields) => {
      this.keyword('packets');
      const packets = this.SUBRULE1(this.bigCount);
      this.keyword('bytes');
      const bytes = this.SUBRULE2(this.bigCount);
      this.ACTION(() => Object.assign(fields, { packets, bytes }));
    },
  );

  protected readonly quotaConfig: ParserMethod<[ObjectFields], void> = this.production(
    'quotaConfig',
    (fields: ObjectFields) => {
      const amount = this.SUBRULE(this.quotaAmount);
      this.ACTION(() => Object.assign(fields, amount));
    },
  );

  protected readonly limitConfig: ParserMethod<[ObjectFields], void> = this.production(
    'limitConfig',
    (fields: ObjectFields) => {
      const limit = this.SUBRULE(this.limitRate);
      this.ACTION(() => Object.assign(fields, { limit }));
    },
  );

  protected readonly secmarkConfig: ParserMethod<[ObjectFields], void> = this.production(
    'secmarkConfig',
    (fields: ObjectFields) => {
      const context = this.SUBRULE(this.string);
      this.ACTION(() => {
        if (context.text === '' || context.text.length > 255) {
          this.abandon('invalid-value', context.span, 'a security context has 1 to 255 characters');
        }
        fields.context = context.text;
      });
    },
  );

  /** `mss 1460 wscale 7 timestamp sack-perm`, on one line or on three. */
  protected readonly synproxyConfig: ParserMethod<[ObjectFields], void> = this.production(
    'synproxyConfig',
    (fields: ObjectFields) => {
      const flags: ('timestamp' | 'sack-perm')[] = [];
      this.keyword('maxseg');
      const mss = this.SUBRULE1(this.count);
      const split = this.OPTION1(() => (this.SUBRULE1(this.separator), true)) === true;
      this.keyword('wscale');
      const wscale = this.SUBRULE2(this.count);
      this.ACTION(() => this.checkWindowScale(wscale));
      this.OPTION2({ GATE: () => split, DEF: () => this.SUBRULE2(this.separator) });
      this.OPTION3(() => (this.keyword('timestamp'), flags.push('timestamp')));
      this.OPTION4(() => (this.keyword('sack-perm'), flags.push('sack-perm')));
      this.ACTION(() => Object.assign(fields, { mss, wscale, flags }));
    },
  );

  /** `tcp` or `udp` */
  protected readonly transport: ParserMethod<[], 'tcp' | 'udp'> = this.production('transport', () =>
    this.OR<'tcp' | 'udp'>([
      { ALT: () => this.scoped('tcp', 'tcp', 'tcp') },
      { ALT: () => this.scoped('udp', 'udp', 'udp') },
    ]),
  );

  /** `protocol tcp;` */
  protected readonly protocolConfig: ParserMethod<[ObjectFields], void> = this.production(
    'protocolConfig',
    (fields: ObjectFields) => {
      this.keyword('protocol');
      const protocol = this.SUBRULE(this.transport);
      this.SUBRULE(this.separator);
      this.ACTION(() => Object.assign(fields, { protocol }));
    },
  );

  /** `l3proto ip;` */
  protected readonly l3protoConfig: ParserMethod<[ObjectFields], void> = this.production(
    'l3protoConfig',
    (fields: ObjectFields) => {
      this.keyword('l3proto');
      const l3proto = this.SUBRULE(this.family);
      this.SUBRULE(this.separator);
      this.ACTION(() => Object.assign(fields, { l3proto }));
    },
  );

  /** `type "ftp" protocol tcp;` */
  protected readonly helperConfig: ParserMethod<[ObjectFields], void> = this.production(
    'helperConfig',
    (fields: ObjectFields) => {
      this.OR([
        {
          ALT: () => {
            this.keyword('type');
            const helper = this.CONSUME(quotedString).image;
            const helperSpan = this.lastSpan();
            this.keyword('protocol');
            const protocol = this.SUBRULE(this.transport);
            this.SUBRULE(this.separator);
            this.closeScope('type');
            this.ACTION(() => {
              if (fields.helper !== undefined) this.onlyOnce('type');
              if (helper === '' || helper.length > 15) {
                this.abandon(
                  'invalid-value',
                  helperSpan,
                  'a helper has a name of 1 to 15 characters',
                );
              }
              Object.assign(fields, { helper, protocol });
            });
          },
        },
        { ALT: () => this.SUBRULE(this.l3protoConfig, { ARGS: [fields] }) },
      ]);
    },
  );

  protected readonly timeoutState: ParserMethod<[], { state: string; seconds: number }> =
    this.production('timeoutState', () => {
      const state = this.CONSUME(word).image;
      this.CONSUME(punctuation.colon);
      const seconds = this.OR([
        { ALT: () => this.SUBRULE(this.count) },
        { ALT: () => Math.floor(this.SUBRULE(this.duration) / 1000) },
      ]);
      return { state, seconds };
    });

  /** `policy = { established : 60, close : 1m };` */
  protected readonly timeoutPolicy: ParserMethod<[ObjectFields], void> = this.production(
    'timeoutPolicy',
    (fields: ObjectFields) => {
      this.keyword('policy');
      this.CONSUME(punctuation.equals);
      this.CONSUME(punctuation.openBrace);
      const policy = [this.SUBRULE1(this.timeoutState)];
      this.MANY(() => {
        this.CONSUME(punctuation.comma);
        policy.push(this.SUBRULE2(this.timeoutState));
      });
      this.CONSUME(punctuation.closeBrace);
      this.SUBRULE(this.separator);
      this.closeScope('policy');
      this.ACTION(() => {
        fields.policy = [...(fields.policy ?? []), ...policy];
      });
    },
  );

  protected readonly timeoutConfig: ParserMethod<[ObjectFields], void> = this.production(
    'timeoutConfig',
    (fields: ObjectFields) => {
      this.OR([
        { ALT: () => this.SUBRULE(this.protocolConfig, { ARGS: [fields] }) },
        { ALT: () => this.SUBRULE(this.timeoutPolicy, { ARGS: [fields] }) },
        { ALT: () => this.SUBRULE(this.l3protoConfig, { ARGS: [fields] }) },
      ]);
    },
  );

  protected readonly expectationValue: ParserMethod<[ObjectFields], void> = this.production(
    'expectationValue',
    (fields: ObjectFields) => {
      this.OR([
        {
          ALT: () => {
            this.keyword('dport');
            const dport = this.SUBRULE1(this.count);
            this.ACTION(() => Object.assign(fields, { dport }));
          },
        },
        {
          ALT: () => {
            this.keyword('timeout');
            const timeout = this.SUBRULE(this.duration);
            this.ACTION(() => Object.assign(fields, { timeout }));
          },
        },
        {
          ALT: () => {
            this.keyword('size');
            const size = this.SUBRULE2(this.count);
            this.ACTION(() => Object.assign(fields, { size }));
          },
        },
      ]);
      this.SUBRULE(this.separator);
    },
  );

  protected readonly expectationConfig: ParserMethod<[ObjectFields], void> = this.production(
    'expectationConfig',
    (fields: ObjectFields) => {
      this.OR([
        { ALT: () => this.SUBRULE(this.protocolConfig, { ARGS: [fields] }) },
        { ALT: () => this.SUBRULE(this.l3protoConfig, { ARGS: [fields] }) },
        { ALT: () => this.SUBRULE(this.expectationValue, { ARGS: [fields] }) },
      ]);
    },
  );

  /** A block of an object: its settings, comments, definitions, separators. */
  protected objectBlock(
    name: string,
    config: ParserMethod<[ObjectFields], void>,
  ): ParserMethod<[ObjectFields], void> {
    return this.production(name, (fields: ObjectFields) => {
      this.CONSUME(punctuation.openBrace);
      do {
        this.MANY(() => {
          this.recovering(() => {
            this.OR([
              { ALT: () => this.SUBRULE(this.common) },
              { ALT: () => this.SUBRULE(this.separator) },
              { ALT: () => this.SUBRULE(config, { ARGS: [fields] }) },
              { ALT: () => this.SUBRULE(this.blockComment, { ARGS: [fields] }) },
            ]);
          });
        });
      } while (this.blockGoesOn(punctuation.closeBrace, []));
      this.CONSUME(punctuation.closeBrace);
    });
  }

  /** A comment inside a block, once. */
  protected readonly blockComment: ParserMethod<[{ comment?: string }], void> = this.production(
    'blockComment',
    (fields: { comment?: string }) => {
      const start = this.LA(1);
      const comment = this.SUBRULE(this.comment);
      this.ACTION(() => {
        if (fields.comment !== undefined) this.onlyOnce('comment', this.spanFrom(start));
        fields.comment = comment;
      });
    },
  );

  protected readonly counterBlock = this.objectBlock('counterBlock', this.counterConfig);

  protected readonly quotaBlock = this.objectBlock('quotaBlock', this.quotaConfig);

  protected readonly limitBlock = this.objectBlock('limitBlock', this.limitConfig);

  protected readonly secmarkBlock = this.objectBlock('secmarkBlock', this.secmarkConfig);

  protected readonly synproxyBlock = this.objectBlock('synproxyBlock', this.synproxyConfig);

  protected readonly helperBlock = this.objectBlock('helperBlock', this.helperConfig);

  protected readonly timeoutBlock = this.objectBlock('timeoutBlock', this.timeoutConfig);

  protected readonly expectationBlock = this.objectBlock(
    'expectationBlock',
    this.expectationConfig,
  );
}
