/** What stands between the braces of chains, sets, maps and flowtables. */

import type { ParserMethod } from 'chevrotain';
import type { Expression } from '../../src/ast/nft/expressions.ts';
import type {
  ChainType,
  HookName,
  Rule,
  SetDeclaration,
  SetFlag,
  SetType,
} from '../../src/ast/nft/ruleset.ts';
import type {
  ChainBlock,
  DeclaredFlowtable,
  HookSpecification,
  Name,
  PrioritySpecification,
} from '../../src/ast/nft/script.ts';
import type { ObjectType, Statement } from '../../src/ast/nft/statements.ts';
import { ObjectRules } from './object-rules.ts';
import { punctuation, type ScannedToken, word } from './tokens.ts';

const hookNames: readonly HookName[] = [
  ...(['ingress', 'prerouting', 'input', 'forward', 'output', 'postrouting', 'egress'] as const),
];

/** IFNAMSIZ - 1. */
const longestInterface = 15;

interface ChainFields {
  hook?: HookSpecification;
  policy?: { readonly value: 'accept' | 'drop'; readonly span: ChainBlock['span'] };
  devices?: readonly Name[];
  offload?: boolean;
  comment?: string;
  readonly rules: Rule[];
}

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

export abstract class BlockRules extends ObjectRules {
  /** `{ eth0, "eth1", $more }` or a variable. */
  private readonly deviceList: ParserMethod<[], readonly Name[]> = this.production(
    'deviceList',
    () =>
      this.OR<readonly Name[]>([
        { ALT: () => this.SUBRULE(this.deviceLiteral) },
        {
          ALT: () => {
            const value = this.SUBRULE(this.variable);
            return this.ACTION(() => devicesOf(value));
          },
        },
      ]),
  );

  private readonly deviceLiteral: ParserMethod<[], readonly Name[]> = this.production(
    'deviceLiteral',
    () => {
      const devices: Name[] = [];
      this.CONSUME(punctuation.openBrace);
      const first = this.SUBRULE1(this.deviceItem);
      this.ACTION(() => devices.push(...first));
      this.MANY(() => {
        this.CONSUME(punctuation.comma);
        this.OPTION1(() => this.CONSUME(punctuation.newline));
        this.OPTION2(() => {
          const more = this.SUBRULE2(this.deviceItem);
          this.ACTION(() => devices.push(...more));
        });
      });
      this.CONSUME(punctuation.closeBrace);
      return devices;
    },
  );

  private readonly deviceItem: ParserMethod<[], readonly Name[]> = this.production(
    'deviceItem',
    () =>
      this.OR<readonly Name[]>([
        { ALT: () => [this.SUBRULE(this.deviceName)] },
        {
          ALT: () => {
            const value = this.SUBRULE(this.variable);
            return this.ACTION(() => devicesOf(value));
          },
        },
      ]),
  );

  private readonly deviceName: ParserMethod<[], Name> = this.production('deviceName', () => {
    const name = this.SUBRULE(this.string);
    this.ACTION(() => {
      if (name.text === '') this.abandon('invalid-value', name.span, 'an interface has a name');
      if (name.text.length > longestInterface) {
        const message = `an interface name has at most ${longestInterface} characters`;
        this.abandon('invalid-value', name.span, message);
      }
    });
    return name;
  });

  /** `device eth0`, `devices = { eth0, eth1 }` */
  private readonly hookDevices: ParserMethod<[], readonly Name[]> = this.production(
    'hookDevices',
    () =>
      this.OR1<readonly Name[]>([
        {
          ALT: () => {
            this.keyword('device');
            return this.SUBRULE(this.deviceItem);
          },
        },
        { ALT: () => this.SUBRULE(this.devicesClause) },
      ]),
  );

  private readonly devicesClause: ParserMethod<[], readonly Name[]> = this.production(
    'devicesClause',
    () => {
      this.keyword('devices');
      this.CONSUME(punctuation.equals);
      return this.SUBRULE(this.deviceList);
    },
  );

