/** Statements that send a packet elsewhere: snat, dnat, masquerade, redirect, tproxy, dup, fwd. */

import type { ParserMethod } from 'chevrotain';
import type { Expression } from '../../src/ast/nft/expressions.ts';
import type { NatStatement, Statement } from '../../src/ast/nft/statements.ts';
import { punctuation } from './tokens.ts';
import { UpdateRules } from './update-rules.ts';

interface NatOptions {
  family?: 'ip' | 'ip6';
  address?: Expression;
  port?: Expression;
  flags?: readonly string[];
  typeFlags?: readonly ('interval' | 'prefix' | 'concat')[];
}

interface Target {
  address?: Expression;
  port?: Expression;
}

export abstract class NatRules extends UpdateRules {
  private readonly natFlag = this.wordRule('natFlag', ['random', 'fully-random', 'persistent']);

  /** `random,persistent` */
  private readonly natFlags: ParserMethod<[], readonly string[]> = this.production(
    'natFlags',
    () => {
      const flags = [this.SUBRULE1(this.natFlag)];
      this.MANY(() => {
        this.CONSUME(punctuation.comma);
        flags.push(this.SUBRULE2(this.natFlag));
      });
      return flags;
    },
  );

  /** `:PORT` */
  private readonly portPart: ParserMethod<[], Expression> = this.production('portPart', () => {
    this.CONSUME(punctuation.colon);
    return this.SUBRULE(this.argument);
  });

  /** `ADDRESS`, `ADDRESS:PORT`, `:PORT` */
  private readonly natTarget: ParserMethod<[], Target> = this.production('natTarget', () =>
    this.OR<Target>([
      { ALT: () => ({ port: this.SUBRULE1(this.portPart) }) },
      { ALT: () => this.SUBRULE(this.natAddress) },
    ]),
  );

  /** `ADDRESS`, `ADDRESS:PORT` */
  private readonly natAddress: ParserMethod<[], Target> = this.production('natAddress', () => {
    const address = this.SUBRULE(this.argument);
    const port = this.OPTION(() => this.SUBRULE(this.portPart));
    return port === undefined ? { address } : { address, port };
  });

  /** What stands before `to` once the family is read: nothing, `addr . port`, `interval`, `prefix`. */
  private readonly natKind: ParserMethod<[boolean], NatOptions> = this.production(
    'natKind',
    (portsOnly: boolean) =>
      this.OR<NatOptions>([
        { ALT: () => this.toTarget(portsOnly) },
        { ALT: () => this.SUBRULE(this.natIntervalOrPrefix) },
      ]),
  );

  private toTarget(portsAllowed: boolean): NatOptions {
    this.keyword('to');
    this.ACTION(() => {
      if (!portsAllowed && this.is(punctuation.colon)) this.unexpected([]);
    });
    return this.SUBRULE(this.natTarget);
  }

  private readonly natIntervalOrPrefix: ParserMethod<[], NatOptions> = this.production(
    'natIntervalOrPrefix',
    () => {
      const typeFlag = this.OR<'interval' | 'prefix'>([
        { ALT: () => this.valued('interval', 'interval') },
        { ALT: () => this.valued('prefix', 'prefix') },
      ]);
      this.keyword('to');
      const address = this.SUBRULE(this.argument);
      const netmap = typeFlag === 'prefix' ? { flags: ['netmap'] } : {};
      return { address, typeFlags: [typeFlag], ...netmap };
    },
  );

  /** `addr . port to TARGET` */
  private readonly natConcat: ParserMethod<[], NatOptions> = this.production('natConcat', () => {
    this.keyword('addr');
    this.CONSUME(punctuation.dot);
    this.keyword('port');
    this.keyword('to');
    return { address: this.SUBRULE(this.argument), typeFlags: ['concat'] };
  });

  private readonly familyTarget: ParserMethod<['ip' | 'ip6'], NatOptions> = this.production(
    'familyTarget',
    (family: 'ip' | 'ip6') => {
      const target = this.OR<NatOptions>([
        { ALT: () => this.SUBRULE(this.natKind, { ARGS: [false] }) },
        { ALT: () => this.SUBRULE(this.natConcat) },
      ]);
      return { family, ...target };
    },
  );

  /** Everything behind `snat` or `dnat` except the flags. */
  private readonly natArguments: ParserMethod<[], NatOptions> = this.production(
    'natArguments',
    () =>
      this.OR<NatOptions>([
        { ALT: () => ({ port: this.SUBRULE1(this.portPart) }) },
        { ALT: () => this.SUBRULE(this.natKind, { ARGS: [true] }) },
        {
          GATE: () => this.familyLeads(),
          ALT: () => {
            const family = this.SUBRULE(this.natFamily);
            return this.SUBRULE(this.familyTarget, { ARGS: [family] });
          },
        },
        { GATE: () => !this.familyLeads(), ALT: () => this.SUBRULE(this.natAddress) },
      ]),
  );

  /** `ip to`, `ip addr`, `ip interval`, `ip prefix`; `ip saddr` begins an address instead. */
  private familyLeads(): boolean {
    if (!this.is(this.typeOf('ip')) && !this.is(this.typeOf('ip6'))) return false;
    return this.context.scanner.looksAt(/[ \t]*(?:to|addr|interval|prefix)\b/y);
  }

