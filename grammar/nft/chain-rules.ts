/** What stands between the braces of a chain: hook, policy, devices, rules. */

import type { ParserMethod } from 'chevrotain';
import type { Expression } from '../../src/ast/nft/expressions.ts';
import type { ChainType, HookName, Rule } from '../../src/ast/nft/ruleset.ts';
import type {
  ChainBlock,
  HookSpecification,
  Name,
  PrioritySpecification,
} from '../../src/ast/nft/script.ts';
import { punctuation, type ScannedToken, word } from './tokens.ts';
import { TunnelRules } from './tunnel-rules.ts';

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

export abstract class ChainRules extends TunnelRules {
  /** `{ eth0, "eth1", $more }` or a variable. */
  protected readonly deviceList: ParserMethod<[], readonly Name[]> = this.production(
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

  protected readonly deviceLiteral: ParserMethod<[], readonly Name[]> = this.production(
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

  protected readonly deviceItem: ParserMethod<[], readonly Name[]> = this.production(
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

  protected readonly deviceName: ParserMethod<[], Name> = this.production('deviceName', () => {
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
  protected readonly hookDevices: ParserMethod<[], readonly Name[]> = this.production(
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

  protected readonly devicesClause: ParserMethod<[], readonly Name[]> = this.production(
    'devicesClause',
    () => {
      this.keyword('devices');
      this.CONSUME(punctuation.equals);
      return this.SUBRULE(this.deviceList);
    },
  );

  /** `priority -150`, `priority filter + 5`, `priority $p` */
  protected readonly priority: ParserMethod<[], PrioritySpecification> = this.production(
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

  protected readonly namedPriority: ParserMethod<[], { name: string; offset: number }> =
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

  protected hookOf(token: Name): HookName {
    const hook = hookNames.find((name) => name === token.text);
    if (hook !== undefined) return hook;
    return this.abandon('invalid-value', token.span, `'${token.text}' is no hook of chains`);
  }

  /** `type filter hook input device eth0 priority 0` */
  protected readonly hookSpecification: ParserMethod<[], HookSpecification> = this.production(
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

  protected readonly chainPolicy: ParserMethod<[ChainFields], void> = this.production(
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
  protected checkPolicy(value: Expression): void {
    const text = textOf(value);
    if (text === 'accept' || text === 'drop') return;
    this.report('invalid-value', value.span, 'the policy of a chain is accept or drop');
  }

  protected readonly chainItem: ParserMethod<[ChainFields], void> = this.production(
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
  protected readonly commentLine: ParserMethod<[{ comment?: string }], void> = this.production(
    'commentLine',
    (fields: { comment?: string }) => {
      const start = this.LA(1);
      const comment = this.SUBRULE(this.comment);
      const span = this.ACTION(() => this.spanFrom(start));
      this.SUBRULE(this.separator);
      this.ACTION(() => {
        if (fields.comment !== undefined) this.onlyOnce('comment', span);
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
