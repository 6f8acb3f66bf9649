/** Tables and the commands of a script. */

import type { ParserMethod } from 'chevrotain';
import type { ObjectDeclaration, SetDeclaration } from '../../src/ast/nft/ruleset.ts';
import type {
  ChainBlock,
  Command,
  CommandByObject,
  CommandObject,
  Count,
  Declared,
  DeclaredFlowtable,
  Name,
  TableBlock,
  Target,
  Verb,
} from '../../src/ast/nft/script.ts';
import type { ObjectType } from '../../src/ast/nft/statements.ts';
import { BlockRules } from './block-rules.ts';
import type { ObjectFields } from './object-rules.ts';
import { endOfFile, punctuation, type ScannedToken, word } from './tokens.ts';
import type { KeywordName, Scope } from './words.ts';

interface TableFields {
  flags: ('dormant' | 'owner' | 'persist')[];
  comment?: string;
  readonly chains: ChainBlock[];
  readonly sets: Declared<SetDeclaration>[];
  readonly flowtables: DeclaredFlowtable[];
  readonly objects: Declared<ObjectDeclaration>[];
}

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

export abstract class CommandRules extends BlockRules {
  private readonly tableFlag: ParserMethod<[TableFields], void> = this.production(
    'tableFlag',
    (fields: TableFields) => {
      const { image } = this.CONSUME(word);
      this.ACTION(() => {
        if (image === 'dormant' || image === 'owner' || image === 'persist')
          fields.flags.push(image);
        else this.abandon('invalid-value', this.lastSpan(), `'${image}' is no flag of tables`);
      });
    },
  );

  private readonly tableFlags: ParserMethod<[TableFields], void> = this.production(
    'tableFlags',
    (fields: TableFields) => {
      this.keyword('flags');
      this.SUBRULE1(this.tableFlag, { ARGS: [fields] });
      this.MANY(() => {
        this.CONSUME(punctuation.comma);
        this.SUBRULE2(this.tableFlag, { ARGS: [fields] });
      });
    },
  );

  private tableObject(type: PlainObject): ParserMethod<[TableFields], void> {
    return this.production(`${type}InTable`, (fields: TableFields) => {
      this.keyword(type);
      const start = this.LA(1);
      const name = this.SUBRULE(this.identifier);
      const settings: ObjectFields = {};
      this.SUBRULE(this.blockOf(type), { ARGS: [settings] });
      const declaration = this.ACTION(() =>
        this.objectOf(type, name, settings, start, this.handleInside(start)),
      );
      this.SUBRULE(this.separator);
      this.closeScope(plainObjects[type]);
      this.ACTION(() => fields.objects.push({ name, declaration }));
    });
  }

  private blockOf(type: PlainObject): ParserMethod<[ObjectFields], void> {
    const blocks = {
      counter: this.counterBlock,
      quota: this.quotaBlock,
      limit: this.limitBlock,
      secmark: this.secmarkBlock,
      synproxy: this.synproxyBlock,
      tunnel: this.tunnelBlock,
    };
    return blocks[type];
  }

  /** The handle in a comment inside the block that began at `start`. */
  private handleInside(start: ScannedToken): number | undefined {
    const note = this.context.scanner.handleComment;
    if (note === undefined || note.source !== start.source) return undefined;
    return note.offset > start.startOffset ? note.handle : undefined;
  }

  private readonly counterInTable = this.tableObject('counter');
  private readonly quotaInTable = this.tableObject('quota');
  private readonly limitInTable = this.tableObject('limit');
  private readonly secmarkInTable = this.tableObject('secmark');
  private readonly synproxyInTable = this.tableObject('synproxy');
  private readonly tunnelInTable = this.tableObject('tunnel');

  /** `helper NAME { … }`, `timeout NAME { … }`, `expectation NAME { … }` behind `ct` */
  private readonly ctObjectBlock: ParserMethod<[(ScannedToken | undefined)?], ObjectDeclarationOf> =
    this.production('ctObjectBlock', () => {
      const fields: ObjectFields = {};
      const start = this.LA(1);
      const type = this.SUBRULE(this.ctObjectType);
      const name = this.SUBRULE(this.identifier);
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
      return this.ACTION(() => {
        const handle = this.handleInside(start);
        return { name, declaration: this.objectOf(type, name, fields, start, handle) };
      });
    });

