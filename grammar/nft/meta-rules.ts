/** Selectors that are asked for most: meta, ct, fib. */

import type { ParserMethod } from 'chevrotain';
import type {
  CtExpression,
  Expression,
  FibExpression,
  FibFlag,
  MetaExpression,
} from '../../src/ast/nft/expressions.ts';
import type { Span } from '../../src/base/span.ts';
import { punctuation, type ScannedToken } from './tokens.ts';
import { TunnelHeaderRules } from './tunnel-header-rules.ts';

/** Keys that may be written without `meta`. */
const bareMetaKeys = [
  ...([
    'mark',
    'iif',
    'iifname',
    'iiftype',
    'oif',
    'oifname',
    'oiftype',
    'skuid',
    'skgid',
  ] as const),
  ...(['nftrace', 'rtclassid', 'ibrname', 'obrname', 'pkttype', 'cpu', 'iifgroup'] as const),
  ...(['oifgroup', 'cgroup', 'ipsec', 'time', 'day', 'hour'] as const),
] as const;

const qualifiedMetaKeys = [
  ...(['length', 'protocol', 'priority', 'random', 'secmark', 'nfproto', 'l4proto'] as const),
  ...(['iifkind', 'oifkind', 'ibrpvid', 'ibrvproto', 'sdif', 'sdifname', 'broute'] as const),
  ...(['ibrhwaddr'] as const),
] as const;

const ctKeys = [
  ...(['l3proto', 'protocol', 'mark', 'state', 'direction', 'status', 'expiration'] as const),
  ...(['helper', 'saddr', 'daddr', 'proto-src', 'proto-dst', 'label', 'event', 'secmark'] as const),
  ...(['id', 'bytes', 'packets', 'avgpkt', 'zone'] as const),
] as const;

export abstract class MetaRules extends TunnelHeaderRules {
  protected abstract readonly expression: ParserMethod<[], Expression>;

  protected readonly bareMetaWord = this.wordRule(
    'bareMetaWord',
    bareMetaKeys.filter((key) => key !== 'ipsec'),
  );

  protected readonly metaWord = this.wordRule('metaWord', [...qualifiedMetaKeys, ...bareMetaKeys]);

  /** `iifname`, without `meta`; `ipsec` stands in its own rule. */
  protected readonly bareMeta: ParserMethod<[], MetaExpression> = this.production(
    'bareMeta',
    () => {
      const key = this.SUBRULE(this.bareMetaWord);
      return { kind: 'meta', key, span: this.lastSpan() };
    },
  );

  /** `meta KEY`; the scope stays open, because `set` may follow. */
  protected readonly metaKey: ParserMethod<[], MetaExpression> = this.production('metaKey', () => {
    const start = this.LA(1);
    this.keyword('meta');
    const key = this.SUBRULE(this.metaWord);
    this.ACTION(() => {
      if (key === 'secmark') this.closeScope('secmark');
      if (key === 'ipsec') this.closeScope('ipsec');
    });
    return { kind: 'meta', key, span: this.spanFrom(start) };
  });

  protected readonly meta: ParserMethod<[], MetaExpression> = this.production('meta', () => {
    const node = this.SUBRULE(this.metaKey);
    this.closeScope('meta');
    return node;
  });

  protected readonly ctWord = this.wordRule('ctWord', ctKeys);

  protected readonly ctDirectionWord = this.wordRule('ctDirectionWord', [
    ...(['saddr', 'daddr', 'l3proto', 'protocol', 'proto-src', 'proto-dst', 'bytes'] as const),
    ...(['packets', 'avgpkt', 'zone'] as const),
  ]);

  /** `ip saddr` after `ct original` */
  protected readonly ctAddress: ParserMethod<[], string> = this.production('ctAddress', () => {
    const family = this.OR1([
      { ALT: () => this.keyword('ip').image },
      { ALT: () => this.keyword('ip6').image },
    ]);
    const key = this.OR2([
      { ALT: () => this.keyword('saddr').image },
      { ALT: () => this.keyword('daddr').image },
    ]);
    this.closeScope(family === 'ip' ? 'ip' : 'ip6');
    return `${family} ${key}`;
  });

