/** Headers with options and chunks, and raw payload: `tcp option maxseg size`, `sctp chunk init`, `@th,16,16`. */

import type { IToken, ParserMethod } from 'chevrotain';
import type {
  DccpOptionExpression,
  Expression,
  PayloadBase,
  PayloadExpression,
  RawPayloadExpression,
  SctpChunkExpression,
  TcpOptionExpression,
} from '../../src/ast/nft/expressions.ts';
import { tcpOptions } from '../../src/fields/options.ts';
import { HeaderRules } from './header-rules.ts';
import { labelOf, number, punctuation, type ScannedToken, word } from './tokens.ts';

/** NFT_MAX_EXPR_LEN_BITS. */
const longestRawPayload = 64 * 8;

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

export abstract class TransportRules extends HeaderRules {
  protected readonly tcpField = this.wordRule('tcpField', [
    ...(['sport', 'dport', 'sequence', 'ackseq', 'doff', 'reserved', 'flags', 'window'] as const),
    ...(['checksum', 'urgptr'] as const),
  ]);

  protected readonly tcpOptionName = this.wordRule('tcpOptionName', [
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

  protected smallNumber(token: IToken): string {
    this.ACTION(() => {
      if (Number(token.image) > 255) {
        this.abandon('invalid-value', this.lastSpan(), 'a tcp option is a number up to 255');
      }
    });
    return token.image;
  }

  protected readonly tcpOptionField = this.wordRule('tcpOptionField', [
    ...(['size', 'left', 'right', 'count', 'tsval', 'tsecr', 'subtype', 'length'] as const),
  ]);

  /** `option maxseg size`, `option @34,8,8` after `tcp` */
  protected readonly tcpOption: ParserMethod<[ScannedToken], TcpOptionExpression> = this.production(
    'tcpOption',
    (start: ScannedToken) => {
      this.keyword('option');
      return this.OR([
        { ALT: () => this.SUBRULE(this.namedTcpOption, { ARGS: [start] }) },
        { ALT: () => this.SUBRULE(this.rawTcpOption, { ARGS: [start] }) },
      ]);
    },
  );

  protected readonly namedTcpOption: ParserMethod<[ScannedToken], TcpOptionExpression> =
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
  protected tcpOptionHasField(option: string): boolean {
    const field = labelOf(this.LA(1).tokenType);
    if (field === 'length') return true;
    const row = tcpOptions.find(({ name }) => name === (option === 'sack0' ? 'sack' : option));
    return row?.fields.some(({ name }) => name === field) ?? false;
  }

  protected readonly rawTcpOption: ParserMethod<[ScannedToken], TcpOptionExpression> =
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

  protected typeField(): string {
    this.keyword('type');
    this.closeScope('type');
    return 'type';
  }

  protected dccpOption(start: ScannedToken): DccpOptionExpression {
    this.keyword('option');
    const type = this.SUBRULE(this.count);
    const span = this.spanFrom(start);
    this.ACTION(() => {
      if (type > 255) this.abandon('invalid-value', span, 'a dccp option is a number up to 255');
    });
    return { kind: 'dccp-option', type, span };
  }

  protected readonly chunkName = this.wordRule('chunkName', [
    ...(['data', 'init', 'init-ack', 'sack', 'heartbeat', 'heartbeat-ack', 'abort'] as const),
    ...(['shutdown', 'shutdown-ack', 'error', 'cookie-echo', 'cookie-ack', 'ecne', 'cwr'] as const),
    ...(['shutdown-complete', 'asconf-ack', 'forward-tsn', 'asconf'] as const),
  ]);

  protected readonly chunkField = this.wordRule('chunkField', [
    ...(['type', 'flags', 'length', 'tsn', 'stream', 'ssn', 'ppid', 'init-tag', 'a-rwnd'] as const),
    ...(['num-outbound-streams', 'num-inbound-streams', 'initial-tsn', 'cum-tsn-ack'] as const),
    ...(['num-gap-ack-blocks', 'num-dup-tsns', 'lowest-tsn', 'seqno', 'new-cum-tsn'] as const),
  ]);

  /** `chunk init num-inbound-streams` after `sctp` */
  protected readonly sctpChunk: ParserMethod<[ScannedToken], SctpChunkExpression> = this.production(
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

  protected readonly sctpField = this.wordRule('sctpField', ['sport', 'dport', 'vtag', 'checksum']);

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

  protected readonly rawBase: ParserMethod<[], PayloadBase> = this.production('rawBase', () =>
    this.OR<PayloadBase>([
      { ALT: () => this.valued('ll', 'link') },
      { ALT: () => this.valued('nh', 'network') },
      { ALT: () => this.scoped('th', 'th', 'transport') },
      { ALT: () => this.innerBase(this.CONSUME(word)) },
    ]),
  );

  protected innerBase(token: IToken): PayloadBase {
    this.ACTION(() => {
      if (token.image === 'ih') return;
      this.abandon('invalid-value', this.lastSpan(), 'a raw payload starts at ll, nh, th or ih');
    });
    return 'inner';
  }

  /** The length of a raw payload in bits. */
  protected readonly rawLength: ParserMethod<[], number> = this.production('rawLength', () => {
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
}

function tcpOptionNumber(option: string): number {
  if (/^\d/.test(option)) return Number(option);
  return tcpOptions.find(({ name }) => name === (option === 'sack0' ? 'sack' : option))?.type ?? 0;
}

function chunkTakes(chunk: string, field: string): boolean {
  return commonChunkFields.includes(field) || (chunkFields[chunk]?.includes(field) ?? false);
}