  /** `priority -150`, `priority filter + 5`, `priority $p` */
  private readonly priority: ParserMethod<[], PrioritySpecification> = this.production(
    'priority',
    () => {
      const start = this.LA(1);
      this.keyword('priority');
      const found = this.OR<{ name?: string; offset: number }>([
        { ALT: () => ({ offset: this.SUBRULE1(this.count) }) },
        {
          ALT: () => {
            this.CONSUME(punctuation.dash);
            return { offset: -this.SUBRULE2(this.count) };
          },
        },
        {
          ALT: () => {
            const value = this.SUBRULE(this.variable);
            return this.ACTION(() => priorityOf(value));
          },
        },
        { ALT: () => this.SUBRULE(this.namedPriority) },
      ]);
      return { ...found, span: this.spanFrom(start) };
    },
  );

  private readonly namedPriority: ParserMethod<[], { name: string; offset: number }> =
    this.production('namedPriority', () => {
      const name = this.OR1([
        { ALT: () => this.CONSUME(word) },
        { ALT: () => this.keyword('out') },
      ]).image;
      const offset = this.OPTION(() =>
        this.OR2([
          {
            ALT: () => {
              this.CONSUME(punctuation.plus);
              return this.SUBRULE1(this.count);
            },
          },
          {
            ALT: () => {
              this.CONSUME(punctuation.dash);
              return -this.SUBRULE2(this.count);
            },
          },
        ]),
      );
      return { name, offset: offset ?? 0 };
    });

  private hookOf(token: Name): HookName {
    const hook = hookNames.find((name) => name === token.text);
    if (hook !== undefined) return hook;
    return this.abandon('invalid-value', token.span, `'${token.text}' is no hook of chains`);
  }

  /** `type filter hook input device eth0 priority 0` */
  private readonly hookSpecification: ParserMethod<[], HookSpecification> = this.production(
    'hookSpecification',
    () => {
      const start = this.LA(1);
      this.keyword('type');
      const type = this.OR<ChainType>([
        { ALT: () => this.valued('filter', 'filter') },
        { ALT: () => this.valued('nat', 'nat') },
        { ALT: () => this.valued('route', 'route') },
      ]);
      this.closeScope('type');
      this.keyword('hook');
      const name = { text: this.CONSUME(word).image, span: this.lastSpan() };
      const devices = this.OPTION(() => this.SUBRULE(this.hookDevices));
      const priority = this.SUBRULE(this.priority);
      const hook = this.ACTION(() => this.hookOf(name));
      const bound = devices === undefined ? {} : { devices };
      return { type, hook, hookSpan: name.span, ...bound, priority, span: this.spanFrom(start) };
    },
  );

  private readonly chainPolicy: ParserMethod<[ChainFields], void> = this.production(
    'chainPolicy',
    (fields: ChainFields) => {
      const start = this.LA(1);
      this.keyword('policy');
      const value = this.OR<string>([
        { ALT: () => this.keyword('accept').image },
        { ALT: () => this.keyword('drop').image },
        {
          ALT: () => {
            const variable = this.SUBRULE(this.variable);
            this.ACTION(() => this.checkPolicy(variable));
            return textOf(variable);
          },
        },
      ]);
      this.closeScope('policy');
      this.ACTION(() => {
        const span = this.spanFrom(start);
        if (fields.policy !== undefined)
          this.abandon('duplicate-clause', span, 'a chain has one policy');
        fields.policy = { value: value === 'drop' ? 'drop' : 'accept', span };
      });
    },
  );

  /** nft blames the definition for a policy that is none. */
  private checkPolicy(value: Expression): void {
    const text = textOf(value);
    if (text === 'accept' || text === 'drop') return;
    this.report('invalid-value', value.span, 'the policy of a chain is accept or drop');
  }

