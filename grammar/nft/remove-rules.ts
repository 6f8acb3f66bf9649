/** Commands that take away or change: delete, destroy, flush, rename, and those on rules. */

import type { ParserMethod } from 'chevrotain';
import type { Command, Name, Target, Verb } from '../../src/ast/nft/script.ts';
import type { ObjectType } from '../../src/ast/nft/statements.ts';
import { DeclareRules } from './declare-rules.ts';
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

export abstract class RemoveRules extends DeclareRules {
  /** `rule TABLE CHAIN … RULE`; the word `rule` may be missing. */
  protected readonly addRule: ParserMethod<[ScannedToken, Verb], Command> = this.production(
    'addRule',
    (start: ScannedToken, verb: Verb) => {
      this.OPTION(() => this.keyword('rule'));
      const target = this.SUBRULE(this.rulePosition);
      const rule = this.SUBRULE(this.rule);
      return this.command(start, verb, 'rule', target, { rule });
    },
  );

  protected readonly add: ParserMethod<[ScannedToken], Command> = this.production(
    'add',
    (start: ScannedToken) =>
      this.OR<Command>([
        { ALT: () => this.SUBRULE(this.declare, { ARGS: [start, 'add'] }) },
        { ALT: () => this.SUBRULE(this.addRule, { ARGS: [start, 'add'] }) },
      ]),
  );

  protected readonly replace: ParserMethod<[ScannedToken], Command> = this.production(
    'replace',
    (start: ScannedToken) => {
      this.keyword('rule');
      const target = this.SUBRULE(this.ruleTarget);
      const rule = this.SUBRULE(this.rule);
      return this.command(start, 'replace', 'rule', target, { rule });
    },
  );

  protected readonly insert: ParserMethod<[ScannedToken], Command> = this.production(
    'insert',
    (start: ScannedToken) => {
      this.keyword('rule');
      const target = this.SUBRULE(this.rulePosition);
      const rule = this.SUBRULE(this.rule);
      return this.command(start, 'insert', 'rule', target, { rule });
    },
  );

  /** `delete` and `destroy`. */
  protected readonly remove: ParserMethod<[ScannedToken, Verb], Command> = this.production(
    'remove',
    (start: ScannedToken, verb: Verb) =>
      this.OR<Command>([
        { ALT: () => this.SUBRULE(this.removeTable, { ARGS: [start, verb] }) },
        { ALT: () => this.SUBRULE(this.removeChain, { ARGS: [start, verb] }) },
        { ALT: () => this.SUBRULE(this.removeRule, { ARGS: [start, verb] }) },
        { ALT: () => this.SUBRULE(this.removeSet, { ARGS: [start, verb] }) },
        { ALT: () => this.SUBRULE(this.elementCommand, { ARGS: [start, verb] }) },
        { ALT: () => this.SUBRULE(this.removeFlowtable, { ARGS: [start, verb] }) },
        { ALT: () => this.SUBRULE(this.removeObject, { ARGS: [start, verb] }) },
        { ALT: () => this.SUBRULE(this.removeCt, { ARGS: [start, verb] }) },
      ]),
  );

  protected readonly removeTable: ParserMethod<[ScannedToken, Verb], Command> = this.production(
    'removeTable',
    (start: ScannedToken, verb: Verb) => {
      this.keyword('table');
      return this.command(start, verb, 'table', this.SUBRULE(this.tableOrHandle), {});
    },
  );

  protected readonly removeChain: ParserMethod<[ScannedToken, Verb], Command> = this.production(
    'removeChain',
    (start: ScannedToken, verb: Verb) => {
      this.keyword('chain');
      const target = this.SUBRULE(this.itemOrHandle);
      const first = this.LA(0);
      const block = this.OPTION({
        GATE: () => verb === 'delete' && target.name !== undefined,
        DEF: () => this.SUBRULE(this.chainBlock, { ARGS: [target.name ?? nameless(first), first] }),
      });
      return this.command(start, verb, 'chain', target, block === undefined ? {} : { block });
    },
  );

  protected readonly removeRule: ParserMethod<[ScannedToken, Verb], Command> = this.production(
    'removeRule',
    (start: ScannedToken, verb: Verb) => {
      this.keyword('rule');
      return this.command(start, verb, 'rule', this.SUBRULE(this.ruleTarget), {});
    },
  );

