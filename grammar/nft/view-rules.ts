/** Commands that show: list, reset, monitor, export, import. */

import type { ParserMethod } from 'chevrotain';
import type { Command, Target, Verb } from '../../src/ast/nft/script.ts';
import type { ObjectType } from '../../src/ast/nft/statements.ts';
import { RemoveRules } from './remove-rules.ts';
import { type ScannedToken, word } from './tokens.ts';
import type { Scope } from './words.ts';

/** Objects that are named by one keyword. */
const plainObjects = {
  counter: 'counter',
  quota: 'quota',
  limit: 'limit',
  secmark: 'secmark',
  synproxy: 'synproxy',
  tunnel: 'tunnel',
} as const satisfies Partial<Record<ObjectType, Scope>>;

export abstract class ViewRules extends RemoveRules {
  protected readonly listWordOfFamily = this.wordRule('listWordOfFamily', [
    ...(['tables', 'chains', 'ruleset', 'meters'] as const),
  ]);

  protected readonly listWordOfTable = this.wordRule('listWordOfTable', [
    ...(['sets', 'counters', 'quotas', 'limits', 'secmarks', 'synproxys', 'flowtables'] as const),
    ...(['maps', 'tunnels'] as const),
  ]);

  protected readonly listWordOfItem = this.wordRule('listWordOfItem', [
    ...(['chain', 'set', 'map', 'meter', 'flowtable'] as const),
  ]);

  protected readonly list: ParserMethod<[ScannedToken], Command> = this.production(
    'list',
    (start: ScannedToken) =>
      this.OR1<Command>([
        {
          ALT: () => {
            this.CONSUME1(this.typeOf('table'));
            return this.view(start, 'list', 'table', this.SUBRULE1(this.tableTarget));
          },
        },
        {
          ALT: () => {
            const what = this.SUBRULE(this.listWordOfFamily);
            return this.view(start, 'list', what, this.SUBRULE1(this.anyFamily));
          },
        },
        {
          ALT: () => {
            const what = this.SUBRULE(this.listWordOfTable);
            return this.view(start, 'list', what, this.SUBRULE(this.anyTable));
          },
        },
        {
          ALT: () => {
            const what = this.SUBRULE(this.listWordOfItem);
            return this.view(start, 'list', what, this.SUBRULE1(this.itemTarget));
          },
        },
        {
          ALT: () => {
            const type = this.SUBRULE(this.plainObject);
            const target = this.SUBRULE2(this.itemTarget);
            this.closeScope(plainObjects[type] ?? 'counter');
            return this.view(start, 'list', type, target);
          },
        },
        { ALT: () => this.SUBRULE(this.listFlow, { ARGS: [start] }) },
        { ALT: () => this.SUBRULE(this.listCt, { ARGS: [start] }) },
        { ALT: () => this.SUBRULE(this.listHooks, { ARGS: [start] }) },
      ]),
  );

  protected readonly listFlow: ParserMethod<[ScannedToken], Command> = this.production(
    'listFlow',
    (start: ScannedToken) => {
      this.keyword('flow');
      return this.OR<Command>([
        {
          ALT: () => {
            this.keyword('tables');
            return this.view(start, 'list', 'meters', this.SUBRULE(this.anyFamily));
          },
        },
        {
          ALT: () => {
            this.keyword('table');
            return this.view(start, 'list', 'meter', this.SUBRULE(this.itemTarget));
          },
        },
      ]);
    },
  );

  protected readonly listCt: ParserMethod<[ScannedToken], Command> = this.production(
    'listCt',
    (start: ScannedToken) => {
      this.keyword('ct');
      const what = this.OR1([
        { ALT: () => this.keyword('helper') },
        { ALT: () => this.keyword('helpers') },
        { ALT: () => this.keyword('timeout') },
        { ALT: () => this.keyword('expectation') },
      ]).image;
      const target = this.OR2<Target>([
        {
          GATE: () => what !== 'helper',
          ALT: () => {
            this.keyword('table');
            return this.SUBRULE(this.tableTarget);
          },
        },
        { GATE: () => what !== 'helpers', ALT: () => this.SUBRULE(this.itemTarget) },
      ]);
      this.closeScope('ct');
      return this.view(start, 'list', `ct ${what}`, target);
    },
  );

