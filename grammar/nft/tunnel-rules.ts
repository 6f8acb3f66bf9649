/** The tunnel object, and what becomes of the settings of an object. */

import type { ParserMethod } from 'chevrotain';
import type { Expression } from '../../src/ast/nft/expressions.ts';
import type { ObjectDeclaration } from '../../src/ast/nft/ruleset.ts';
import { type ObjectFields, objectSettings, tunnelOf } from './object-fields.ts';
import { ObjectRules } from './object-rules.ts';
import { punctuation, type ScannedToken } from './tokens.ts';
import type { Name } from './value-rules.ts';

type TunnelNumber = (word: 'id' | 'sport' | 'dport' | 'ttl' | 'tos') => void;

export abstract class TunnelRules extends ObjectRules {
  protected numberConfig(
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

  protected tunnelNumber(
    word: Parameters<TunnelNumber>[0],
    key: 'id' | 'sourcePort' | 'destinationPort' | 'ttl' | 'tos',
  ): ParserMethod<[ObjectFields], void> {
    return this.numberConfig(
      `tunnel-${key}`,
      (fields, value) => Object.assign(tunnelOf(fields), { [key]: value }),
      word,
    );
  }

  protected readonly tunnelId = this.tunnelNumber('id', 'id');

  protected readonly tunnelSourcePort = this.tunnelNumber('sport', 'sourcePort');

  protected readonly tunnelDestinationPort = this.tunnelNumber('dport', 'destinationPort');

  protected readonly tunnelTtl = this.tunnelNumber('ttl', 'ttl');

  protected readonly tunnelTos = this.tunnelNumber('tos', 'tos');

  protected readonly tunnelAddress: ParserMethod<[ObjectFields], void> = this.production(
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

  protected setTunnelAddress(
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
  protected innerBlock(
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

  protected readonly erspanConfig: ParserMethod<[ObjectFields], void> = this.production(
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

  protected readonly vxlanConfig: ParserMethod<[ObjectFields], void> = this.production(
    'vxlanConfig',
    (fields: ObjectFields) => {
      this.keyword('gbp');
      const gbp = this.SUBRULE(this.count);
      this.ACTION(() => {
        tunnelOf(fields).vxlan = { gbp };
      });
    },
  );

  protected readonly geneveConfig: ParserMethod<[ObjectFields], void> = this.production(
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

  protected readonly erspanBlock = this.innerBlock('erspanBlock', this.erspanConfig);

  protected readonly vxlanBlock = this.innerBlock('vxlanBlock', this.vxlanConfig);

  protected readonly geneveBlock = this.innerBlock('geneveBlock', this.geneveConfig);

  protected readonly tunnelKind: ParserMethod<[ObjectFields], void> = this.production(
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

  protected setTunnelKind(fields: ObjectFields, kind: 'erspan' | 'vxlan' | 'geneve'): void {
    const tunnel = tunnelOf(fields);
    const { erspan, vxlan, geneve } = tunnel;
    if (erspan !== undefined || vxlan !== undefined || geneve !== undefined) {
      this.abandon('duplicate-clause', this.lastSpan(), 'a tunnel has one kind');
    }
    if (kind === 'erspan') tunnel.erspan = { version: 1 };
    else if (kind === 'vxlan') tunnel.vxlan = { gbp: 0 };
    else tunnel.geneve = [];
  }

  protected readonly tunnelConfig: ParserMethod<[ObjectFields], void> = this.production(
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
