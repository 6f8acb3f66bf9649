/** Headers inside tunnels, and IPv6 extension headers: `vxlan ip saddr`, `srh sid[1]`. */

import type { ParserMethod } from 'chevrotain';
import type { Expression, ExthdrExpression } from '../../src/ast/nft/expressions.ts';
import { punctuation, type ScannedToken } from './tokens.ts';
import { TransportRules } from './transport-rules.ts';
import type { KeywordName, Scope } from './words.ts';

export abstract class TunnelHeaderRules extends TransportRules {
  /** Headers that may stand inside `gre`. */
  protected readonly innerNetwork: ParserMethod<[], Expression> = this.production(
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
  protected readonly innerFrame: ParserMethod<[], Expression> = this.production('innerFrame', () =>
    this.OR<Expression>([
      { ALT: () => this.SUBRULE(this.etherHeader) },
      { ALT: () => this.SUBRULE(this.vlanHeader) },
      { ALT: () => this.SUBRULE(this.arpHeader) },
      { ALT: () => this.SUBRULE(this.innerNetwork) },
    ]),
  );

  protected inTunnel(start: ScannedToken, tunnel: string, inner: Expression): Expression {
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

  protected readonly greField = this.wordRule('greField', ['version', 'flags', 'protocol']);

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

  /** `[1]` after `rt0 addr` and `srh sid` */
  protected readonly headerIndex: ParserMethod<[], number> = this.production('headerIndex', () => {
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

  protected plainExtension(
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