  private readonly ctObjectType: ParserMethod<[], 'ct helper' | 'ct timeout' | 'ct expectation'> =
    this.production('ctObjectType', () =>
      this.OR<'ct helper' | 'ct timeout' | 'ct expectation'>([
        { ALT: () => this.valued('helper', 'ct helper') },
        { ALT: () => this.valued('timeout', 'ct timeout') },
        { ALT: () => this.valued('expectation', 'ct expectation') },
      ]),
    );

  private readonly ctInTable: ParserMethod<[TableFields], void> = this.production(
    'ctInTable',
    (fields: TableFields) => {
      this.keyword('ct');
      const object = this.SUBRULE(this.ctObjectBlock);
      this.SUBRULE(this.separator);
      this.closeScope('ct');
      this.ACTION(() => fields.objects.push(object));
    },
  );

  private readonly chainInTable: ParserMethod<[TableFields], void> = this.production(
    'chainInTable',
    (fields: TableFields) => {
      this.keyword('chain');
      const start = this.LA(1);
      const name = this.SUBRULE(this.identifier);
      const chain = this.SUBRULE(this.chainBlock, { ARGS: [name, start] });
      this.SUBRULE(this.separator);
      this.ACTION(() => fields.chains.push(chain));
    },
  );

  private readonly setInTable: ParserMethod<[TableFields], void> = this.production(
    'setInTable',
    (fields: TableFields) => {
      const token = this.OR1([
        { ALT: () => this.keyword('set') },
        { ALT: () => this.keyword('map') },
      ]);
      const start = this.LA(1);
      const name = this.SUBRULE(this.identifier);
      const declaration = this.OR2([
        {
          GATE: () => this.spelling(token) === 'set',
          ALT: () => this.SUBRULE(this.setBlock, { ARGS: [name, start] }),
        },
        {
          GATE: () => this.spelling(token) === 'map',
          ALT: () => this.SUBRULE(this.mapBlock, { ARGS: [name, start] }),
        },
      ]);
      this.SUBRULE(this.separator);
      this.ACTION(() => fields.sets.push({ name, declaration }));
    },
  );

  private readonly flowtableInTable: ParserMethod<[TableFields], void> = this.production(
    'flowtableInTable',
    (fields: TableFields) => {
      this.keyword('flowtable');
      const start = this.LA(1);
      const name = this.SUBRULE(this.identifier);
      const flowtable = this.SUBRULE(this.flowtableBlock, { ARGS: [name, start] });
      this.SUBRULE(this.separator);
      this.ACTION(() => fields.flowtables.push(flowtable));
    },
  );

  private readonly tableItem: ParserMethod<[TableFields], void> = this.production(
    'tableItem',
    (fields: TableFields) => {
      this.OR([
        { ALT: () => this.SUBRULE(this.common) },
        { ALT: () => this.SUBRULE1(this.separator) },
        {
          ALT: () => {
            this.SUBRULE(this.tableFlags, { ARGS: [fields] });
            this.SUBRULE2(this.separator);
          },
        },
        {
          ALT: () => {
            this.SUBRULE(this.blockComment, { ARGS: [fields] });
            this.SUBRULE3(this.separator);
          },
        },
        { ALT: () => this.SUBRULE(this.chainInTable, { ARGS: [fields] }) },
        { ALT: () => this.SUBRULE(this.setInTable, { ARGS: [fields] }) },
        { ALT: () => this.SUBRULE(this.flowtableInTable, { ARGS: [fields] }) },
        { ALT: () => this.SUBRULE(this.counterInTable, { ARGS: [fields] }) },
        { ALT: () => this.SUBRULE(this.quotaInTable, { ARGS: [fields] }) },
        { ALT: () => this.SUBRULE(this.limitInTable, { ARGS: [fields] }) },
        { ALT: () => this.SUBRULE(this.secmarkInTable, { ARGS: [fields] }) },
        { ALT: () => this.SUBRULE(this.synproxyInTable, { ARGS: [fields] }) },
        { ALT: () => this.SUBRULE(this.tunnelInTable, { ARGS: [fields] }) },
        { ALT: () => this.SUBRULE(this.ctInTable, { ARGS: [fields] }) },
      ]);
    },
  );

