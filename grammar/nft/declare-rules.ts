/** Commands that declare: add and create of tables, chains, sets, elements, flowtables, objects. */

import type { ParserMethod } from 'chevrotain';
import type { ChainBlock, Command, Target, Verb } from '../../src/ast/nft/script.ts';
import type { ObjectType } from '../../src/ast/nft/statements.ts';
import type { ObjectFields } from './object-fields.ts';
import { TableRules } from './table-rules.ts';
import type { ScannedToken } from './tokens.ts';
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

type PlainObject = keyof typeof plainObjects;

export abstract class DeclareRules extends TableRules {
  /** A declaration: `table`, `chain`, `set`, … with their blocks; behind `add` and `create`. */
  protected readonly declare: ParserMethod<[ScannedToken, Verb], Command> = this.production(
    'declare',
    (start: ScannedToken, verb: Verb) =>
      this.OR<Command>([
        { ALT: () => this.SUBRULE(this.declareTable, { ARGS: [start, verb] }) },
        { ALT: () => this.SUBRULE(this.declareChain, { ARGS: [start, verb] }) },
        { ALT: () => this.SUBRULE(this.declareSet, { ARGS: [start, verb] }) },
        { ALT: () => this.SUBRULE(this.declareMap, { ARGS: [start, verb] }) },
        { ALT: () => this.SUBRULE(this.elementCommand, { ARGS: [start, verb] }) },
        { ALT: () => this.SUBRULE(this.declareFlowtable, { ARGS: [start, verb] }) },
        { ALT: () => this.SUBRULE(this.declareCounter, { ARGS: [start, verb] }) },
        { ALT: () => this.SUBRULE(this.declareQuota, { ARGS: [start, verb] }) },
        { ALT: () => this.SUBRULE(this.declareLimit, { ARGS: [start, verb] }) },
        { ALT: () => this.SUBRULE(this.declareSecmark, { ARGS: [start, verb] }) },
        { ALT: () => this.SUBRULE(this.declareSynproxy, { ARGS: [start, verb] }) },
        { ALT: () => this.SUBRULE(this.declareTunnel, { ARGS: [start, verb] }) },
        { ALT: () => this.SUBRULE(this.declareCt, { ARGS: [start, verb] }) },
      ]),
  );

  protected readonly declareTable: ParserMethod<[ScannedToken, Verb], Command> = this.production(
    'declareTable',
    (start: ScannedToken, verb: Verb) => {
      this.keyword('table');
      const first = this.LA(1);
      const target = this.SUBRULE(this.tableTarget);
      const block = this.OPTION(() => this.SUBRULE(this.tableBlock, { ARGS: [first] }));
      return this.command(start, verb, 'table', target, block === undefined ? {} : { block });
    },
  );

  protected readonly declareChain: ParserMethod<[ScannedToken, Verb], Command> = this.production(
    'declareChain',
    (start: ScannedToken, verb: Verb) => {
      this.keyword('chain');
      const target = this.SUBRULE(this.itemTarget);
      const block = this.SUBRULE(this.maybeChainBlock, { ARGS: [target] });
      return this.command(start, verb, 'chain', target, block === undefined ? {} : { block });
    },
  );

  protected readonly maybeChainBlock: ParserMethod<[Target], ChainBlock | undefined> =
    this.production('maybeChainBlock', (target: Target) => {
      const first = this.LA(0);
      const name = this.ACTION(() => target.name) ?? { text: '', span: this.lastSpan() };
      return this.OPTION(() => this.SUBRULE(this.chainBlock, { ARGS: [name, first] }));
    });

  protected readonly declareSet: ParserMethod<[ScannedToken, Verb], Command> = this.production(
    'declareSet',
    (start: ScannedToken, verb: Verb) => {
      this.keyword('set');
      const target = this.SUBRULE(this.itemTarget);
      const first = this.LA(0);
      const name = this.ACTION(() => target.name) ?? { text: '', span: this.lastSpan() };
      const declaration = this.SUBRULE(this.setBlock, { ARGS: [name, first] });
      return this.command(start, verb, 'set', target, { declaration });
    },
  );

