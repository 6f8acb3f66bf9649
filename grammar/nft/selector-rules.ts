/** What a rule can look at besides headers: meta, ct, fib, rt, socket, osf, ipsec, numgen, hashes, tunnel. */

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

/** Keys of `ct original` that `set` may follow. */
export const settableDirectionKeys: readonly string[] = ['bytes', 'packets', 'avgpkt', 'zone'];

export abstract class SelectorRules extends TunnelHeaderRules {
  protected abstract readonly expression: ParserMethod<[], Expression>;

  private readonly bareMetaWord = this.wordRule(
    'bareMetaWord',
    bareMetaKeys.filter((key) => key !== 'ipsec'),
  );
  private readonly metaWord = this.wordRule('metaWord', [...qualifiedMetaKeys, ...bareMetaKeys]);

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

  private readonly ctWord = this.wordRule('ctWord', ctKeys);
  private readonly ctDirectionWord = this.wordRule('ctDirectionWord', [
    ...(['saddr', 'daddr', 'l3proto', 'protocol', 'proto-src', 'proto-dst', 'bytes'] as const),
    ...(['packets', 'avgpkt', 'zone'] as const),
  ]);

  /** `ip saddr` after `ct original` */
  private readonly ctAddress: ParserMethod<[], string> = this.production('ctAddress', () => {
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

  private readonly ctDirection: ParserMethod<[], 'original' | 'reply'> = this.production(
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

  private readonly fibFlag: ParserMethod<[], FibFlag> = this.production('fibFlag', () =>
    this.OR<FibFlag>([
      { ALT: () => this.valued('saddr', 'saddr') },
      { ALT: () => this.valued('daddr', 'daddr') },
      { ALT: () => this.valued('mark', 'mark') },
      { ALT: () => this.valued('iif', 'iif') },
      { ALT: () => this.valued('oif', 'oif') },
    ]),
  );

  private readonly fibResult: ParserMethod<[], FibExpression['result']> = this.production(
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

  private checkFibFlags(flags: readonly FibFlag[], span: Span): void {
    const both = (first: FibFlag, second: FibFlag) =>
      flags.includes(first) && flags.includes(second);
    if (!flags.includes('saddr') && !flags.includes('daddr')) {
      this.abandon('invalid-value', span, 'fib needs saddr or daddr');
    }
    if (both('saddr', 'daddr')) this.abandon('invalid-value', span, 'fib takes saddr or daddr');
    if (both('iif', 'oif')) this.abandon('invalid-value', span, 'fib takes iif or oif');
  }

  private readonly rtExtensionField = this.wordRule('rtExtensionField', [
    ...(['nexthdr', 'hdrlength', 'type', 'seg-left'] as const),
  ]);

  private readonly rtKey: ParserMethod<[], string> = this.production('rtKey', () =>
    this.OR<string>([
      { ALT: () => this.valued('classid', 'classid') },
      { ALT: () => this.valued('nexthop', 'nexthop') },
      { ALT: () => this.valued('mtu', 'mtu') },
      { ALT: () => this.scoped('ipsec', 'ipsec', 'ipsec') },
    ]),
  );

  /** `rt ip nexthop`, `rt classid`, and the routing header: `rt type` */
  protected readonly rt: ParserMethod<[], Expression> = this.production('rt', () => {
    const start = this.LA(1);
    this.keyword('rt');
    const node = this.OR<Expression>([
      { ALT: () => ({ kind: 'rt', key: this.SUBRULE1(this.rtKey), span: this.spanFrom(start) }) },
      {
        ALT: () => {
          const family = this.SUBRULE(this.addressFamily);
          return { kind: 'rt', family, key: this.SUBRULE2(this.rtKey), span: this.spanFrom(start) };
        },
      },
      {
        ALT: () => {
          const field = this.SUBRULE(this.rtExtensionField);
          this.ACTION(() => {
            if (field === 'type') this.closeScope('type');
          });
          return this.exthdr(start, 'rt', field);
        },
      },
    ]);
    this.closeScope('rt');
    return node;
  });

  private readonly socketKey = this.wordRule('socketKey', ['transparent', 'mark', 'wildcard']);

  /** `socket transparent`, `socket cgroupv2 level 2` */
  protected readonly socket: ParserMethod<[], Expression> = this.production('socket', () => {
    const start = this.LA(1);
    this.keyword('socket');
    const node = this.OR<Expression>([
      {
        ALT: () => ({
          kind: 'socket',
          key: this.SUBRULE(this.socketKey),
          span: this.spanFrom(start),
        }),
      },
      {
        ALT: () => {
          this.keyword('cgroupv2');
          this.keyword('level');
          const level = this.SUBRULE(this.count);
          return { kind: 'socket', key: 'cgroupv2', level, span: this.spanFrom(start) };
        },
      },
    ]);
    this.closeScope('socket');
    return node;
  });

  private readonly osfTtl: ParserMethod<[], 'loose' | 'skip'> = this.production('osfTtl', () => {
    this.keyword('ttl');
    return this.OR<'loose' | 'skip'>([
      { ALT: () => this.valued('loose', 'loose') },
      { ALT: () => this.valued('skip', 'skip') },
    ]);
  });

  /** `osf name`, `osf ttl skip version` */
  protected readonly osf: ParserMethod<[], Expression> = this.production('osf', () => {
    const start = this.LA(1);
    this.keyword('osf');
    const ttl = this.OPTION(() => this.SUBRULE(this.osfTtl));
    const key = this.OR<'name' | 'version'>([
      { ALT: () => this.valued('version', 'version') },
      { ALT: () => this.valued('name', 'name') },
    ]);
    this.closeScope('osf');
    const span = this.spanFrom(start);
    return ttl === undefined ? { kind: 'osf', key, span } : { kind: 'osf', key, ttl, span };
  });

  private readonly ipsecDirection: ParserMethod<[], 'in' | 'out'> = this.production(
    'ipsecDirection',
    () =>
      this.OR<'in' | 'out'>([
        { ALT: () => this.valued('in', 'in') },
        { ALT: () => this.valued('out', 'out') },
      ]),
  );

  private readonly ipsecState: ParserMethod<[], { key: string; family?: 'ip' | 'ip6' }> =
    this.production('ipsecState', () =>
      this.OR1<{ key: string; family?: 'ip' | 'ip6' }>([
        { ALT: () => ({ key: this.keyword('spi').image }) },
        { ALT: () => ({ key: this.keyword('reqid').image }) },
        {
          ALT: () => {
            const family = this.SUBRULE(this.addressFamily);
            const key = this.OR2([
              { ALT: () => this.keyword('saddr').image },
              { ALT: () => this.keyword('daddr').image },
            ]);
            return { family, key };
          },
        },
      ]),
    );

  /** `ipsec in spnum 1 ip saddr`; `ipsec` alone is `meta ipsec`. */
  protected readonly ipsec: ParserMethod<[], Expression> = this.production('ipsec', () => {
    const start = this.LA(1);
    this.keyword('ipsec');
    const direction = this.OPTION1(() => this.SUBRULE(this.ipsecTail, { ARGS: [start] }));
    this.closeScope('ipsec');
    return direction ?? { kind: 'meta', key: 'ipsec', span: this.spanFrom(start) };
  });

  private readonly ipsecTail: ParserMethod<[ScannedToken], Expression> = this.production(
    'ipsecTail',
    (start: ScannedToken) => {
      const direction = this.SUBRULE(this.ipsecDirection);
      const spnum = this.OPTION(() => {
        this.keyword('spnum');
        return this.SUBRULE(this.count);
      });
      const numberSpan = this.lastSpan();
      const state = this.SUBRULE(this.ipsecState);
      this.ACTION(() => {
        if (spnum !== undefined && spnum > 255) {
          this.abandon('invalid-value', numberSpan, 'spnum is a number up to 255');
        }
      });
      const span = this.spanFrom(start);
      const numbered = spnum === undefined ? {} : { spnum };
      return { kind: 'ipsec', direction, ...numbered, ...state, span };
    },
  );

  private readonly offset: ParserMethod<[], number> = this.production('offset', () => {
    this.keyword('offset');
    return this.SUBRULE(this.count);
  });

  /** `numgen random mod 3 offset 1` */
  protected readonly numgen: ParserMethod<[], Expression> = this.production('numgen', () => {
    const start = this.LA(1);
    this.keyword('numgen');
    const mode = this.OR<'inc' | 'random'>([
      { ALT: () => this.valued('inc', 'inc') },
      { ALT: () => this.valued('random', 'random') },
    ]);
    this.keyword('mod');
    const modulus = this.SUBRULE(this.count);
    const offset = this.OPTION(() => this.SUBRULE(this.offset));
    this.closeScope('numgen');
    const span = this.spanFrom(start);
    return offset === undefined
      ? { kind: 'numgen', mode, modulus, span }
      : { kind: 'numgen', mode, modulus, offset, span };
  });

  /** `jhash ip saddr . tcp dport mod 2 seed 0xdeadbeef offset 1` */
  protected readonly jhash: ParserMethod<[], Expression> = this.production('jhash', () => {
    const start = this.LA(1);
    this.keyword('jhash');
    const key = this.SUBRULE(this.expression);
    this.keyword('mod');
    const modulus = this.SUBRULE(this.count);
    const seed = this.OPTION1(() => {
      this.keyword('seed');
      return this.SUBRULE2(this.count);
    });
    const offset = this.OPTION2(() => this.SUBRULE(this.offset));
    this.closeScope('hash');
    const seeded = seed === undefined ? {} : { seed };
    const shifted = offset === undefined ? {} : { offset };
    return { kind: 'jhash', key, modulus, ...seeded, ...shifted, span: this.spanFrom(start) };
  });

  /** `symhash mod 2 offset 1` */
  protected readonly symhash: ParserMethod<[], Expression> = this.production('symhash', () => {
    const start = this.LA(1);
    this.keyword('symhash');
    this.keyword('mod');
    const modulus = this.SUBRULE(this.count);
    const offset = this.OPTION(() => this.SUBRULE(this.offset));
    this.closeScope('hash');
    const span = this.spanFrom(start);
    return offset === undefined
      ? { kind: 'symhash', modulus, span }
      : { kind: 'symhash', modulus, offset, span };
  });

  /** `path` or `id` behind `tunnel`; nft leaves the scope open. */
  protected readonly tunnelKey: ParserMethod<[ScannedToken], Expression> = this.production(
    'tunnelKey',
    (start: ScannedToken) => {
      const key = this.OR([
        { ALT: () => this.keyword('path').image },
        { ALT: () => this.keyword('id').image },
      ]);
      return { kind: 'tunnel', key, span: this.spanFrom(start) };
    },
  );

  /** `tunnel id` */
  protected readonly tunnel: ParserMethod<[], Expression> = this.production('tunnel', () => {
    const start = this.LA(1);
    this.keyword('tunnel');
    return this.SUBRULE(this.tunnelKey, { ARGS: [start] });
  });
}
