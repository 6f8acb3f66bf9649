/** Protocol headers and their fields: `ip saddr`, `tcp option maxseg size`, `vxlan ip saddr`, `@th,16,16`. */

import type { IToken, ParserMethod } from 'chevrotain';
import type {
  DccpOptionExpression,
  Expression,
  ExthdrExpression,
  IpOptionExpression,
  PayloadBase,
  PayloadExpression,
  RawPayloadExpression,
  SctpChunkExpression,
  SymbolExpression,
  TcpOptionExpression,
} from '../../src/ast/nft/expressions.ts';
import { tcpOptions } from '../../src/fields/options.ts';
import { labelOf, number, punctuation, type ScannedToken, word } from './tokens.ts';
import { ValueRules } from './value-rules.ts';
import type { KeywordName, Scope } from './words.ts';

/** NFT_MAX_EXPR_LEN_BITS. */
const longestRawPayload = 64 * 8;

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
  private plainHeader(name: string, header: PlainHeader): HeaderMethod {
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

  private readonly arpField: ParserMethod<[], string> = this.production('arpField', () =>
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
  private readonly arpAddress: ParserMethod<[], string> = this.production('arpAddress', () =>
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

  private readonly ipField = this.wordRule('ipField', [
    ...(['version', 'hdrlength', 'dscp', 'ecn', 'length', 'id', 'frag-off', 'ttl'] as const),
    ...(['protocol', 'checksum', 'saddr', 'daddr'] as const),
  ]);

  private readonly ipOptionType = this.wordRule('ipOptionType', ['lsrr', 'rr', 'ssrr', 'ra']);
  private readonly ipOptionField = this.wordRule('ipOptionField', [
    'type',
    'length',
    'value',
    'ptr',
    'addr',
  ]);

  /** `option rr ptr` after `ip` */
  private readonly ipOption: ParserMethod<[ScannedToken], IpOptionExpression> = this.production(
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

  private readonly tcpField = this.wordRule('tcpField', [
    ...(['sport', 'dport', 'sequence', 'ackseq', 'doff', 'reserved', 'flags', 'window'] as const),
    ...(['checksum', 'urgptr'] as const),
  ]);

  private readonly tcpOptionName = this.wordRule('tcpOptionName', [
    ...(['echo', 'eol', 'fastopen', 'md5sig', 'mptcp', 'maxseg', 'nop', 'sack-perm'] as const),
    ...(['timestamp', 'window', 'sack', 'sack0', 'sack1', 'sack2', 'sack3'] as const),
  ]);

  /** A kind of option: a name, or a number up to 255. */
  protected readonly tcpOptionType: ParserMethod<[], string> = this.production(
    'tcpOptionType',
    () =>
      this.OR([
        { ALT: () => this.SUBRULE(this.tcpOptionName) },
        { ALT: () => this.smallNumber(this.CONSUME(number)) },
      ]),
  );

  private smallNumber(token: IToken): string {
    this.ACTION(() => {
      if (Number(token.image) > 255) {
        this.abandon('invalid-value', this.lastSpan(), 'a tcp option is a number up to 255');
      }
    });
    return token.image;
  }

  private readonly tcpOptionField = this.wordRule('tcpOptionField', [
    ...(['size', 'left', 'right', 'count', 'tsval', 'tsecr', 'subtype', 'length'] as const),
  ]);

  /** `option maxseg size`, `option @34,8,8` after `tcp` */
  private readonly tcpOption: ParserMethod<[ScannedToken], TcpOptionExpression> = this.production(
    'tcpOption',
    (start: ScannedToken) => {
      this.keyword('option');
      return this.OR([
        { ALT: () => this.SUBRULE(this.namedTcpOption, { ARGS: [start] }) },
        { ALT: () => this.SUBRULE(this.rawTcpOption, { ARGS: [start] }) },
      ]);
    },
  );

  private readonly namedTcpOption: ParserMethod<[ScannedToken], TcpOptionExpression> =
    this.production('namedTcpOption', (start: ScannedToken) => {
      const written = this.SUBRULE(this.tcpOptionType);
      const field = this.OPTION({
        GATE: () => this.tcpOptionHasField(written),
        DEF: () => this.SUBRULE(this.tcpOptionField),
      });
      const option = written === 'sack0' ? 'sack' : written;
      const span = this.spanFrom(start);
      return field === undefined
        ? { kind: 'tcp-option', option, span }
        : { kind: 'tcp-option', option, field, span };
    });

  /** Which field words an option takes is part of the grammar. */
  private tcpOptionHasField(option: string): boolean {
    const field = labelOf(this.LA(1).tokenType);
    if (field === 'length') return true;
    const row = tcpOptions.find(({ name }) => name === (option === 'sack0' ? 'sack' : option));
    return row?.fields.some(({ name }) => name === field) ?? false;
  }

  private readonly rawTcpOption: ParserMethod<[ScannedToken], TcpOptionExpression> =
    this.production('rawTcpOption', (start: ScannedToken) => {
      this.CONSUME(punctuation.at);
      this.closeScope('at');
      const option = this.SUBRULE(this.tcpOptionType);
      this.CONSUME1(punctuation.comma);
      const offset = this.SUBRULE(this.count);
      this.CONSUME2(punctuation.comma);
      const bits = this.SUBRULE(this.rawLength);
      const type = this.ACTION(() => tcpOptionNumber(option));
      return {
        kind: 'tcp-option',
        option,
        raw: { type, offset, bits },
        span: this.spanFrom(start),
      };
    });

  /** `tcp dport`, `tcp option sack left` */
  protected readonly tcpHeader: ParserMethod<[], Expression> = this.production('tcpHeader', () => {
    const start = this.LA(1);
    this.keyword('tcp');
    const found = this.OR<Expression>([
      { ALT: () => this.payload(start, 'tcp', this.SUBRULE(this.tcpField)) },
      { ALT: () => this.SUBRULE(this.tcpOption, { ARGS: [start] }) },
    ]);
    this.closeScope('tcp');
    return found;
  });

  /** `dccp sport`, `dccp type`, `dccp option 43` */
  protected readonly dccpHeader: ParserMethod<[], PayloadExpression | DccpOptionExpression> =
    this.production('dccpHeader', () => {
      const start = this.LA(1);
      this.keyword('dccp');
      const found = this.OR<PayloadExpression | DccpOptionExpression>([
        { ALT: () => this.payload(start, 'dccp', this.keyword('sport').image) },
        { ALT: () => this.payload(start, 'dccp', this.keyword('dport').image) },
        { ALT: () => this.payload(start, 'dccp', this.typeField()) },
        { ALT: () => this.dccpOption(start) },
      ]);
      this.closeScope('dccp');
      return found;
    });

  private typeField(): string {
    this.keyword('type');
    this.closeScope('type');
    return 'type';
  }

  private dccpOption(start: ScannedToken): DccpOptionExpression {
    this.keyword('option');
    const type = this.SUBRULE(this.count);
    const span = this.spanFrom(start);
    this.ACTION(() => {
      if (type > 255) this.abandon('invalid-value', span, 'a dccp option is a number up to 255');
    });
    return { kind: 'dccp-option', type, span };
  }

  private readonly chunkName = this.wordRule('chunkName', [
    ...(['data', 'init', 'init-ack', 'sack', 'heartbeat', 'heartbeat-ack', 'abort'] as const),
    ...(['shutdown', 'shutdown-ack', 'error', 'cookie-echo', 'cookie-ack', 'ecne', 'cwr'] as const),
    ...(['shutdown-complete', 'asconf-ack', 'forward-tsn', 'asconf'] as const),
  ]);

  private readonly chunkField = this.wordRule('chunkField', [
    ...(['type', 'flags', 'length', 'tsn', 'stream', 'ssn', 'ppid', 'init-tag', 'a-rwnd'] as const),
    ...(['num-outbound-streams', 'num-inbound-streams', 'initial-tsn', 'cum-tsn-ack'] as const),
    ...(['num-gap-ack-blocks', 'num-dup-tsns', 'lowest-tsn', 'seqno', 'new-cum-tsn'] as const),
  ]);

  /** `chunk init num-inbound-streams` after `sctp` */
  private readonly sctpChunk: ParserMethod<[ScannedToken], SctpChunkExpression> = this.production(
    'sctpChunk',
    (start: ScannedToken) => {
      this.keyword('chunk');
      const chunk = this.SUBRULE(this.chunkName);
      const field = this.OPTION({
        GATE: () => chunkTakes(chunk, labelOf(this.LA(1).tokenType)),
        DEF: () => this.SUBRULE(this.chunkField),
      });
      this.ACTION(() => {
        if (field === 'type') this.closeScope('type');
      });
      this.closeScope('chunk');
      const span = this.spanFrom(start);
      return field === undefined
        ? { kind: 'sctp-chunk', chunk, span }
        : { kind: 'sctp-chunk', chunk, field, span };
    },
  );

  private readonly sctpField = this.wordRule('sctpField', ['sport', 'dport', 'vtag', 'checksum']);

  /** `sctp dport`, `sctp chunk data tsn` */
  protected readonly sctpHeader: ParserMethod<[], Expression> = this.production(
    'sctpHeader',
    () => {
      const start = this.LA(1);
      this.keyword('sctp');
      const found = this.OR<Expression>([
        { ALT: () => this.payload(start, 'sctp', this.SUBRULE(this.sctpField)) },
        { ALT: () => this.SUBRULE(this.sctpChunk, { ARGS: [start] }) },
      ]);
      this.closeScope('sctp');
      return found;
    },
  );

  /** Headers that may stand inside `gre`. */
  private readonly innerNetwork: ParserMethod<[], Expression> = this.production(
    'innerNetwork',
    () =>
      this.OR<Expression>([
        { ALT: () => this.SUBRULE(this.ipHeader) },
        { ALT: () => this.SUBRULE(this.icmpHeader) },
        { ALT: () => this.SUBRULE(this.igmpHeader) },
        { ALT: () => this.SUBRULE(this.ip6Header) },
        { ALT: () => this.SUBRULE(this.icmpv6Header) },
        { ALT: () => this.SUBRULE(this.ahHeader) },
        { ALT: () => this.SUBRULE(this.espHeader) },
        { ALT: () => this.SUBRULE(this.compHeader) },
        { ALT: () => this.SUBRULE(this.udpHeader) },
        { ALT: () => this.SUBRULE(this.udpliteHeader) },
        { ALT: () => this.SUBRULE(this.tcpHeader) },
        { ALT: () => this.SUBRULE(this.dccpHeader) },
        { ALT: () => this.SUBRULE(this.sctpHeader) },
        { ALT: () => this.SUBRULE(this.thHeader) },
      ]),
  );

  /** Headers that may stand inside `vxlan`, `geneve` and `gretap`. */
  private readonly innerFrame: ParserMethod<[], Expression> = this.production('innerFrame', () =>
    this.OR<Expression>([
      { ALT: () => this.SUBRULE(this.etherHeader) },
      { ALT: () => this.SUBRULE(this.vlanHeader) },
      { ALT: () => this.SUBRULE(this.arpHeader) },
      { ALT: () => this.SUBRULE(this.innerNetwork) },
    ]),
  );

  private inTunnel(start: ScannedToken, tunnel: string, inner: Expression): Expression {
    const span = this.spanFrom(start);
    if (inner.kind === 'payload' || inner.kind === 'raw-payload') return { ...inner, tunnel, span };
    return { ...inner, span };
  }

  /** `vxlan vni`, `vxlan ip saddr` */
  protected readonly vxlanHeader: ParserMethod<[], Expression> = this.production(
    'vxlanHeader',
    () => {
      const start = this.LA(1);
      this.keyword('vxlan');
      return this.OR<Expression>([
        { ALT: () => this.payload(start, 'vxlan', this.keyword('vni').image) },
        { ALT: () => this.payload(start, 'vxlan', this.keyword('flags').image) },
        { ALT: () => this.inTunnel(start, 'vxlan', this.SUBRULE(this.innerFrame)) },
      ]);
    },
  );

  /** `geneve vni`, `geneve tcp dport` */
  protected readonly geneveHeader: ParserMethod<[], Expression> = this.production(
    'geneveHeader',
    () => {
      const start = this.LA(1);
      this.keyword('geneve');
      return this.OR<Expression>([
        { ALT: () => this.payload(start, 'geneve', this.keyword('vni').image) },
        // The scope of `type` stays open here, as in nft 1.1.7.
        { ALT: () => this.payload(start, 'geneve', this.keyword('type').image) },
        { ALT: () => this.inTunnel(start, 'geneve', this.SUBRULE(this.innerFrame)) },
      ]);
    },
  );

  private readonly greField = this.wordRule('greField', ['version', 'flags', 'protocol']);

  /** `gre protocol`, `gre ip saddr` */
  protected readonly greHeader: ParserMethod<[], Expression> = this.production('greHeader', () => {
    const start = this.LA(1);
    this.keyword('gre');
    this.ACTION(() => this.LA(1));
    this.closeScope('gre');
    return this.OR<Expression>([
      { ALT: () => this.payload(start, 'gre', this.SUBRULE(this.greField)) },
      { ALT: () => this.inTunnel(start, 'gre', this.SUBRULE(this.innerNetwork)) },
    ]);
  });

  /** `gretap ip saddr` */
  protected readonly gretapHeader: ParserMethod<[], Expression> = this.production(
    'gretapHeader',
    () => {
      const start = this.LA(1);
      this.keyword('gretap');
      this.closeScope('gre');
      return this.inTunnel(start, 'gretap', this.SUBRULE(this.innerFrame));
    },
  );

  private readonly rawBase: ParserMethod<[], PayloadBase> = this.production('rawBase', () =>
    this.OR<PayloadBase>([
      { ALT: () => this.valued('ll', 'link') },
      { ALT: () => this.valued('nh', 'network') },
      { ALT: () => this.scoped('th', 'th', 'transport') },
      { ALT: () => this.innerBase(this.CONSUME(word)) },
    ]),
  );

  private innerBase(token: IToken): PayloadBase {
    this.ACTION(() => {
      if (token.image === 'ih') return;
      this.abandon('invalid-value', this.lastSpan(), 'a raw payload starts at ll, nh, th or ih');
    });
    return 'inner';
  }

  /** The length of a raw payload in bits. */
  private readonly rawLength: ParserMethod<[], number> = this.production('rawLength', () => {
    const bits = this.SUBRULE(this.count);
    this.ACTION(() => {
      if (bits > 0 && bits <= longestRawPayload) return;
      const message = `a raw payload is 1 to ${longestRawPayload} bits long`;
      this.abandon('invalid-value', this.lastSpan(), message);
    });
    return bits;
  });

  /** `@nh,96,32` without the `@` */
  protected readonly rawPayload: ParserMethod<[ScannedToken], RawPayloadExpression> =
    this.production('rawPayload', (start: ScannedToken) => {
      const base = this.SUBRULE(this.rawBase);
      this.CONSUME1(punctuation.comma);
      const offset = this.SUBRULE(this.count);
      this.CONSUME2(punctuation.comma);
      const bits = this.SUBRULE(this.rawLength);
      this.closeScope('at');
      return { kind: 'raw-payload', base, offset, bits, span: this.spanFrom(start) };
    });

  /** `[1]` after `rt0 addr` and `srh sid` */
  private readonly headerIndex: ParserMethod<[], number> = this.production('headerIndex', () => {
    this.CONSUME(punctuation.openBracket);
    const index = this.SUBRULE(this.count);
    this.CONSUME(punctuation.closeBracket);
    return index;
  });

  protected exthdr(
    start: ScannedToken,
    header: string,
    field: string,
    index?: number,
  ): ExthdrExpression {
    const span = this.spanFrom(start);
    return index === undefined
      ? { kind: 'exthdr', header, field, span }
      : { kind: 'exthdr', header, field, index, span };
  }

  private plainExtension(
    header: KeywordName,
    scope: Scope,
    fields: readonly KeywordName[],
  ): ParserMethod<[], Expression> {
    const field = this.wordRule(`${header}Field`, fields);
    return this.production(`${header}Header`, () => {
      const start = this.LA(1);
      this.keyword(header);
      const found = this.SUBRULE(field);
      this.ACTION(() => {
        if (found === 'type') this.closeScope('type');
      });
      this.closeScope(scope);
      return this.exthdr(start, header, found);
    });
  }

  protected readonly hbhHeader = this.plainExtension('hbh', 'hbh', ['nexthdr', 'hdrlength']);
  protected readonly dstHeader = this.plainExtension('dst', 'dst', ['nexthdr', 'hdrlength']);
  protected readonly mhHeader = this.plainExtension('mh', 'mh', [
    ...(['nexthdr', 'hdrlength', 'type', 'reserved', 'checksum'] as const),
  ]);
  protected readonly fragHeader = this.plainExtension('frag', 'frag', [
    ...(['nexthdr', 'reserved', 'frag-off', 'reserved2', 'more-fragments', 'id'] as const),
  ]);
  protected readonly rt2Header = this.plainExtension('rt2', 'rt', ['addr']);

  /** `rt0 addr[1]` */
  protected readonly rt0Header: ParserMethod<[], Expression> = this.production('rt0Header', () => {
    const start = this.LA(1);
    this.keyword('rt0');
    this.keyword('addr');
    const index = this.SUBRULE(this.headerIndex);
    this.closeScope('rt');
    return this.exthdr(start, 'rt0', 'addr', index);
  });

  /** `srh tag`, `srh sid[1]` */
  protected readonly srhHeader: ParserMethod<[], Expression> = this.production('srhHeader', () => {
    const start = this.LA(1);
    this.keyword('srh');
    const found = this.OR([
      { ALT: () => this.exthdr(start, 'srh', this.keyword('last-entry').image) },
      { ALT: () => this.exthdr(start, 'srh', this.keyword('flags').image) },
      { ALT: () => this.exthdr(start, 'srh', this.keyword('tag').image) },
      {
        ALT: () => {
          this.keyword('sid');
          return this.exthdr(start, 'srh', 'sid', this.SUBRULE(this.headerIndex));
        },
      },
    ]);
    this.closeScope('rt');
    return found;
  });

  /** `exthdr hbh`: is the header there? */
  protected readonly exthdrExists: ParserMethod<[], Expression> = this.production(
    'exthdrExists',
    () => {
      const start = this.LA(1);
      this.keyword('exthdr');
      const header = this.OR<string>([
        { ALT: () => this.scoped('hbh', 'hbh', 'hbh') },
        { ALT: () => this.scoped('rt', 'rt', 'rt') },
        { ALT: () => this.scoped('frag', 'frag', 'frag') },
        { ALT: () => this.scoped('dst', 'dst', 'dst') },
        { ALT: () => this.scoped('mh', 'mh', 'mh') },
      ]);
      return { kind: 'exthdr', header, span: this.spanFrom(start) };
    },
  );
}

function tcpOptionNumber(option: string): number {
  if (/^\d/.test(option)) return Number(option);
  return tcpOptions.find(({ name }) => name === (option === 'sack0' ? 'sack' : option))?.type ?? 0;
}

const commonChunkFields: readonly string[] = ['type', 'flags', 'length'];
const initFields: readonly string[] = [
  ...['init-tag', 'a-rwnd', 'num-outbound-streams', 'num-inbound-streams', 'initial-tsn'],
];
const chunkFields: Readonly<Record<string, readonly string[]>> = {
  data: ['tsn', 'stream', 'ssn', 'ppid'],
  init: initFields,
  'init-ack': initFields,
  sack: ['cum-tsn-ack', 'a-rwnd', 'num-gap-ack-blocks', 'num-dup-tsns'],
  shutdown: ['cum-tsn-ack'],
  ecne: ['lowest-tsn'],
  cwr: ['lowest-tsn'],
  'asconf-ack': ['seqno'],
  'forward-tsn': ['new-cum-tsn'],
  asconf: ['seqno'],
};

function chunkTakes(chunk: string, field: string): boolean {
  return commonChunkFields.includes(field) || (chunkFields[chunk]?.includes(field) ?? false);
}
