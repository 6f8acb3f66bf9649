/** Named stateful objects: counter, quota, limit, ct helper, ct timeout, ct expectation, secmark, synproxy, tunnel. */

import type { ParserMethod } from 'chevrotain';
import type { Expression } from '../../src/ast/nft/expressions.ts';
import type { ObjectDeclaration, TunnelOptions } from '../../src/ast/nft/ruleset.ts';
import type { Family } from '../../src/fields/families.ts';
import { CommonRules } from './common-rules.ts';
import { punctuation, quotedString, type ScannedToken, word } from './tokens.ts';
import type { Name } from './value-rules.ts';

type Mutable<Type> = { -readonly [Key in keyof Type]: Type[Key] };

/** Fields of an object while its block is read. */
export interface ObjectFields {
  comment?: string;
  l3proto?: Family;
  protocol?: string;
  helper?: string;
  packets?: bigint;
  bytes?: bigint;
  usedBytes?: bigint;
  over?: boolean;
  limit?: LimitFields;
  policy?: { readonly state: string; readonly seconds: number }[];
  dport?: number;
  timeout?: number;
  size?: number;
  context?: string;
  mss?: number;
  wscale?: number;
  flags?: ('timestamp' | 'sack-perm')[];
  tunnel?: Mutable<TunnelOptions>;
}