  protected readonly removeSet: ParserMethod<[ScannedToken, Verb], Command> = this.production(
    'removeSet',
    (start: ScannedToken, verb: Verb) => {
      const token = this.OR([
        { ALT: () => this.keyword('set') },
        { ALT: () => this.keyword('map') },
      ]);
      const target = this.SUBRULE(this.itemOrHandle);
      const object = this.spelling(token) === 'map' ? 'map' : 'set';
      return this.command(start, verb, object, target, {});
    },
  );

  protected readonly removeFlowtable: ParserMethod<[ScannedToken, Verb], Command> = this.production(
    'removeFlowtable',
    (start: ScannedToken, verb: Verb) => {
      this.keyword('flowtable');
      const target = this.SUBRULE(this.itemOrHandle);
      const first = this.LA(0);
      const block = this.OPTION({
        GATE: () => target.name !== undefined,
        DEF: () =>
          this.SUBRULE(this.flowtableBlock, { ARGS: [target.name ?? nameless(first), first] }),
      });
      return this.command(start, verb, 'flowtable', target, block === undefined ? {} : { block });
    },
  );

  protected readonly plainObject: ParserMethod<[], PlainObject> = this.production(
    'plainObject',
    () =>
      this.OR<PlainObject>([
        { ALT: () => this.valued('counter', 'counter') },
        { ALT: () => this.valued('quota', 'quota') },
        { ALT: () => this.valued('limit', 'limit') },
        { ALT: () => this.valued('secmark', 'secmark') },
        { ALT: () => this.valued('synproxy', 'synproxy') },
        { ALT: () => this.valued('tunnel', 'tunnel') },
      ]),
  );

  protected readonly removeObject: ParserMethod<[ScannedToken, Verb], Command> = this.production(
    'removeObject',
    (start: ScannedToken, verb: Verb) => {
      const type = this.SUBRULE(this.plainObject);
      const target = this.SUBRULE(this.itemOrHandle);
      const command = this.command(start, verb, 'object', target, { type });
      this.closeScope(plainObjects[type] ?? 'counter');
      return command;
    },
  );

  protected readonly removeCt: ParserMethod<[ScannedToken, Verb], Command> = this.production(
    'removeCt',
    (start: ScannedToken, verb: Verb) => {
      this.keyword('ct');
      const type = this.SUBRULE(this.ctObjectType);
      const target = this.SUBRULE(this.itemTarget);
      const command = this.command(start, verb, 'object', target, { type });
      this.closeScope('ct');
      return command;
    },
  );

  protected readonly flush: ParserMethod<[ScannedToken], Command> = this.production(
    'flush',
    (start: ScannedToken) => {
      const object = this.OR1<'table' | 'chain' | 'set' | 'map' | 'meter' | 'ruleset'>([
        { ALT: () => this.valued('table', 'table') },
        { ALT: () => this.valued('chain', 'chain') },
        { ALT: () => this.valued('set', 'set') },
        { ALT: () => this.valued('map', 'map') },
        { ALT: () => this.valued('meter', 'meter') },
        { ALT: () => (this.keyword('flow'), this.CONSUME1(this.typeOf('table')), 'meter') },
        { ALT: () => this.valued('ruleset', 'ruleset') },
      ]);
      return this.OR2<Command>([
        {
          GATE: () => object === 'ruleset',
          ALT: () => this.command(start, 'flush', 'ruleset', this.SUBRULE(this.anyFamily), {}),
        },
        {
          GATE: () => object === 'table',
          ALT: () => this.command(start, 'flush', 'table', this.SUBRULE(this.tableTarget), {}),
        },
        {
          GATE: () => object !== 'table' && object !== 'ruleset',
          ALT: () => this.flushItem(start, object, this.SUBRULE(this.itemTarget)),
        },
      ]);
    },
  );

  protected flushItem(
    start: ScannedToken,
    object: 'table' | 'chain' | 'set' | 'map' | 'meter' | 'ruleset',
    target: Target,
  ): Command {
    if (object === 'chain') return this.command(start, 'flush', 'chain', target, {});
    if (object === 'meter') return this.command(start, 'flush', 'meter', target, {});
    if (object === 'map') return this.command(start, 'flush', 'map', target, {});
    return this.command(start, 'flush', 'set', target, {});
  }

  protected readonly rename: ParserMethod<[ScannedToken], Command> = this.production(
    'rename',
    (start: ScannedToken) => {
      this.keyword('chain');
      const target = this.SUBRULE(this.itemTarget);
      const newName = this.SUBRULE(this.identifier);
      return this.command(start, 'rename', 'chain', target, { newName });
    },
  );
}

function nameless(token: ScannedToken): Name {
  const { source, startOffset, endOffset } = token;
  return { text: '', span: { source, start: startOffset, end: endOffset + 1 } };
}