  protected readonly listHooks: ParserMethod<[ScannedToken], Command> = this.production(
    'listHooks',
    (start: ScannedToken) => {
      this.keyword('hooks');
      const target = this.SUBRULE(this.anyFamily);
      this.OPTION(() => {
        this.keyword('device');
        this.CONSUME(word);
      });
      return this.view(start, 'list', 'hooks', target);
    },
  );

  protected readonly resetView: ParserMethod<[ScannedToken], Command> = this.production(
    'resetCommand',
    (start: ScannedToken) =>
      this.OR<Command>([
        {
          ALT: () => {
            this.keyword('counters');
            return this.view(start, 'reset', 'counters', this.SUBRULE1(this.anyTable));
          },
        },
        {
          ALT: () => {
            this.keyword('quotas');
            return this.view(start, 'reset', 'quotas', this.SUBRULE2(this.anyTable));
          },
        },
        {
          ALT: () => {
            this.keyword('counter');
            const target = this.SUBRULE1(this.itemTarget);
            this.closeScope('counter');
            return this.view(start, 'reset', 'counter', target);
          },
        },
        {
          ALT: () => {
            this.keyword('quota');
            const target = this.SUBRULE2(this.itemTarget);
            this.closeScope('quota');
            return this.view(start, 'reset', 'quota', target);
          },
        },
        {
          ALT: () => {
            this.keyword('rules');
            return this.view(start, 'reset', 'rules', this.SUBRULE(this.resetRules));
          },
        },
        {
          ALT: () => {
            this.keyword('rule');
            return this.view(start, 'reset', 'rule', this.SUBRULE(this.ruleTarget));
          },
        },
        { ALT: () => this.SUBRULE(this.elementCommand, { ARGS: [start, 'reset'] }) },
        {
          ALT: () => {
            this.keyword('set');
            return this.view(start, 'reset', 'set', this.SUBRULE3(this.itemTarget));
          },
        },
        {
          ALT: () => {
            this.keyword('map');
            return this.view(start, 'reset', 'map', this.SUBRULE4(this.itemTarget));
          },
        },
      ]),
  );

  /** Everything, a family, a table or a chain. */
  protected readonly resetRules: ParserMethod<[], Target> = this.production('resetRules', () =>
    this.OR<Target>([
      {
        ALT: () => {
          this.keyword('table');
          return this.SUBRULE(this.tableTarget);
        },
      },
      {
        ALT: () => {
          this.keyword('chain');
          return this.SUBRULE(this.itemTarget);
        },
      },
      {
        ALT: () => {
          const target = this.SUBRULE(this.maybeTable);
          const name = this.OPTION({
            GATE: () => target.table !== undefined,
            DEF: () => this.SUBRULE(this.identifier),
          });
          return name === undefined ? target : { ...target, name };
        },
      },
    ]),
  );

  protected readonly markup: ParserMethod<[], void> = this.production('markup', () => {
    this.OR([
      { ALT: () => this.keyword('xml') },
      { ALT: () => this.CONSUME1(this.typeOf('json')) },
      { ALT: () => (this.keyword('vm'), this.CONSUME2(this.typeOf('json'))) },
    ]);
  });

  protected readonly monitor: ParserMethod<[ScannedToken], Command> = this.production(
    'monitor',
    (start: ScannedToken) => {
      this.OPTION1(() =>
        this.OR1([{ ALT: () => this.keyword('new') }, { ALT: () => this.keyword('destroy') }]),
      );
      this.OPTION2(() =>
        this.OR2([
          { ALT: () => this.keyword('tables') },
          { ALT: () => this.keyword('chains') },
          { ALT: () => this.keyword('sets') },
          { ALT: () => this.keyword('rules') },
          { ALT: () => this.keyword('elements') },
          { ALT: () => this.keyword('ruleset') },
          { ALT: () => this.keyword('trace') },
        ]),
      );
      this.OPTION3(() => this.SUBRULE(this.markup));
      return this.view(start, 'monitor', 'events', {});
    },
  );

  protected readonly transfer: ParserMethod<[ScannedToken, Verb], Command> = this.production(
    'transfer',
    (start: ScannedToken, verb: Verb) => {
      this.OPTION(() => this.keyword('ruleset'));
      this.SUBRULE(this.markup);
      return this.view(start, verb, 'ruleset', {});
    },
  );
}