interface LimitFields {
  readonly over: boolean;
  readonly rate: bigint;
  readonly unit: 'packets' | 'bytes';
  readonly per: 'second' | 'minute' | 'hour' | 'day' | 'week';
  readonly burst?: bigint;
}

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
      this.OPTION2({ GATE: () => split, DEF: () => this.SUBRULE2(this.separator) });
      this.OPTION3(() => (this.keyword('timestamp'), flags.push('timestamp')));
      this.OPTION4(() => (this.keyword('sack-perm'), flags.push('sack-perm')));
      this.ACTION(() => Object.assign(fields, { mss, wscale, flags }));
    },
  );

  /** `tcp` or `udp` */
  private readonly transport: ParserMethod<[], 'tcp' | 'udp'> = this.production('transport', () =>
    this.OR<'tcp' | 'udp'>([
      { ALT: () => this.scoped('tcp', 'tcp', 'tcp') },
      { ALT: () => this.scoped('udp', 'udp', 'udp') },
    ]),
  );

  /** `protocol tcp;` */
  private readonly protocolConfig: ParserMethod<[ObjectFields], void> = this.production(
    'protocolConfig',
    (fields: ObjectFields) => {
      this.keyword('protocol');
      const protocol = this.SUBRULE(this.transport);
      this.SUBRULE(this.separator);
      this.ACTION(() => Object.assign(fields, { protocol }));
    },
  );

  /** `l3proto ip;` */
  private readonly l3protoConfig: ParserMethod<[ObjectFields], void> = this.production(
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

  private readonly timeoutState: ParserMethod<[], { state: string; seconds: number }> =
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
  private readonly timeoutPolicy: ParserMethod<[ObjectFields], void> = this.production(
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

  private readonly expectationValue: ParserMethod<[ObjectFields], void> = this.production(
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
      const comment = this.SUBRULE(this.comment);
      this.ACTION(() => {
        if (fields.comment !== undefined) this.onlyOnce('comment');
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

  private numberConfig(
    name: string,
    set: (fields: ObjectFields, value: number) => void,
    word: Parameters<TunnelNumber>[0],
  ): ParserMethod<[ObjectFields], void> {
    return this.production(name, (fields: ObjectFields) => {
      this.keyword(word);
      const value = this.SUBRULE(this.count);
      this.ACTION(() => set(fields, value));
    });
  }

  private tunnelNumber(
    word: Parameters<TunnelNumber>[0],
    key: 'id' | 'sourcePort' | 'destinationPort' | 'ttl' | 'tos',
  ): ParserMethod<[ObjectFields], void> {
    return this.numberConfig(
      `tunnel-${key}`,
      (fields, value) => Object.assign(tunnelOf(fields), { [key]: value }),
      word,
    );
  }

  private readonly tunnelId = this.tunnelNumber('id', 'id');
  private readonly tunnelSourcePort = this.tunnelNumber('sport', 'sourcePort');
  private readonly tunnelDestinationPort = this.tunnelNumber('dport', 'destinationPort');
  private readonly tunnelTtl = this.tunnelNumber('ttl', 'ttl');
  private readonly tunnelTos = this.tunnelNumber('tos', 'tos');

  private readonly tunnelAddress: ParserMethod<[ObjectFields], void> = this.production(
    'tunnelAddress',
    (fields: ObjectFields) => {
      const family = this.OR1<'ip' | 'ip6'>([
        { ALT: () => this.valued('ip', 'ip') },
        { ALT: () => this.valued('ip6', 'ip6') },
      ]);
      const end = this.OR2<'source' | 'destination'>([
        { ALT: () => this.valued('saddr', 'source') },
        { ALT: () => this.valued('daddr', 'destination') },
      ]);
      const address = this.SUBRULE(this.symbol);
      this.closeScope(family === 'ip6' ? 'ip6' : 'ip');
      this.ACTION(() => this.setTunnelAddress(fields, family, end, address));
    },
  );

  private setTunnelAddress(
    fields: ObjectFields,
    family: 'ip' | 'ip6',
    end: 'source' | 'destination',
    address: Expression,
  ): void {
    const tunnel = tunnelOf(fields);
    if (tunnel[end] !== undefined) this.onlyOnce(end === 'source' ? 'saddr' : 'daddr');
    tunnel.family = family;
    tunnel[end] = 'text' in address ? address.text : '';
  }

  /** A block inside `tunnel`: each setting ends with a separator. */
  private innerBlock(
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
              { ALT: () => this.SUBRULE1(this.separator) },
              {
                ALT: () => {
                  this.SUBRULE(config, { ARGS: [fields] });
                  this.SUBRULE2(this.separator);
                },
              },
            ]);
          });
        });
      } while (this.blockGoesOn(punctuation.closeBrace, []));
      this.CONSUME(punctuation.closeBrace);
    });
  }

  private readonly erspanConfig: ParserMethod<[ObjectFields], void> = this.production(
    'erspanConfig',
    (fields: ObjectFields) => {
      const setting = this.OR1<object>([
        { ALT: () => (this.keyword('version'), { version: this.SUBRULE1(this.count) }) },
        { ALT: () => (this.keyword('index'), { index: this.SUBRULE2(this.count) }) },
        { ALT: () => (this.keyword('id'), { hwid: this.SUBRULE3(this.count) }) },
        {
          ALT: () => {
            this.keyword('direction');
            return this.OR2<object>([
              { ALT: () => this.valued('ingress', { direction: 'ingress' }) },
              { ALT: () => this.valued('egress', { direction: 'egress' }) },
            ]);
          },
        },
      ]);
      this.ACTION(() => {
        const tunnel = tunnelOf(fields);
        tunnel.erspan = { version: 1, ...tunnel.erspan, ...setting };
      });
    },
  );

  private readonly vxlanConfig: ParserMethod<[ObjectFields], void> = this.production(
    'vxlanConfig',
    (fields: ObjectFields) => {
      this.keyword('gbp');
      const gbp = this.SUBRULE(this.count);
      this.ACTION(() => {
        tunnelOf(fields).vxlan = { gbp };
      });
    },
  );

  private readonly geneveConfig: ParserMethod<[ObjectFields], void> = this.production(
    'geneveConfig',
    (fields: ObjectFields) => {
      this.keyword('class');
      const optionClass = this.SUBRULE1(this.count);
      this.keyword('opt-type');
      const type = this.SUBRULE2(this.count);
      this.keyword('data');
      const data = this.SUBRULE(this.string);
      this.ACTION(() => {
        if (!/^0x(?:[0-9a-fA-F]{2})+$/.test(data.text)) {
          this.abandon('invalid-value', data.span, 'data is written as "0x" and pairs of digits');
        }
        const tunnel = tunnelOf(fields);
        const option = { class: optionClass, type, data: data.text };
        tunnel.geneve = [...(tunnel.geneve ?? []), option];
      });
    },
  );

  private readonly erspanBlock = this.innerBlock('erspanBlock', this.erspanConfig);
  private readonly vxlanBlock = this.innerBlock('vxlanBlock', this.vxlanConfig);
  private readonly geneveBlock = this.innerBlock('geneveBlock', this.geneveConfig);

  private readonly tunnelKind: ParserMethod<[ObjectFields], void> = this.production(
    'tunnelKind',
    (fields: ObjectFields) => {
      this.OR([
        {
          ALT: () => {
            this.keyword('erspan');
            this.ACTION(() => this.setTunnelKind(fields, 'erspan'));
            this.SUBRULE(this.erspanBlock, { ARGS: [fields] });
          },
        },
        {
          ALT: () => {
            this.keyword('vxlan');
            this.ACTION(() => this.setTunnelKind(fields, 'vxlan'));
            this.SUBRULE(this.vxlanBlock, { ARGS: [fields] });
          },
        },
        {
          ALT: () => {
            this.keyword('geneve');
            this.ACTION(() => this.setTunnelKind(fields, 'geneve'));
            this.SUBRULE(this.geneveBlock, { ARGS: [fields] });
          },
        },
      ]);
    },
  );

  private setTunnelKind(fields: ObjectFields, kind: 'erspan' | 'vxlan' | 'geneve'): void {
    const tunnel = tunnelOf(fields);
    const { erspan, vxlan, geneve } = tunnel;
    if (erspan !== undefined || vxlan !== undefined || geneve !== undefined) {
      this.abandon('duplicate-clause', this.lastSpan(), 'a tunnel has one kind');
    }
    if (kind === 'erspan') tunnel.erspan = { version: 1 };
    else if (kind === 'vxlan') tunnel.vxlan = { gbp: 0 };
    else tunnel.geneve = [];
  }

  private readonly tunnelConfig: ParserMethod<[ObjectFields], void> = this.production(
    'tunnelConfig',
    (fields: ObjectFields) => {
      this.OR([
        { ALT: () => this.SUBRULE(this.tunnelId, { ARGS: [fields] }) },
        { ALT: () => this.SUBRULE(this.tunnelAddress, { ARGS: [fields] }) },
        { ALT: () => this.SUBRULE(this.tunnelSourcePort, { ARGS: [fields] }) },
        { ALT: () => this.SUBRULE(this.tunnelDestinationPort, { ARGS: [fields] }) },
        { ALT: () => this.SUBRULE(this.tunnelTtl, { ARGS: [fields] }) },
        { ALT: () => this.SUBRULE(this.tunnelTos, { ARGS: [fields] }) },
        { ALT: () => this.SUBRULE(this.tunnelKind, { ARGS: [fields] }) },
      ]);
      this.SUBRULE(this.separator);
    },
  );

  protected readonly tunnelBlock = this.objectBlock('tunnelBlock', this.tunnelConfig);

  protected objectOf(
    type: ObjectDeclaration['type'],
    name: Name,
    fields: ObjectFields,
    start: ScannedToken,
    handle?: number,
  ): ObjectDeclaration {
    const base = {
      kind: 'object',
      name: name.text,
      ...(fields.comment === undefined ? {} : { comment: fields.comment }),
      ...(handle === undefined ? {} : { handle }),
      span: this.spanFrom(start),
    } as const;
    return { ...base, ...objectSettings(type, fields) };
  }
}

