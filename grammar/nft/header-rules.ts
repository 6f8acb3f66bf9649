/** Protocol headers and their fields: `ether saddr`, `arp operation`, `ip option rr addr`. */

import type { ParserMethod } from 'chevrotain';
import type {
  Expression,
  IpOptionExpression,
  PayloadExpression,
  SymbolExpression,
} from '../../src/ast/nft/expressions.ts';
import type { ScannedToken } from './tokens.ts';
import { ValueRules } from './value-rules.ts';
import type { KeywordName, Scope } from './words.ts';

/** A header whose fields are single words. */
interface PlainHeader {
  readonly protocol: KeywordName;
  readonly scope: Scope;
  readonly fields: readonly KeywordName[];
}

const plainHeaders = {
  ether: { protocol: 'ether', scope: 'ether', fields: ['saddr', 'daddr', 'type'] },
  vlan: { protocol: 'vlan', scope: 'vlan', fields: ['id', 'cfi', 'dei', 'pcp', 'type'] },
  icmp: {
    protocol: 'icmp',
    scope: 'icmp',
    fields: ['type', 'code', 'checksum', 'id', 'sequence', 'gateway', 'mtu'],
  },
  igmp: { protocol: 'igmp', scope: 'igmp', fields: ['type', 'checksum', 'mrt', 'group'] },
  ip6: {
    protocol: 'ip6',
    scope: 'ip6',
    fields: [
      ...(['version', 'dscp', 'ecn', 'flowlabel', 'length', 'nexthdr', 'hoplimit'] as const),
      ...(['saddr', 'daddr'] as const),
    ],
  },
  icmpv6: {
    protocol: 'icmpv6',
    scope: 'icmp',
    fields: [
      ...(['type', 'code', 'checksum', 'param-problem', 'mtu', 'id', 'sequence'] as const),
      ...(['max-delay', 'taddr', 'daddr'] as const),
    ],
  },
  ah: {
    protocol: 'ah',
    scope: 'ah',
    fields: ['nexthdr', 'hdrlength', 'reserved', 'spi', 'sequence'],
  },
  esp: { protocol: 'esp', scope: 'esp', fields: ['spi', 'sequence'] },
  comp: { protocol: 'comp', scope: 'comp', fields: ['nexthdr', 'flags', 'cpi'] },
  udp: { protocol: 'udp', scope: 'udp', fields: ['sport', 'dport', 'length', 'checksum'] },
  udplite: {
    protocol: 'udplite',
    scope: 'udplite',
    fields: ['sport', 'dport', 'csumcov', 'checksum'],
  },
  th: { protocol: 'th', scope: 'th', fields: ['sport', 'dport'] },
} as const satisfies Record<string, PlainHeader>;

type HeaderMethod = ParserMethod<[(boolean | undefined)?], Expression>;

export abstract class HeaderRules extends ValueRules {
  protected readonly etherHeader = this.plainHeader('ether', plainHeaders.ether);

  protected readonly vlanHeader = this.plainHeader('vlan', plainHeaders.vlan);

  protected readonly icmpHeader = this.plainHeader('icmp', plainHeaders.icmp);

  protected readonly igmpHeader = this.plainHeader('igmp', plainHeaders.igmp);

  protected readonly ip6Header = this.plainHeader('ip6', plainHeaders.ip6);

  protected readonly icmpv6Header = this.plainHeader('icmpv6', plainHeaders.icmpv6);

  protected readonly ahHeader = this.plainHeader('ah', plainHeaders.ah);

  protected readonly espHeader = this.plainHeader('esp', plainHeaders.esp);

  protected readonly compHeader = this.plainHeader('comp', plainHeaders.comp);

  protected readonly udpHeader = this.plainHeader('udp', plainHeaders.udp);

  protected readonly udpliteHeader = this.plainHeader('udplite', plainHeaders.udplite);

  protected readonly thHeader = this.plainHeader('th', plainHeaders.th);

  /** `NAME FIELD`; where a bare name may stand too, the rule gets `true`. */
  protected plainHeader(name: string, header: PlainHeader): HeaderMethod {
    const field = this.wordRule(`${name}Field`, header.fields);
    return this.production(`${name}Header`, (bareAllowed?: boolean) => {
      const start = this.LA(1);
      this.keyword(header.protocol);
      const bare = this.bareSymbol();
      const found = this.OPTION(() => this.SUBRULE(field));
      this.ACTION(() => {
        if (found === undefined && bareAllowed !== true) this.unexpectedField(header.fields);
        if (found === 'type') this.closeScope('type');
      });
      this.closeScope(header.scope);
      return found === undefined ? bare : this.payload(start, header.protocol, found);
    });
  }

