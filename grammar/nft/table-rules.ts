/** What stands between the braces of a table. */

import type { ParserMethod } from 'chevrotain';
import type { ObjectDeclaration, SetDeclaration } from '../../src/ast/nft/ruleset.ts';
import type {
  ChainBlock,
  Declared,
  DeclaredFlowtable,
  TableBlock,
} from '../../src/ast/nft/script.ts';
import type { ObjectType } from '../../src/ast/nft/statements.ts';
import type { ObjectFields } from './object-fields.ts';
import { TargetRules } from './target-rules.ts';
import { punctuation, type ScannedToken, word } from './tokens.ts';
import type { Scope } from './words.ts';

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

type ObjectDeclarationOf = Declared<ObjectDeclaration>;

export abstract class TableRules extends TargetRules {
  protected readonly tableFlag: ParserMethod<[TableFields], void> = this.production(
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

  protected readonly tableFlags: ParserMethod<[TableFields], void> = this.production(
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

  protected tableObject(type: PlainObject): ParserMethod<[TableFields], void> {
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

  protected blockOf(type: PlainObject): ParserMethod<[ObjectFields], void> {
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
  protected handleInside(start: ScannedToken): number | undefined {
    const note = this.context.scanner.handleComment;
    if (note === undefined || note.source !== start.source) return undefined;
    return note.offset > start.startOffset ? note.handle : undefined;
  }

  protected readonly counterInTable = this.tableObject('counter');

  protected readonly quotaInTable = this.tableObject('quota');

  protected readonly limitInTable = this.tableObject('limit');

  protected readonly secmarkInTable = this.tableObject('secmark');

  protected readonly synproxyInTable = this.tableObject('synproxy');

  protected readonly tunnelInTable = this.tableObject('tunnel');

  /** `helper NAME { … }`, `timeout NAME { … }`, `expectation NAME { … }` behind `ct` */
  protected readonly ctObjectBlock: ParserMethod<
    [(ScannedToken | undefined)?],
    ObjectDeclarationOf
  > = this.production('ctObjectBlock', () => {
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

  protected readonly ctObjectType: ParserMethod<[], 'ct helper' | 'ct timeout' | 'ct expectation'> =
    this.production('ctObjectType', () =>
      this.OR<'ct helper' | 'ct timeout' | 'ct expectation'>([
        { ALT: () => this.valued('helper', 'ct helper') },
        { ALT: () => this.valued('timeout', 'ct timeout') },
        { ALT: () => this.valued('expectation', 'ct expectation') },
      ]),
    );

  protected readonly ctInTable: ParserMethod<[TableFields], void> = this.production(
    'ctInTable',
    (fields: TableFields) => {
      this.keyword('ct');
      const object = this.SUBRULE(this.ctObjectBlock);
      this.SUBRULE(this.separator);
      this.closeScope('ct');
      this.ACTION(() => fields.objects.push(object));
    },
  );

  protected readonly chainInTable: ParserMethod<[TableFields], void> = this.production(
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

  protected readonly setInTable: ParserMethod<[TableFields], void> = this.production(
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

  protected readonly flowtableInTable: ParserMethod<[TableFields], void> = this.production(
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

  protected readonly tableItem: ParserMethod<[TableFields], void> = this.production(
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
  protected readonly tableBlock: ParserMethod<[ScannedToken], TableBlock> = this.production(
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
}