  private readonly natFamily: ParserMethod<[], 'ip' | 'ip6'> = this.production('natFamily', () => {
    const family = this.OR<'ip' | 'ip6'>([
      { ALT: () => this.valued('ip', 'ip') },
      { ALT: () => this.valued('ip6', 'ip6') },
    ]);
    this.ACTION(() => this.LA(1));
    this.closeScope(family === 'ip6' ? 'ip6' : 'ip');
    return family;
  });

  /** `dnat to 10.0.0.1:80 random`, `snat ip prefix to ip saddr map @m` */
  protected readonly nat: ParserMethod<[], Statement> = this.production('nat', () => {
    const start = this.LA(1);
    const type = this.OR<'snat' | 'dnat'>([
      { ALT: () => this.valued('snat', 'snat') },
      { ALT: () => this.valued('dnat', 'dnat') },
    ]);
    const target = this.SUBRULE(this.natArguments);
    let flags: readonly string[] | undefined;
    this.MANY(() => {
      flags = this.SUBRULE(this.natFlags);
    });
    const span = this.spanFrom(start);
    this.closeScope('nat');
    return this.natOf(type, { ...target, ...(flags === undefined ? {} : { flags }) }, span);
  });

  private natOf(
    type: NatStatement['type'],
    options: NatOptions,
    span: NatStatement['span'],
  ): Statement {
    return { kind: 'nat', type, ...options, span };
  }

  /** `masquerade`, `masquerade to :1024-2048 random` */
  protected readonly masquerade: ParserMethod<[], Statement> = this.production('masquerade', () => {
    const start = this.LA(1);
    this.keyword('masquerade');
    const port = this.OPTION1(() => {
      this.keyword('to');
      return this.SUBRULE(this.portPart);
    });
    const flags = this.OPTION2(() => this.SUBRULE(this.natFlags));
    const span = this.spanFrom(start);
    this.closeScope('nat');
    const ported = port === undefined ? {} : { port };
    return this.natOf('masquerade', { ...ported, ...(flags === undefined ? {} : { flags }) }, span);
  });

  /** `redirect`, `redirect to :8080 random` */
  protected readonly redirect: ParserMethod<[], Statement> = this.production('redirect', () => {
    const start = this.LA(1);
    this.keyword('redirect');
    const port = this.OPTION1(() => {
      this.keyword('to');
      return this.OR([
        { ALT: () => this.SUBRULE(this.portPart) },
        { ALT: () => this.SUBRULE(this.argument) },
      ]);
    });
    const flags = this.OPTION2(() => this.SUBRULE(this.natFlags));
    const span = this.spanFrom(start);
    this.closeScope('nat');
    const ported = port === undefined ? {} : { port };
    return this.natOf('redirect', { ...ported, ...(flags === undefined ? {} : { flags }) }, span);
  });

  /** `tproxy ip to 127.0.0.1:50080` */
  protected readonly tproxy: ParserMethod<[], Statement> = this.production('tproxy', () => {
    const start = this.LA(1);
    this.keyword('tproxy');
    const family = this.OPTION(() => this.SUBRULE(this.natFamily));
    this.keyword('to');
    const target = this.SUBRULE(this.natTarget);
    const span = this.spanFrom(start);
    this.closeScope('tproxy');
    return { kind: 'tproxy', ...(family === undefined ? {} : { family }), ...target, span };
  });

  /** `device DEVICE` */
  private readonly device: ParserMethod<[], Expression> = this.production('device', () => {
    this.keyword('device');
    return this.SUBRULE(this.argument);
  });

  /** `dup to ADDRESS device DEVICE`; in netdev the first argument is the device. */
  protected readonly dup: ParserMethod<[], Statement> = this.production('dup', () => {
    const start = this.LA(1);
    this.keyword('dup');
    this.keyword('to');
    const address = this.SUBRULE(this.argument);
    const device = this.OPTION(() => this.SUBRULE(this.device));
    const span = this.spanFrom(start);
    this.closeScope('dup');
    return { kind: 'dup', address, ...(device === undefined ? {} : { device }), span };
  });

  /** `fwd to DEVICE`, `fwd ip to ADDRESS device DEVICE` */
  protected readonly fwd: ParserMethod<[], Statement> = this.production('fwd', () => {
    const start = this.LA(1);
    this.keyword('fwd');
    const found = this.OR<Statement>([
      {
        ALT: () => {
          this.keyword('to');
          const device = this.SUBRULE1(this.argument);
          return { kind: 'fwd', device, span: this.spanFrom(start) };
        },
      },
      {
        ALT: () => {
          const family = this.SUBRULE(this.natFamily);
          this.CONSUME2(this.typeOf('to'));
          const address = this.SUBRULE2(this.argument);
          const device = this.SUBRULE(this.device);
          return { kind: 'fwd', device, family, address, span: this.spanFrom(start) };
        },
      },
    ]);
    this.closeScope('fwd');
    return found;
  });
}
