/** What stands between the braces of maps and flowtables. */

import type { ParserMethod } from 'chevrotain';
import type { Expression } from '../../src/ast/nft/expressions.ts';
import type { HookName, SetDeclaration, SetFlag, SetType } from '../../src/ast/nft/ruleset.ts';
import type { DeclaredFlowtable, Name, PrioritySpecification } from '../../src/ast/nft/script.ts';
import type { ObjectType, Statement } from '../../src/ast/nft/statements.ts';
import { SetBlockRules } from './set-block-rules.ts';
import { punctuation, type ScannedToken, word } from './tokens.ts';

interface SetFields {
  key?: SetType;
  data?: SetType;
  dataInterval?: boolean;
  objectType?: ObjectType;
  flags?: readonly SetFlag[];
  autoMerge?: boolean;
  policy?: 'performance' | 'memory';
  size?: number;
  timeout?: number;
  gcInterval?: number;
  comment?: string;
  elements?: Expression;
  readonly statements: Statement[];
}

interface FlowtableFields {
  hook?: { readonly name: HookName; readonly priority: PrioritySpecification };
  devices?: readonly Name[];
  counter?: boolean;
  offload?: boolean;
}

export abstract class MapBlockRules extends SetBlockRules {
  protected readonly mapObject: ParserMethod<[], ObjectType> = this.production('mapObject', () =>
    this.OR<ObjectType>([
      { ALT: () => this.scoped('counter', 'counter', 'counter') },
      { ALT: () => this.scoped('quota', 'quota', 'quota') },
      { ALT: () => this.scoped('limit', 'limit', 'limit') },
      { ALT: () => this.scoped('secmark', 'secmark', 'secmark') },
      { ALT: () => this.scoped('synproxy', 'synproxy', 'synproxy') },
    ]),
  );

  /** `type A : B`, `type A : interval B`, `type A : counter` */
  protected readonly mapType: ParserMethod<[], Partial<SetFields>> = this.production(
    'mapType',
    () => {
      this.keyword('type');
      const key = this.SUBRULE1(this.typeNames);
      this.CONSUME(punctuation.colon);
      const data = this.OR<Partial<SetFields>>([
        { ALT: () => ({ objectType: this.SUBRULE(this.mapObject) }) },
        {
          ALT: () => {
            const dataInterval = this.OPTION(() => this.valued('interval', true)) === true;
            const names = this.SUBRULE2(this.typeNames);
            return dataInterval ? { data: names, dataInterval } : { data: names };
          },
        },
      ]);
      this.SUBRULE(this.separator);
      this.closeScope('type');
      return { key, ...data };
    },
  );

  /** `typeof A : B`, `typeof A : verdict`, `typeof A : ct helper` */
  protected readonly mapTypeOf: ParserMethod<[], Partial<SetFields>> = this.production(
    'mapTypeOf',
    () => {
      this.keyword('typeof');
      const expression = this.SUBRULE1(this.typeOfSelectors);
      this.CONSUME(punctuation.colon);
      const data = this.OR<Partial<SetFields>>([
        { ALT: () => ({ objectType: this.SUBRULE(this.mapObject) }) },
        { ALT: () => this.SUBRULE(this.intervalData) },
        { ALT: () => this.SUBRULE(this.queueData) },
        { ALT: () => this.SUBRULE(this.verdictData) },
        { ALT: () => this.SUBRULE(this.ctData), IGNORE_AMBIGUITIES: true },
        { ALT: () => this.selectorData(this.SUBRULE2(this.typeOfSelectors)) },
      ]);
      this.SUBRULE(this.separator);
      return { key: { kind: 'typeof', expression }, ...data };
    },
  );

  protected readonly intervalData: ParserMethod<[], Partial<SetFields>> = this.production(
    'intervalData',
    () => {
      this.keyword('interval');
      const expression = this.SUBRULE(this.typeOfSelectors);
      return { data: { kind: 'typeof', expression }, dataInterval: true };
    },
  );

  /** Behind `queue` nft leaves the scope open. */
  protected readonly queueData: ParserMethod<[], Partial<SetFields>> = this.production(
    'queueData',
    () => {
      this.keyword('queue');
      return { data: { kind: 'type', names: ['queue'] } };
    },
  );

  protected readonly verdictData: ParserMethod<[], Partial<SetFields>> = this.production(
    'verdictData',
    () => {
      const token = this.CONSUME(word);
      this.ACTION(() => {
        if (token.image === 'verdict') return;
        const message = `'${token.image}' cannot be the data of a map`;
        this.abandon('invalid-value', this.lastSpan(), message);
      });
      return { data: { kind: 'type', names: ['verdict'] } };
    },
  );

  /** `ct timeout` and `ct expectation` are objects; `ct helper` is too; other keys are values. */
  protected readonly ctData: ParserMethod<[], Partial<SetFields>> = this.production(
    'ctData',
    () => {
      const start = this.LA(1);
      this.keyword('ct');
      return this.OR<Partial<SetFields>>([
        { ALT: () => this.scoped('timeout', 'ct', { objectType: 'ct timeout' }) },
        {
          ALT: () => this.scoped('expectation', 'ct', { objectType: 'ct expectation' }),
        },
        { ALT: () => this.SUBRULE(this.ctSelectors, { ARGS: [start] }) },
      ]);
    },
  );

