/** What stands between the braces of a set: type, flags, times, elements. */

import type { ParserMethod } from 'chevrotain';
import type { Expression } from '../../src/ast/nft/expressions.ts';
import type { SetDeclaration, SetFlag, SetType } from '../../src/ast/nft/ruleset.ts';
import type { Name } from '../../src/ast/nft/script.ts';
import type { ObjectType, Statement } from '../../src/ast/nft/statements.ts';
import { ChainRules } from './chain-rules.ts';
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

export abstract class SetBlockRules extends ChainRules {
  protected readonly typeAtom: ParserMethod<[], string> = this.production(
    'typeAtom',
    () =>
      this.OR([
        { ALT: () => this.CONSUME(word) },
        { ALT: () => this.keyword('mark') },
        { ALT: () => this.keyword('dscp') },
        { ALT: () => this.keyword('ecn') },
        { ALT: () => this.keyword('classid') },
        { ALT: () => this.keyword('time') },
      ]).image,
  );

  /** `ipv4_addr . inet_service` */
  protected readonly typeNames: ParserMethod<[], SetType> = this.production('typeNames', () => {
    const names = [this.SUBRULE1(this.typeAtom)];
    this.MANY(() => {
      this.CONSUME(punctuation.dot);
      names.push(this.SUBRULE2(this.typeAtom));
    });
    return { kind: 'type', names };
  });

  /** `ip saddr . tcp dport` behind `typeof` */
  protected readonly typeOfSelectors: ParserMethod<[], Expression> = this.production(
    'typeOfSelectors',
    () => {
      const parts = [this.SUBRULE1(this.selector)];
      this.MANY(() => {
        this.CONSUME(punctuation.dot);
        parts.push(this.SUBRULE2(this.selector));
      });
      return this.concatOf(parts);
    },
  );

  protected readonly setKey: ParserMethod<[], SetType> = this.production('setKey', () =>
    this.OR<SetType>([
      {
        ALT: () => {
          this.keyword('typeof');
          return { kind: 'typeof', expression: this.SUBRULE(this.typeOfSelectors) };
        },
      },
      {
        ALT: () => {
          this.keyword('type');
          const names = this.SUBRULE(this.typeNames);
          this.closeScope('type');
          return names;
        },
      },
    ]),
  );

  protected readonly setFlag: ParserMethod<[], SetFlag> = this.production('setFlag', () =>
    this.OR<SetFlag>([
      { ALT: () => this.valued('constant', 'constant') },
      { ALT: () => this.valued('interval', 'interval') },
      { ALT: () => this.valued('timeout', 'timeout') },
      { ALT: () => this.valued('dynamic', 'dynamic') },
    ]),
  );

  protected readonly setFlags: ParserMethod<[SetFields], void> = this.production(
    'setFlags',
    (fields: SetFields) => {
      this.keyword('flags');
      const flags = [this.SUBRULE1(this.setFlag)];
      this.MANY(() => {
        this.CONSUME(punctuation.comma);
        flags.push(this.SUBRULE2(this.setFlag));
      });
      this.ACTION(() => Object.assign(fields, { flags: [...new Set(flags)] }));
    },
  );

  protected readonly setTimes: ParserMethod<[SetFields], void> = this.production(
    'setTimes',
    (fields: SetFields) => {
      const token = this.OR([
        { ALT: () => this.keyword('timeout') },
        { ALT: () => this.keyword('gc-interval') },
      ]);
      const value = this.SUBRULE(this.duration);
      const key = this.spelling(token) === 'timeout' ? 'timeout' : 'gcInterval';
      this.ACTION(() => Object.assign(fields, { [key]: value }));
    },
  );

  protected readonly setMechanism: ParserMethod<[SetFields], void> = this.production(
    'setMechanism',
    (fields: SetFields) => {
      this.OR1([
        {
          ALT: () => {
            this.keyword('policy');
            const token = this.OR2([
              { ALT: () => this.keyword('performance') },
              { ALT: () => this.keyword('memory') },
            ]);
            this.closeScope('policy');
            this.ACTION(() => Object.assign(fields, { policy: this.spelling(token) }));
          },
        },
        {
          ALT: () => {
            this.keyword('size');
            const size = this.SUBRULE(this.count);
            this.ACTION(() => Object.assign(fields, { size }));
          },
        },
      ]);
    },
  );