  /** A key behind `ct`, with its direction; the scope stays open. */
  protected readonly ctKey: ParserMethod<[ScannedToken], CtExpression> = this.production(
    'ctKey',
    (start: ScannedToken) =>
      this.OR1<CtExpression>([
        {
          ALT: () => {
            const key = this.SUBRULE(this.ctWord);
            this.ACTION(() => {
              if (key === 'secmark') this.closeScope('secmark');
            });
            return { kind: 'ct', key, span: this.spanFrom(start) };
          },
        },
        {
          ALT: () => {
            const direction = this.SUBRULE(this.ctDirection);
            const key = this.OR2([
              { ALT: () => this.SUBRULE(this.ctDirectionWord) },
              { ALT: () => this.SUBRULE(this.ctAddress) },
            ]);
            return { kind: 'ct', key, direction, span: this.spanFrom(start) };
          },
        },
      ]),
  );

  protected readonly ctDirection: ParserMethod<[], 'original' | 'reply'> = this.production(
    'ctDirection',
    () =>
      this.OR<'original' | 'reply'>([
        { ALT: () => this.valued('original', 'original') },
        { ALT: () => this.valued('reply', 'reply') },
      ]),
  );

  /** `ct state`, `ct original ip saddr` */
  protected readonly ct: ParserMethod<[], CtExpression> = this.production('ct', () => {
    const start = this.LA(1);
    this.keyword('ct');
    const node = this.SUBRULE(this.ctKey, { ARGS: [start] });
    this.closeScope('ct');
    return node;
  });

  protected readonly fibFlag: ParserMethod<[], FibFlag> = this.production('fibFlag', () =>
    this.OR<FibFlag>([
      { ALT: () => this.valued('saddr', 'saddr') },
      { ALT: () => this.valued('daddr', 'daddr') },
      { ALT: () => this.valued('mark', 'mark') },
      { ALT: () => this.valued('iif', 'iif') },
      { ALT: () => this.valued('oif', 'oif') },
    ]),
  );

  protected readonly fibResult: ParserMethod<[], FibExpression['result']> = this.production(
    'fibResult',
    () =>
      this.OR<FibExpression['result']>([
        { ALT: () => this.valued('oif', 'oif') },
        { ALT: () => this.valued('oifname', 'oifname') },
        { ALT: () => this.scoped('type', 'type', 'type') },
        { ALT: () => this.valued('check', 'check') },
      ]),
  );

  /** `fib saddr . iif oif`, `fib daddr type` */
  protected readonly fib: ParserMethod<[], FibExpression> = this.production('fib', () => {
    const start = this.LA(1);
    this.keyword('fib');
    const first = this.LA(1);
    const flags: FibFlag[] = [this.SUBRULE1(this.fibFlag)];
    this.MANY(() => {
      this.CONSUME(punctuation.dot);
      flags.push(this.SUBRULE2(this.fibFlag));
    });
    const flagSpan = this.spanFrom(first);
    const result = this.SUBRULE(this.fibResult);
    this.ACTION(() => this.checkFibFlags(flags, flagSpan));
    this.closeScope('fib');
    return { kind: 'fib', flags, result, span: this.spanFrom(start) };
  });

  protected checkFibFlags(flags: readonly FibFlag[], span: Span): void {
    const both = (first: FibFlag, second: FibFlag) =>
      flags.includes(first) && flags.includes(second);
    if (!flags.includes('saddr') && !flags.includes('daddr')) {
      this.abandon('invalid-value', span, 'fib needs saddr or daddr');
    }
    if (both('saddr', 'daddr')) this.abandon('invalid-value', span, 'fib takes saddr or daddr');
    if (both('iif', 'oif')) this.abandon('invalid-value', span, 'fib takes iif or oif');
  }
}