  /** The block of a table. */
  private readonly tableBlock: ParserMethod<[ScannedToken], TableBlock> = this.production(
    'tableBlock',
    (start: ScannedToken) => {
      const fields: TableFields = { flags: [], chains: [], sets: [], flowtables: [], objects: [] };
      this.CONSUME(punctuation.openBrace);
      const handle = this.ACTION(() => this.handleBehind());
      this.withDefinitions(() => {
        do {
          this.MANY(() => {
            this.recovering(() => this.SUBRULE(this.tableItem, { ARGS: [fields] }));
            this.ACTION(() => this.readKnownChains(fields.chains));
          });
        } while (this.blockGoesOn(punctuation.closeBrace, []));
      });
      this.CONSUME(punctuation.closeBrace);
      const handled = handle === undefined ? {} : { handle };
      return { ...fields, ...handled, span: this.spanFrom(start) };
    },
  );

  /** A faster reader may take over whole chains here; the grammar itself reads none. */
  protected readKnownChains(_chains: ChainBlock[]): void {}

  private located(text: string): Count {
    return { value: Number(text), span: this.lastSpan() };
  }

  private readonly handle: ParserMethod<[], Count> = this.production('handle', () => {
    this.keyword('handle');
    return this.located(String(this.SUBRULE(this.count)));
  });

  /** `FAMILY TABLE` */
  private readonly tableTarget: ParserMethod<[], Target> = this.production('tableTarget', () => {
    const family = this.OPTION(() => this.SUBRULE(this.family)) ?? 'ip';
    return { family, table: this.SUBRULE(this.identifier) };
  });