type TunnelNumber = (word: 'id' | 'sport' | 'dport' | 'ttl' | 'tos') => void;

function tunnelOf(fields: ObjectFields): Mutable<TunnelOptions> {
  fields.tunnel ??= {};
  return fields.tunnel;
}

type Settings = ObjectDeclaration extends infer Declaration
  ? Declaration extends ObjectDeclaration
    ? Omit<Declaration, 'kind' | 'name' | 'comment' | 'handle' | 'span'>
    : never
  : never;

function objectSettings(type: ObjectDeclaration['type'], fields: ObjectFields): Settings {
  const l3proto = fields.l3proto === undefined ? {} : { l3proto: fields.l3proto };
  const protocol = fields.protocol ?? '';
  switch (type) {
    case 'counter':
      return { type, packets: fields.packets ?? 0n, bytes: fields.bytes ?? 0n };
    case 'quota':
      return {
        type,
        over: fields.over ?? false,
        bytes: fields.bytes ?? 0n,
        usedBytes: fields.usedBytes ?? 0n,
      };
    case 'limit':
      return { type, ...(fields.limit ?? emptyLimit) };
    case 'ct helper':
      return { type, helper: fields.helper ?? '', protocol, ...l3proto };
    case 'ct timeout':
      return { type, protocol, ...l3proto, policy: fields.policy ?? [] };
    case 'ct expectation':
      return {
        type,
        protocol,
        dport: fields.dport ?? 0,
        timeout: fields.timeout ?? 0,
        size: fields.size ?? 0,
        ...l3proto,
      };
    case 'secmark':
      return { type, context: fields.context ?? '' };
    case 'synproxy':
      return {
        type,
        ...(fields.mss === undefined ? {} : { mss: fields.mss }),
        ...(fields.wscale === undefined ? {} : { wscale: fields.wscale }),
        flags: fields.flags ?? [],
      };
    case 'tunnel':
      return { type, tunnel: fields.tunnel ?? {} };
  }
}

const emptyLimit: LimitFields = { over: false, rate: 0n, unit: 'packets', per: 'second' };