  private readonly chainItem: ParserMethod<[ChainFields], void> = this.production(
    'chainItem',
    (fields: ChainFields) => {
      this.OR([
        {
          ALT: () => {
            const hook = this.SUBRULE(this.hookSpecification);
            this.ACTION(() => Object.assign(fields, { hook }));
          },
        },
        { ALT: () => this.SUBRULE(this.chainPolicy, { ARGS: [fields] }) },
        {
          ALT: () => {
            this.keyword('flags');
            this.keyword('offload');
            this.ACTION(() => Object.assign(fields, { offload: true }));
          },
        },
        {
          ALT: () => {
            const devices = this.SUBRULE(this.devicesClause);
            this.ACTION(() => {
              fields.devices = [...(fields.devices ?? []), ...devices];
            });
          },
        },
        {
          ALT: () => {
            const rule = this.SUBRULE(this.rule);
            this.ACTION(() => fields.rules.push(rule));
          },
        },
      ]);
      this.SUBRULE(this.separator);
    },
  );

  /** A comment line of a block: the separator is read before it can be a second comment. */
  private readonly commentLine: ParserMethod<[{ comment?: string }], void> = this.production(
    'commentLine',
    (fields: { comment?: string }) => {
      const comment = this.SUBRULE(this.comment);
      this.SUBRULE(this.separator);
      this.ACTION(() => {
        if (fields.comment !== undefined) this.onlyOnce('comment');
        fields.comment = comment;
      });
    },
  );

  /** The block of a chain. */
  protected readonly chainBlock: ParserMethod<[Name, ScannedToken], ChainBlock> = this.production(
    'chainBlock',
    (name: Name, start: ScannedToken) => {
      const fields: ChainFields = { rules: [] };
      this.CONSUME(punctuation.openBrace);
      const handle = this.ACTION(() => this.handleBehind());
      this.withDefinitions(() => {
        do {
          this.MANY(() => {
            this.recovering(() => {
              this.OR([
                { ALT: () => this.SUBRULE(this.common) },
                { ALT: () => this.SUBRULE(this.separator) },
                { ALT: () => this.SUBRULE(this.chainItem, { ARGS: [fields] }) },
                { ALT: () => this.SUBRULE(this.commentLine, { ARGS: [fields] }) },
              ]);
            });
            this.ACTION(() => this.readKnownRules(fields.rules));
          });
        } while (this.blockGoesOn(punctuation.closeBrace, []));
      });
      this.CONSUME(punctuation.closeBrace);
      const { offload, ...rest } = fields;
      const handled = handle === undefined ? {} : { handle };
      return { name, ...rest, ...handled, offload: offload ?? false, span: this.spanFrom(start) };
    },
  );

  /** A faster reader may take over whole rules here; the grammar itself reads none. */
  protected readKnownRules(_rules: Rule[]): void {}