  /** Settings that sets and maps share, each on a line of its own. */
  protected readonly setSetting: ParserMethod<[SetFields], void> = this.production(
    'setSetting',
    (fields: SetFields) => {
      this.OR([
        { ALT: () => this.SUBRULE(this.setFlags, { ARGS: [fields] }) },
        { ALT: () => this.SUBRULE(this.setTimes, { ARGS: [fields] }) },
        { ALT: () => this.SUBRULE(this.setMechanism, { ARGS: [fields] }) },
        {
          ALT: () => {
            this.AT_LEAST_ONE(() => {
              const statement = this.SUBRULE(this.stateful);
              this.ACTION(() => fields.statements.push(statement));
            });
          },
        },
      ]);
      this.SUBRULE(this.separator);
    },
  );

  /** `elements = { … }` */
  protected readonly setElements: ParserMethod<[SetFields, boolean], void> = this.production(
    'setElements',
    (fields: SetFields, once: boolean) => {
      this.keyword('elements');
      this.CONSUME(punctuation.equals);
      const elements = this.SUBRULE(this.elementList);
      this.ACTION(() => {
        if (once && fields.elements !== undefined) this.onlyOnce('elements');
        fields.elements = elements;
      });
    },
  );

  /** A set literal, or a variable that holds one. */
  protected readonly elementList: ParserMethod<[], Expression> = this.production(
    'elementList',
    () =>
      this.OR<Expression>([
        { ALT: () => this.SUBRULE(this.set) },
        { ALT: () => this.SUBRULE(this.variable) },
      ]),
  );

  protected readonly setItemLine: ParserMethod<[SetFields], void> = this.production(
    'setItemLine',
    (fields: SetFields) => {
      this.OR([
        { ALT: () => this.SUBRULE(this.common) },
        { ALT: () => this.SUBRULE1(this.separator) },
        {
          ALT: () => {
            const key = this.SUBRULE(this.setKey);
            this.SUBRULE2(this.separator);
            this.ACTION(() => {
              if (fields.key !== undefined) this.onlyOnce('type');
              fields.key = key;
            });
          },
        },
        { ALT: () => this.SUBRULE(this.setSetting, { ARGS: [fields] }) },
        { ALT: () => this.SUBRULE(this.setElements, { ARGS: [fields, true] }) },
        {
          ALT: () => {
            this.keyword('auto-merge');
            this.ACTION(() => Object.assign(fields, { autoMerge: true }));
          },
        },
        { ALT: () => this.SUBRULE(this.commentLine, { ARGS: [fields] }) },
      ]);
    },
  );

  /** The block of a set. */
  protected readonly setBlock: ParserMethod<[Name, ScannedToken], SetDeclaration> = this.production(
    'setBlock',
    (name: Name, start: ScannedToken) => {
      const fields: SetFields = { statements: [] };
      this.CONSUME(punctuation.openBrace);
      const handle = this.ACTION(() => this.handleBehind());
      do {
        this.MANY(() => {
          this.recovering(() => this.SUBRULE(this.setItemLine, { ARGS: [fields] }));
        });
      } while (this.blockGoesOn(punctuation.closeBrace, []));
      this.CONSUME(punctuation.closeBrace);
      return this.ACTION(() => this.declarationOf(false, name, fields, start, handle));
    },
  );

  protected declarationOf(
    map: boolean,
    name: Name,
    fields: SetFields,
    start: ScannedToken,
    handle: number | undefined,
  ): SetDeclaration {
    const { elements, flags, autoMerge, ...rest } = fields;
    return {
      kind: 'set',
      name: name.text,
      map,
      ...rest,
      flags: flags ?? [],
      autoMerge: autoMerge ?? false,
      ...(handle === undefined ? {} : { handle }),
      elements: elements === undefined ? [] : itemsOf(elements),
      span: this.spanFrom(start),
    };
  }
}

function itemsOf(elements: Expression): readonly Expression[] {
  return elements.kind === 'set' ? elements.items : [elements];
}