  protected unexpectedField(fields: readonly KeywordName[]): never {
    return this.unexpected(fields.map((field) => this.typeOf(field)));
  }

  protected payload(start: ScannedToken, protocol: string, field: string): PayloadExpression {
    return { kind: 'payload', protocol, field, span: this.spanFrom(start) };
  }

  /** The keyword just read as a value, e.g. `ip` in `meta protocol ip`. */
  protected bareSymbol(): SymbolExpression {
    return { kind: 'symbol', text: this.LA(0).image, span: this.lastSpan() };
  }

  protected readonly arpField: ParserMethod<[], string> = this.production('arpField', () =>
    this.OR([
      { ALT: () => this.keyword('htype').image },
      { ALT: () => this.keyword('ptype').image },
      { ALT: () => this.keyword('hlen').image },
      { ALT: () => this.keyword('plen').image },
      { ALT: () => this.keyword('operation').image },
      { ALT: () => `${this.keyword('saddr').image} ${this.SUBRULE1(this.arpAddress)}` },
      { ALT: () => `${this.keyword('daddr').image} ${this.SUBRULE2(this.arpAddress)}` },
    ]),
  );

  /** `ether` or `ip` of `arp saddr ether` */
  protected readonly arpAddress: ParserMethod<[], string> = this.production('arpAddress', () =>
    this.OR<string>([
      { ALT: () => this.scoped('ether', 'ether', 'ether') },
      { ALT: () => this.scoped('ip', 'ip', 'ip') },
    ]),
  );

  /** `arp htype`, `arp saddr ip` */
  protected readonly arpHeader: HeaderMethod = this.production(
    'arpHeader',
    (bareAllowed?: boolean) => {
      const start = this.LA(1);
      this.keyword('arp');
      const bare = this.bareSymbol();
      const field = this.OPTION(() => this.SUBRULE(this.arpField));
      this.ACTION(() => {
        if (field === undefined && bareAllowed !== true) {
          this.unexpectedField(['htype', 'ptype', 'hlen', 'plen', 'operation', 'saddr', 'daddr']);
        }
      });
      this.closeScope('arp');
      return field === undefined ? bare : this.payload(start, 'arp', field);
    },
  );

  protected readonly ipField = this.wordRule('ipField', [
    ...(['version', 'hdrlength', 'dscp', 'ecn', 'length', 'id', 'frag-off', 'ttl'] as const),
    ...(['protocol', 'checksum', 'saddr', 'daddr'] as const),
  ]);

  protected readonly ipOptionType = this.wordRule('ipOptionType', ['lsrr', 'rr', 'ssrr', 'ra']);

  protected readonly ipOptionField = this.wordRule('ipOptionField', [
    'type',
    'length',
    'value',
    'ptr',
    'addr',
  ]);

  /** `option rr ptr` after `ip` */
  protected readonly ipOption: ParserMethod<[ScannedToken], IpOptionExpression> = this.production(
    'ipOption',
    (start: ScannedToken) => {
      this.keyword('option');
      const option = this.SUBRULE(this.ipOptionType);
      const field = this.OPTION(() => this.SUBRULE(this.ipOptionField));
      this.ACTION(() => {
        if (field === 'type') this.closeScope('type');
      });
      const span = this.spanFrom(start);
      return field === undefined
        ? { kind: 'ip-option', option, span }
        : { kind: 'ip-option', option, field, span };
    },
  );

  /** `ip saddr`, `ip option rr addr` */
  protected readonly ipHeader: HeaderMethod = this.production(
    'ipHeader',
    (bareAllowed?: boolean) => {
      const start = this.LA(1);
      this.keyword('ip');
      const bare = this.bareSymbol();
      const found = this.OPTION(() =>
        this.OR<Expression>([
          { ALT: () => this.payload(start, 'ip', this.SUBRULE(this.ipField)) },
          { ALT: () => this.SUBRULE(this.ipOption, { ARGS: [start] }) },
        ]),
      );
      this.ACTION(() => {
        if (found === undefined && bareAllowed !== true) {
          this.unexpectedField(['saddr', 'daddr', 'protocol', 'length', 'ttl', 'dscp', 'option']);
        }
      });
      this.closeScope('ip');
      return found ?? bare;
    },
  );
}