  protected readonly declareMap: ParserMethod<[ScannedToken, Verb], Command> = this.production(
    'declareMap',
    (start: ScannedToken, verb: Verb) => {
      this.keyword('map');
      const target = this.SUBRULE(this.itemTarget);
      const first = this.LA(0);
      const name = this.ACTION(() => target.name) ?? { text: '', span: this.lastSpan() };
      const declaration = this.SUBRULE(this.mapBlock, { ARGS: [name, first] });
      return this.command(start, verb, 'map', target, { declaration });
    },
  );

  protected readonly elementCommand: ParserMethod<[ScannedToken, Verb], Command> = this.production(
    'elementCommand',
    (start: ScannedToken, verb: Verb) => {
      this.keyword('element');
      const target = this.SUBRULE(this.itemTarget);
      const elements = this.SUBRULE(this.elementList);
      return this.command(start, verb, 'element', target, { elements });
    },
  );

  protected readonly declareFlowtable: ParserMethod<[ScannedToken, Verb], Command> =
    this.production('declareFlowtable', (start: ScannedToken, verb: Verb) => {
      this.keyword('flowtable');
      const target = this.SUBRULE(this.itemTarget);
      const first = this.LA(0);
      const name = this.ACTION(() => target.name) ?? { text: '', span: this.lastSpan() };
      const block = this.SUBRULE(this.flowtableBlock, { ARGS: [name, first] });
      return this.command(start, verb, 'flowtable', target, { block });
    });

  /** `counter NAME`, with its settings in a block or without one. */
  protected declareObject(
    type: PlainObject,
    config: ParserMethod<[ObjectFields], void> | undefined,
  ): ParserMethod<[ScannedToken, Verb], Command> {
    return this.production(`${type}Declaration`, (start: ScannedToken, verb: Verb) => {
      this.keyword(type);
      const target = this.SUBRULE(this.itemTarget);
      const first = this.LA(0);
      const name = this.ACTION(() => target.name) ?? { text: '', span: this.lastSpan() };
      const fields: ObjectFields = {};
      this.objectSettings(type, config, fields);
      const declaration = this.ACTION(() => this.objectOf(type, name, fields, first));
      const command = this.command(start, verb, 'object', target, { type, declaration });
      this.closeScope(plainObjects[type]);
      return command;
    });
  }

  protected objectSettings(
    type: PlainObject,
    config: ParserMethod<[ObjectFields], void> | undefined,
    fields: ObjectFields,
  ): void {
    const block = { ALT: () => this.SUBRULE(this.blockOf(type), { ARGS: [fields] }) };
    if (config === undefined) {
      block.ALT();
      return;
    }
    const line = { ALT: () => this.SUBRULE1(config, { ARGS: [fields] }) };
    if (type === 'counter') this.OPTION(() => this.OR1([block, line]));
    else this.OR2([block, line]);
  }

  protected readonly declareCounter = this.declareObject('counter', this.counterConfig);

  protected readonly declareQuota = this.declareObject('quota', this.quotaConfig);

  protected readonly declareLimit = this.declareObject('limit', this.limitConfig);

  protected readonly declareSecmark = this.declareObject('secmark', this.secmarkConfig);

  protected readonly declareSynproxy = this.declareObject('synproxy', this.synproxyConfig);

  protected readonly declareTunnel = this.declareObject('tunnel', undefined);

  protected readonly declareCt: ParserMethod<[ScannedToken, Verb], Command> = this.production(
    'declareCt',
    (start: ScannedToken, verb: Verb) => {
      this.keyword('ct');
      const type = this.SUBRULE(this.ctObjectType);
      const target = this.SUBRULE(this.itemTarget);
      const first = this.LA(0);
      const name = this.ACTION(() => target.name) ?? { text: '', span: this.lastSpan() };
      const fields: ObjectFields = {};
      this.OR([
        {
          GATE: () => type === 'ct helper',
          ALT: () => this.SUBRULE(this.helperBlock, { ARGS: [fields] }),
        },
        {
          GATE: () => type === 'ct timeout',
          ALT: () => this.SUBRULE(this.timeoutBlock, { ARGS: [fields] }),
        },
        {
          GATE: () => type === 'ct expectation',
          ALT: () => this.SUBRULE(this.expectationBlock, { ARGS: [fields] }),
        },
      ]);
      const declaration = this.ACTION(() => this.objectOf(type, name, fields, first));
      const command = this.command(start, verb, 'object', target, { type, declaration });
      this.closeScope('ct');
      return command;
    },
  );
}