  /** `FAMILY TABLE`, `FAMILY handle N` */
  private readonly tableOrHandle: ParserMethod<[], Target> = this.production(
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
  private readonly itemTarget: ParserMethod<[], Target> = this.production('itemTarget', () => {
    const target = this.SUBRULE(this.tableTarget);
    return { ...target, name: this.SUBRULE(this.identifier) };
  });

  /** `FAMILY TABLE NAME`, `FAMILY TABLE handle N` */
  private readonly itemOrHandle: ParserMethod<[], Target> = this.production('itemOrHandle', () => {
    const target = this.SUBRULE(this.tableTarget);
    return this.OR<Target>([
      { ALT: () => ({ ...target, name: this.SUBRULE(this.identifier) }) },
      { ALT: () => ({ ...target, handle: this.SUBRULE(this.handle) }) },
    ]);
  });

  /** `FAMILY TABLE CHAIN handle N` */
  private readonly ruleTarget: ParserMethod<[], Target> = this.production('ruleTarget', () => {
    const target = this.SUBRULE(this.itemTarget);
    return { ...target, handle: this.SUBRULE(this.handle) };
  });

  /** `FAMILY TABLE CHAIN`, with `position N`, `handle N` or `index N` */
  private readonly rulePosition: ParserMethod<[], Target> = this.production('rulePosition', () => {
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
  });

  /** Nothing, or a family. */
  private readonly anyFamily: ParserMethod<[], Target> = this.production('anyFamily', () => {
    const family = this.OPTION(() => this.SUBRULE(this.family));
    return family === undefined ? {} : { family };
  });

  /** `table FAMILY TABLE`, or as much of `FAMILY TABLE` as is there. */
  private readonly anyTable: ParserMethod<[], Target> = this.production('anyTable', () =>
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

  private readonly maybeTable: ParserMethod<[], Target> = this.production('maybeTable', () => {
    const family = this.OPTION1(() => this.SUBRULE(this.family));
    const table = this.OPTION2(() => this.SUBRULE(this.identifier));
    if (table !== undefined) return { family: family ?? 'ip', table };
    return family === undefined ? {} : { family };
  });

  private command<Object extends CommandObject>(
    start: ScannedToken,
    verb: Verb,
    object: Object,
    target: Target,
    rest: CommandByObject[Object],
  ) {
    return { kind: 'command', verb, object, target, span: this.spanFrom(start), ...rest } as const;
  }

  /** A declaration: `table`, `chain`, `set`, … with their blocks; behind `add` and `create`. */
  private readonly declare: ParserMethod<[ScannedToken, Verb], Command> = this.production(
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

  private readonly declareTable: ParserMethod<[ScannedToken, Verb], Command> = this.production(
    'declareTable',
    (start: ScannedToken, verb: Verb) => {
      this.keyword('table');
      const first = this.LA(1);
      const target = this.SUBRULE(this.tableTarget);
      const block = this.OPTION(() => this.SUBRULE(this.tableBlock, { ARGS: [first] }));
      return this.command(start, verb, 'table', target, block === undefined ? {} : { block });
    },
  );

  private readonly declareChain: ParserMethod<[ScannedToken, Verb], Command> = this.production(
    'declareChain',
    (start: ScannedToken, verb: Verb) => {
      this.keyword('chain');
      const target = this.SUBRULE(this.itemTarget);
      const block = this.SUBRULE(this.maybeChainBlock, { ARGS: [target] });
      return this.command(start, verb, 'chain', target, block === undefined ? {} : { block });
    },
  );

  private readonly maybeChainBlock: ParserMethod<[Target], ChainBlock | undefined> =
    this.production('maybeChainBlock', (target: Target) => {
      const first = this.LA(0);
      const name = this.ACTION(() => target.name) ?? { text: '', span: this.lastSpan() };
      return this.OPTION(() => this.SUBRULE(this.chainBlock, { ARGS: [name, first] }));
    });

  private readonly declareSet: ParserMethod<[ScannedToken, Verb], Command> = this.production(
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

  private readonly declareMap: ParserMethod<[ScannedToken, Verb], Command> = this.production(
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

  private readonly elementCommand: ParserMethod<[ScannedToken, Verb], Command> = this.production(
    'elementCommand',
    (start: ScannedToken, verb: Verb) => {
      this.keyword('element');
      const target = this.SUBRULE(this.itemTarget);
      const elements = this.SUBRULE(this.elementList);
      return this.command(start, verb, 'element', target, { elements });
    },
  );

  private readonly declareFlowtable: ParserMethod<[ScannedToken, Verb], Command> = this.production(
    'declareFlowtable',
    (start: ScannedToken, verb: Verb) => {
      this.keyword('flowtable');
      const target = this.SUBRULE(this.itemTarget);
      const first = this.LA(0);
      const name = this.ACTION(() => target.name) ?? { text: '', span: this.lastSpan() };
      const block = this.SUBRULE(this.flowtableBlock, { ARGS: [name, first] });
      return this.command(start, verb, 'flowtable', target, { block });
    },
  );

  /** `counter NAME`, with its settings in a block or without one. */
  private declareObject(
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

  private objectSettings(
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

  private readonly declareCounter = this.declareObject('counter', this.counterConfig);
  private readonly declareQuota = this.declareObject('quota', this.quotaConfig);
  private readonly declareLimit = this.declareObject('limit', this.limitConfig);
  private readonly declareSecmark = this.declareObject('secmark', this.secmarkConfig);
  private readonly declareSynproxy = this.declareObject('synproxy', this.synproxyConfig);
  private readonly declareTunnel = this.declareObject('tunnel', undefined);

  private readonly declareCt: ParserMethod<[ScannedToken, Verb], Command> = this.production(
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

  /** `rule TABLE CHAIN … RULE`; the word `rule` may be missing. */
  private readonly addRule: ParserMethod<[ScannedToken, Verb], Command> = this.production(
    'addRule',
    (start: ScannedToken, verb: Verb) => {
      this.OPTION(() => this.keyword('rule'));
      const target = this.SUBRULE(this.rulePosition);
      const rule = this.SUBRULE(this.rule);
      return this.command(start, verb, 'rule', target, { rule });
    },
  );

  private readonly add: ParserMethod<[ScannedToken], Command> = this.production(
    'add',
    (start: ScannedToken) =>
      this.OR<Command>([
        { ALT: () => this.SUBRULE(this.declare, { ARGS: [start, 'add'] }) },
        { ALT: () => this.SUBRULE(this.addRule, { ARGS: [start, 'add'] }) },
      ]),
  );

  private readonly replace: ParserMethod<[ScannedToken], Command> = this.production(
    'replace',
    (start: ScannedToken) => {
      this.keyword('rule');
      const target = this.SUBRULE(this.ruleTarget);
      const rule = this.SUBRULE(this.rule);
      return this.command(start, 'replace', 'rule', target, { rule });
    },
  );

  private readonly insert: ParserMethod<[ScannedToken], Command> = this.production(
    'insert',
    (start: ScannedToken) => {
      this.keyword('rule');
      const target = this.SUBRULE(this.rulePosition);
      const rule = this.SUBRULE(this.rule);
      return this.command(start, 'insert', 'rule', target, { rule });
    },
  );

  /** `delete` and `destroy`. */
  private readonly remove: ParserMethod<[ScannedToken, Verb], Command> = this.production(
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

  private readonly removeTable: ParserMethod<[ScannedToken, Verb], Command> = this.production(
    'removeTable',
    (start: ScannedToken, verb: Verb) => {
      this.keyword('table');
      return this.command(start, verb, 'table', this.SUBRULE(this.tableOrHandle), {});
    },
  );

  private readonly removeChain: ParserMethod<[ScannedToken, Verb], Command> = this.production(
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

  private readonly removeRule: ParserMethod<[ScannedToken, Verb], Command> = this.production(
    'removeRule',
    (start: ScannedToken, verb: Verb) => {
      this.keyword('rule');
      return this.command(start, verb, 'rule', this.SUBRULE(this.ruleTarget), {});
    },
  );

  private readonly removeSet: ParserMethod<[ScannedToken, Verb], Command> = this.production(
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

  private readonly removeFlowtable: ParserMethod<[ScannedToken, Verb], Command> = this.production(
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

  private readonly plainObject: ParserMethod<[], PlainObject> = this.production('plainObject', () =>
    this.OR<PlainObject>([
      { ALT: () => this.valued('counter', 'counter') },
      { ALT: () => this.valued('quota', 'quota') },
      { ALT: () => this.valued('limit', 'limit') },
      { ALT: () => this.valued('secmark', 'secmark') },
      { ALT: () => this.valued('synproxy', 'synproxy') },
      { ALT: () => this.valued('tunnel', 'tunnel') },
    ]),
  );

  private readonly removeObject: ParserMethod<[ScannedToken, Verb], Command> = this.production(
    'removeObject',
    (start: ScannedToken, verb: Verb) => {
      const type = this.SUBRULE(this.plainObject);
      const target = this.SUBRULE(this.itemOrHandle);
      const command = this.command(start, verb, 'object', target, { type });
      this.closeScope(plainObjects[type] ?? 'counter');
      return command;
    },
  );

  private readonly removeCt: ParserMethod<[ScannedToken, Verb], Command> = this.production(
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

  private readonly flush: ParserMethod<[ScannedToken], Command> = this.production(
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

  private flushItem(
    start: ScannedToken,
    object: 'table' | 'chain' | 'set' | 'map' | 'meter' | 'ruleset',
    target: Target,
  ): Command {
    if (object === 'chain') return this.command(start, 'flush', 'chain', target, {});
    if (object === 'meter') return this.command(start, 'flush', 'meter', target, {});
    if (object === 'map') return this.command(start, 'flush', 'map', target, {});
    return this.command(start, 'flush', 'set', target, {});
  }

  private readonly rename: ParserMethod<[ScannedToken], Command> = this.production(
    'rename',
    (start: ScannedToken) => {
      this.keyword('chain');
      const target = this.SUBRULE(this.itemTarget);
      const newName = this.SUBRULE(this.identifier);
      return this.command(start, 'rename', 'chain', target, { newName });
    },
  );

  private view(start: ScannedToken, verb: Verb, what: string, target: Target): Command {
    return this.command(start, verb, 'view', target, { what });
  }

  private readonly listWordOfFamily = this.wordRule('listWordOfFamily', [
    ...(['tables', 'chains', 'ruleset', 'meters'] as const),
  ]);
  private readonly listWordOfTable = this.wordRule('listWordOfTable', [
    ...(['sets', 'counters', 'quotas', 'limits', 'secmarks', 'synproxys', 'flowtables'] as const),
    ...(['maps', 'tunnels'] as const),
  ]);
  private readonly listWordOfItem = this.wordRule('listWordOfItem', [
    ...(['chain', 'set', 'map', 'meter', 'flowtable'] as const),
  ]);

  private readonly list: ParserMethod<[ScannedToken], Command> = this.production(
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

  private readonly listFlow: ParserMethod<[ScannedToken], Command> = this.production(
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

  private readonly listCt: ParserMethod<[ScannedToken], Command> = this.production(
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

  private readonly listHooks: ParserMethod<[ScannedToken], Command> = this.production(
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

  private readonly resetView: ParserMethod<[ScannedToken], Command> = this.production(
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
  private readonly resetRules: ParserMethod<[], Target> = this.production('resetRules', () =>
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

  private readonly markup: ParserMethod<[], void> = this.production('markup', () => {
    this.OR([
      { ALT: () => this.keyword('xml') },
      { ALT: () => this.CONSUME1(this.typeOf('json')) },
      { ALT: () => (this.keyword('vm'), this.CONSUME2(this.typeOf('json'))) },
    ]);
  });

  private readonly monitor: ParserMethod<[ScannedToken], Command> = this.production(
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

  private readonly transfer: ParserMethod<[ScannedToken, Verb], Command> = this.production(
    'transfer',
    (start: ScannedToken, verb: Verb) => {
      this.OPTION(() => this.keyword('ruleset'));
      this.SUBRULE(this.markup);
      return this.view(start, verb, 'ruleset', {});
    },
  );

  /** Any command. */
  protected readonly anyCommand: ParserMethod<[], Command> = this.production('anyCommand', () => {
    const start = this.LA(1);
    return this.OR<Command>([
      { ALT: () => this.SUBRULE1(this.add, { ARGS: [start] }) },
      { ALT: () => (this.keyword('add'), this.SUBRULE2(this.add, { ARGS: [start] })) },
      { ALT: () => (this.keyword('replace'), this.SUBRULE(this.replace, { ARGS: [start] })) },
      {
        ALT: () => (
          this.keyword('create'), this.SUBRULE3(this.declare, { ARGS: [start, 'create'] })
        ),
      },
      { ALT: () => (this.keyword('insert'), this.SUBRULE(this.insert, { ARGS: [start] })) },
      {
        ALT: () => (
          this.keyword('delete'), this.SUBRULE1(this.remove, { ARGS: [start, 'delete'] })
        ),
      },
      {
        ALT: () => (
          this.keyword('get'), this.SUBRULE(this.elementCommand, { ARGS: [start, 'get'] })
        ),
      },
      { ALT: () => this.closing('list', () => this.SUBRULE(this.list, { ARGS: [start] })) },
      { ALT: () => this.closing('reset', () => this.SUBRULE(this.resetView, { ARGS: [start] })) },
      { ALT: () => (this.keyword('flush'), this.SUBRULE(this.flush, { ARGS: [start] })) },
      { ALT: () => (this.keyword('rename'), this.SUBRULE(this.rename, { ARGS: [start] })) },
      {
        ALT: () =>
          this.closing('import', () => this.SUBRULE1(this.transfer, { ARGS: [start, 'import'] })),
      },
      {
        ALT: () =>
          this.closing('export', () => this.SUBRULE2(this.transfer, { ARGS: [start, 'export'] })),
      },
      { ALT: () => this.closing('monitor', () => this.SUBRULE(this.monitor, { ARGS: [start] })) },
      { ALT: () => this.describe(start) },
      {
        ALT: () =>
          this.closing('destroy', () => this.SUBRULE2(this.remove, { ARGS: [start, 'destroy'] })),
      },
    ]);
  });

  private closing(word: KeywordName & Scope, rest: () => Command): Command {
    this.keyword(word);
    const command = rest();
    this.closeScope(word);
    return command;
  }

  private describe(start: ScannedToken): Command {
    this.keyword('describe');
    this.SUBRULE(this.described);
    return this.view(start, 'describe', 'expression', {});
  }

  /** A command with the end of its line. */
  private readonly line: ParserMethod<[Command[]], void> = this.production(
    'line',
    (commands: Command[]) => {
      this.OR1([
        { ALT: () => this.SUBRULE(this.common) },
        { ALT: () => this.SUBRULE1(this.separator) },
        {
          ALT: () => {
            const command = this.SUBRULE(this.anyCommand);
            this.OR2([
              { ALT: () => this.SUBRULE2(this.separator) },
              { ALT: () => this.CONSUME(endOfFile) },
            ]);
            this.ACTION(() => commands.push(command));
          },
        },
      ]);
    },
  );

  /** A whole file. */
  protected readonly script: ParserMethod<[Command[]], void> = this.production(
    'script',
    (commands: Command[]) => {
      do {
        this.MANY({
          GATE: () => !this.is(endOfFile),
          DEF: () => this.recovering(() => this.SUBRULE(this.line, { ARGS: [commands] })),
        });
      } while (this.blockGoesOn(endOfFile, []));
    },
  );
}

type ObjectDeclarationOf = Declared<ObjectDeclaration>;

function nameless(token: ScannedToken): Name {
  const { source, startOffset, endOffset } = token;
  return { text: '', span: { source, start: startOffset, end: endOffset + 1 } };
}
