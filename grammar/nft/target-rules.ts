/** What a command is about: family, table, name, handle, place. */

import type { ParserMethod } from 'chevrotain';
import type {
  Command,
  CommandByObject,
  CommandObject,
  Count,
  Target,
  Verb,
} from '../../src/ast/nft/script.ts';
import { MapBlockRules } from './map-block-rules.ts';
import type { ScannedToken } from './tokens.ts';

export abstract class TargetRules extends MapBlockRules {
  protected located(text: string): Count {
    return { value: Number(text), span: this.lastSpan() };
  }

  protected readonly handle: ParserMethod<[], Count> = this.production('handle', () => {
    this.keyword('handle');
    return this.located(String(this.SUBRULE(this.count)));
  });

  /** `FAMILY TABLE` */
  protected readonly tableTarget: ParserMethod<[], Target> = this.production('tableTarget', () => {
    const family = this.OPTION(() => this.SUBRULE(this.family)) ?? 'ip';
    return { family, table: this.SUBRULE(this.identifier) };
  });

  /** `FAMILY TABLE`, `FAMILY handle N` */
  protected readonly tableOrHandle: ParserMethod<[], Target> = this.production(
    'tableOrHandle',
    () => {
      const family = this.OPTION(() => this.SUBRULE(this.family)) ?? 'ip';
      return this.OR<Target>([
        { ALT: () => ({ family, table: this.SUBRULE(this.identifier) }) },
        { ALT: () => ({ family, handle: this.SUBRULE(this.handle) }) },
      ]);
    },
  );

  /** `FAMILY TABLE NAME` */
  protected readonly itemTarget: ParserMethod<[], Target> = this.production('itemTarget', () => {
    const target = this.SUBRULE(this.tableTarget);
    return { ...target, name: this.SUBRULE(this.identifier) };
  });

  /** `FAMILY TABLE NAME`, `FAMILY TABLE handle N` */
  protected readonly itemOrHandle: ParserMethod<[], Target> = this.production(
    'itemOrHandle',
    () => {
      const target = this.SUBRULE(this.tableTarget);
      return this.OR<Target>([
        { ALT: () => ({ ...target, name: this.SUBRULE(this.identifier) }) },
        { ALT: () => ({ ...target, handle: this.SUBRULE(this.handle) }) },
      ]);
    },
  );

  /** `FAMILY TABLE CHAIN handle N` */
  protected readonly ruleTarget: ParserMethod<[], Target> = this.production('ruleTarget', () => {
    const target = this.SUBRULE(this.itemTarget);
    return { ...target, handle: this.SUBRULE(this.handle) };
  });

  /** `FAMILY TABLE CHAIN`, with `position N`, `handle N` or `index N` */
  protected readonly rulePosition: ParserMethod<[], Target> = this.production(
    'rulePosition',
    () => {
      const target = this.SUBRULE(this.itemTarget);
      const place = this.OPTION(() =>
        this.OR<Partial<Target>>([
          {
            ALT: () => {
              this.keyword('position');
              return { position: this.located(String(this.SUBRULE1(this.count))) };
            },
          },
          { ALT: () => ({ position: this.SUBRULE(this.handle) }) },
          {
            ALT: () => {
              this.keyword('index');
              return { index: this.located(String(this.SUBRULE2(this.count))) };
            },
          },
        ]),
      );
      return { ...target, ...place };
    },
  );

  /** Nothing, or a family. */
  protected readonly anyFamily: ParserMethod<[], Target> = this.production('anyFamily', () => {
    const family = this.OPTION(() => this.SUBRULE(this.family));
    return family === undefined ? {} : { family };
  });

  /** `table FAMILY TABLE`, or as much of `FAMILY TABLE` as is there. */
  protected readonly anyTable: ParserMethod<[], Target> = this.production('anyTable', () =>
    this.OR<Target>([
      {
        ALT: () => {
          this.keyword('table');
          return this.SUBRULE(this.tableTarget);
        },
      },
      { ALT: () => this.SUBRULE(this.maybeTable) },
    ]),
  );

  protected readonly maybeTable: ParserMethod<[], Target> = this.production('maybeTable', () => {
    const family = this.OPTION1(() => this.SUBRULE(this.family));
    const table = this.OPTION2(() => this.SUBRULE(this.identifier));
    if (table !== undefined) return { family: family ?? 'ip', table };
    return family === undefined ? {} : { family };
  });

  protected command<Object extends CommandObject>(
    start: ScannedToken,
    verb: Verb,
    object: Object,
    target: Target,
    rest: CommandByObject[Object],
  ) {
    return { kind: 'command', verb, object, target, span: this.spanFrom(start), ...rest } as const;
  }

  protected view(start: ScannedToken, verb: Verb, what: string, target: Target): Command {
    return this.command(start, verb, 'view', target, { what });
  }
}