  private readonly typeAtom: ParserMethod<[], string> = this.production(
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
  private readonly typeNames: ParserMethod<[], SetType> = this.production('typeNames', () => {
    const names = [this.SUBRULE1(this.typeAtom)];
    this.MANY(() => {
      this.CONSUME(punctuation.dot);
      names.push(this.SUBRULE2(this.typeAtom));
    });
    return { kind: 'type', names };
  });

  /** `ip saddr . tcp dport` behind `typeof` */
  private readonly typeOfSelectors: ParserMethod<[], Expression> = this.production(
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

  private readonly setKey: ParserMethod<[], SetType> = this.production('setKey', () =>
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

  private readonly setFlag: ParserMethod<[], SetFlag> = this.production('setFlag', () =>
    this.OR<SetFlag>([
      { ALT: () => this.valued('constant', 'constant') },
      { ALT: () => this.valued('interval', 'interval') },
      { ALT: () => this.valued('timeout', 'timeout') },
      { ALT: () => this.valued('dynamic', 'dynamic') },
    ]),
  );

  private readonly setFlags: ParserMethod<[SetFields], void> = this.production(
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

  private readonly setTimes: ParserMethod<[SetFields], void> = this.production(
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

  private readonly setMechanism: ParserMethod<[SetFields], void> = this.production(
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
  private readonly setSetting: ParserMethod<[SetFields], void> = this.production(
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
  private readonly setElements: ParserMethod<[SetFields, boolean], void> = this.production(
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

  private readonly setItemLine: ParserMethod<[SetFields], void> = this.production(
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

  private readonly mapObject: ParserMethod<[], ObjectType> = this.production('mapObject', () =>
    this.OR<ObjectType>([
      { ALT: () => this.scoped('counter', 'counter', 'counter') },
      { ALT: () => this.scoped('quota', 'quota', 'quota') },
      { ALT: () => this.scoped('limit', 'limit', 'limit') },
      { ALT: () => this.scoped('secmark', 'secmark', 'secmark') },
      { ALT: () => this.scoped('synproxy', 'synproxy', 'synproxy') },
    ]),
  );

  /** `type A : B`, `type A : interval B`, `type A : counter` */
  private readonly mapType: ParserMethod<[], Partial<SetFields>> = this.production(
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
  private readonly mapTypeOf: ParserMethod<[], Partial<SetFields>> = this.production(
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

  private readonly intervalData: ParserMethod<[], Partial<SetFields>> = this.production(
    'intervalData',
    () => {
      this.keyword('interval');
      const expression = this.SUBRULE(this.typeOfSelectors);
      return { data: { kind: 'typeof', expression }, dataInterval: true };
    },
  );

  /** Behind `queue` nft leaves the scope open. */
  private readonly queueData: ParserMethod<[], Partial<SetFields>> = this.production(
    'queueData',
    () => {
      this.keyword('queue');
      return { data: { kind: 'type', names: ['queue'] } };
    },
  );

  private readonly verdictData: ParserMethod<[], Partial<SetFields>> = this.production(
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
  private readonly ctData: ParserMethod<[], Partial<SetFields>> = this.production('ctData', () => {
    const start = this.LA(1);
    this.keyword('ct');
    return this.OR<Partial<SetFields>>([
      { ALT: () => this.scoped('timeout', 'ct', { objectType: 'ct timeout' }) },
      {
        ALT: () => this.scoped('expectation', 'ct', { objectType: 'ct expectation' }),
      },
      { ALT: () => this.SUBRULE(this.ctSelectors, { ARGS: [start] }) },
    ]);
  });

  private readonly ctSelectors: ParserMethod<[ScannedToken], Partial<SetFields>> = this.production(
    'ctSelectors',
    (start: ScannedToken) => {
      const parts: Expression[] = [this.SUBRULE(this.ctKey, { ARGS: [start] })];
      this.closeScope('ct');
      this.MANY(() => {
        this.CONSUME(punctuation.dot);
        parts.push(this.SUBRULE(this.selector));
      });
      return this.selectorData(this.concatOf(parts));
    },
  );

  private selectorData(expression: Expression): Partial<SetFields> {
    if (expression.kind === 'ct' && expression.key === 'helper') return { objectType: 'ct helper' };
    return { data: { kind: 'typeof', expression } };
  }

  private readonly mapItemLine: ParserMethod<[SetFields], void> = this.production(
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

  private addTypes(fields: SetFields, types: Partial<SetFields>): void {
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

  private declarationOf(
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

  private readonly flowtableHook: ParserMethod<[FlowtableFields], void> = this.production(
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

  private readonly flowtableItem: ParserMethod<[FlowtableFields], void> = this.production(
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

  private flowtableOf(
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

function textOf(value: Expression): string {
  return value !== undefined && 'text' in value ? value.text : '';
}

function devicesOf(value: Expression): readonly Name[] {
  if (value.kind === 'set' || value.kind === 'list') return value.items.flatMap(devicesOf);
  return 'text' in value ? [{ text: value.text, span: value.span }] : [];
}

/** A variable may hold a number, a name, or "name + 5". */
function priorityOf(value: Expression): { name?: string; offset: number } {
  const text = textOf(value);
  if (/^-?\d+$/.test(text)) return { offset: Number(text) };
  const match = /^\s*([a-z]+)\s*(?:([+-])\s*(\d+))?\s*$/.exec(text);
  const [, name = text, sign, digits = '0'] = match ?? [];
  return { name, offset: sign === '-' ? -Number(digits) : Number(digits) };
}

function itemsOf(elements: Expression): readonly Expression[] {
  return elements.kind === 'set' ? elements.items : [elements];
}
