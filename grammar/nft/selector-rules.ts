/** Further selectors: rt, socket, osf, ipsec, numgen, hashes, tunnel. */

import type { ParserMethod } from 'chevrotain';
import type { Expression } from '../../src/ast/nft/expressions.ts';
import { MetaRules } from './meta-rules.ts';
import type { ScannedToken } from './tokens.ts';

export abstract class SelectorRules extends MetaRules {
  protected readonly rtExtensionField = this.wordRule('rtExtensionField', [
    ...(['nexthdr', 'hdrlength', 'type', 'seg-left'] as const),
  ]);

  protected readonly rtKey: ParserMethod<[], string> = this.production('rtKey', () =>
    this.OR<string>([
      { ALT: () => this.valued('classid', 'classid') },
      { ALT: () => this.valued('nexthop', 'nexthop') },
      { ALT: () => this.valued('mtu', 'mtu') },
      { ALT: () => this.scoped('ipsec', 'ipsec', 'ipsec') },
    ]),
  );

  /** `rt ip nexthop`, `rt classid`, and the routing header: `rt type` */
  protected readonly rt: ParserMethod<[boolean?], Expression> = this.production(
    'rt',
    (argument?: boolean) => {
      const start = this.LA(1);
      this.keyword('rt');
      const node = this.OR<Expression>([
        { ALT: () => ({ kind: 'rt', key: this.SUBRULE1(this.rtKey), span: this.spanFrom(start) }) },
        {
          ALT: () => {
            const family = this.SUBRULE(this.addressFamily);
            return {
              kind: 'rt',
              family,
              key: this.SUBRULE2(this.rtKey),
              span: this.spanFrom(start),
            };
          },
        },
        {
          // An argument of a statement takes no extension header.
          GATE: () => argument !== true,
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
    },
  );

  protected readonly socketKey = this.wordRule('socketKey', ['transparent', 'mark', 'wildcard']);

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

  protected readonly osfTtl: ParserMethod<[], 'loose' | 'skip'> = this.production('osfTtl', () => {
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

  protected readonly ipsecDirection: ParserMethod<[], 'in' | 'out'> = this.production(
    'ipsecDirection',
    () =>
      this.OR<'in' | 'out'>([
        { ALT: () => this.valued('in', 'in') },
        { ALT: () => this.valued('out', 'out') },
      ]),
  );

  protected readonly ipsecState: ParserMethod<[], { key: string; family?: 'ip' | 'ip6' }> =
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

  protected readonly ipsecTail: ParserMethod<[ScannedToken], Expression> = this.production(
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

  protected readonly offset: ParserMethod<[], number> = this.production('offset', () => {
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