  protected readonly ctSelectors: ParserMethod<[ScannedToken], Partial<SetFields>> =
    this.production('ctSelectors', (start: ScannedToken) => {
      const parts: Expression[] = [this.SUBRULE(this.ctKey, { ARGS: [start] })];
      this.closeScope('ct');
      this.MANY(() => {
        this.CONSUME(punctuation.dot);
        parts.push(this.SUBRULE(this.selector));
      });
      return this.selectorData(this.concatOf(parts));
    });

  protected selectorData(expression: Expression): Partial<SetFields> {
    if (expression.kind === 'ct' && expression.key === 'helper') return { objectType: 'ct helper' };
    return { data: { kind: 'typeof', expression } };
  }

  protected readonly mapItemLine: ParserMethod<[SetFields], void> = this.production(
    'mapItemLine',
    (fields: SetFields) => {
      this.OR([
        { ALT: () => this.SUBRULE(this.common) },
        { ALT: () => this.SUBRULE(this.separator) },
        { ALT: () => this.addTypes(fields, this.SUBRULE(this.mapType)) },
        { ALT: () => this.addTypes(fields, this.SUBRULE(this.mapTypeOf)) },
        { ALT: () => this.SUBRULE(this.setSetting, { ARGS: [fields] }) },
        { ALT: () => this.SUBRULE(this.setElements, { ARGS: [fields, false] }) },
        { ALT: () => this.SUBRULE(this.commentLine, { ARGS: [fields] }) },
      ]);
    },
  );

  protected addTypes(fields: SetFields, types: Partial<SetFields>): void {
    this.ACTION(() => {
      if (fields.key !== undefined) this.onlyOnce('type');
      Object.assign(fields, types);
    });
  }

  /** The block of a map. */
  protected readonly mapBlock: ParserMethod<[Name, ScannedToken], SetDeclaration> = this.production(
    'mapBlock',
    (name: Name, start: ScannedToken) => {
      const fields: SetFields = { statements: [] };
      this.CONSUME(punctuation.openBrace);
      const handle = this.ACTION(() => this.handleBehind());
      do {
        this.MANY(() => {
          this.recovering(() => this.SUBRULE(this.mapItemLine, { ARGS: [fields] }));
        });
      } while (this.blockGoesOn(punctuation.closeBrace, []));
      this.CONSUME(punctuation.closeBrace);
      return this.ACTION(() => this.declarationOf(true, name, fields, start, handle));
    },
  );

  protected readonly flowtableHook: ParserMethod<[FlowtableFields], void> = this.production(
    'flowtableHook',
    (fields: FlowtableFields) => {
      this.keyword('hook');
      const name = { text: this.CONSUME(word).image, span: this.lastSpan() };
      const priority = this.SUBRULE(this.priority);
      this.SUBRULE(this.separator);
      this.ACTION(() => {
        fields.hook = { name: this.hookOf(name), priority };
      });
    },
  );

  protected readonly flowtableItem: ParserMethod<[FlowtableFields], void> = this.production(
    'flowtableItem',
    (fields: FlowtableFields) => {
      this.OR([
        { ALT: () => this.SUBRULE(this.common) },
        { ALT: () => this.SUBRULE1(this.separator) },
        { ALT: () => this.SUBRULE(this.flowtableHook, { ARGS: [fields] }) },
        {
          ALT: () => {
            const devices = this.SUBRULE(this.devicesClause);
            this.SUBRULE2(this.separator);
            this.ACTION(() => Object.assign(fields, { devices }));
          },
        },
        {
          ALT: () => {
            this.keyword('counter');
            this.closeScope('counter');
            this.ACTION(() => Object.assign(fields, { counter: true }));
          },
        },
        {
          ALT: () => {
            this.keyword('flags');
            this.keyword('offload');
            this.SUBRULE3(this.separator);
            this.ACTION(() => Object.assign(fields, { offload: true }));
          },
        },
      ]);
    },
  );

  /** The block of a flowtable. */
  protected readonly flowtableBlock: ParserMethod<[Name, ScannedToken], DeclaredFlowtable> =
    this.production('flowtableBlock', (name: Name, start: ScannedToken) => {
      const fields: FlowtableFields = {};
      this.CONSUME(punctuation.openBrace);
      const handle = this.ACTION(() => this.handleBehind());
      do {
        this.MANY(() => {
          this.recovering(() => this.SUBRULE(this.flowtableItem, { ARGS: [fields] }));
        });
      } while (this.blockGoesOn(punctuation.closeBrace, []));
      this.CONSUME(punctuation.closeBrace);
      return this.ACTION(() => this.flowtableOf(name, fields, start, handle));
    });

  protected flowtableOf(
    name: Name,
    fields: FlowtableFields,
    start: ScannedToken,
    handle: number | undefined,
  ): DeclaredFlowtable {
    const declaration = {
      kind: 'flowtable',
      name: name.text,
      devices: (fields.devices ?? []).map(({ text }) => text),
      flags: fields.offload === true ? (['offload'] as const) : [],
      counter: fields.counter ?? false,
      ...(handle === undefined ? {} : { handle }),
      span: this.spanFrom(start),
    } as const;
    return { name, declaration, ...(fields.hook === undefined ? {} : { hook: fields.hook }) };
  }
}
