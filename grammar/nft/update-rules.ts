/** Statements that write sets, and synproxy: add, update, delete, meter. */

import type { ParserMethod } from 'chevrotain';
import type { Expression } from '../../src/ast/nft/expressions.ts';
import type { SetUpdateStatement, Statement } from '../../src/ast/nft/statements.ts';
import { LogRules } from './log-rules.ts';
import type { ElementOptions } from './set-rules.ts';
import { punctuation } from './tokens.ts';

interface SynproxyOptions {
  mss?: number;
  wscale?: number;
  flags: ('timestamp' | 'sack-perm')[];
}

export abstract class UpdateRules extends LogRules {
  protected readonly setOperation: ParserMethod<[], SetUpdateStatement['operation']> =
    this.production('setOperation', () =>
      this.OR<SetUpdateStatement['operation']>([
        { ALT: () => this.valued('add', 'add') },
        { ALT: () => this.valued('update', 'update') },
        { ALT: () => this.valued('delete', 'delete') },
      ]),
    );

  /** A key with `timeout`, `expires`, `comment`. */
  protected readonly updateKey: ParserMethod<[], Expression> = this.production('updateKey', () => {
    const key = this.SUBRULE(this.concat);
    const options: ElementOptions = {};
    this.MANY(() => this.SUBRULE(this.elementOption, { ARGS: [options] }));
    return this.ACTION(() => this.elementOf(key, options, [])) ?? key;
  });

  /** `set add KEY @s` */
  protected readonly oldSetUpdate: ParserMethod<[], Statement> = this.production(
    'oldSetUpdate',
    () => {
      const start = this.LA(1);
      this.keyword('set');
      const operation = this.SUBRULE(this.setOperation);
      const element = this.SUBRULE(this.updateKey);
      const set = this.SUBRULE(this.setReference);
      const span = this.spanFrom(start);
      return { kind: 'set-update', operation, set: setName(set), element, span };
    },
  );

  /** `add @s { KEY timeout 1m counter }`, `update @m { KEY : DATA }` */
  protected readonly setUpdate: ParserMethod<[], Statement> = this.production('setUpdate', () => {
    const start = this.LA(1);
    const operation = this.SUBRULE(this.setOperation);
    const set = this.SUBRULE(this.setReference);
    this.CONSUME(punctuation.openBrace);
    const element = this.SUBRULE1(this.updateKey);
    const statements: Statement[] = [];
    this.MANY(() => {
      statements.push(this.SUBRULE(this.stateful));
    });
    const data = this.OPTION(() => {
      this.CONSUME(punctuation.colon);
      return this.SUBRULE2(this.updateKey);
    });
    this.CONSUME(punctuation.closeBrace);
    return {
      kind: 'set-update',
      operation,
      set: setName(set),
      element,
      ...(data === undefined ? {} : { data }),
      ...(statements.length === 0 ? {} : { statements }),
      span: this.spanFrom(start),
    };
  });

  /** `meter m size 1024 { KEY STATEMENT }` */
  protected readonly meter: ParserMethod<[], Statement> = this.production('meter', () => {
    const start = this.LA(1);
    this.keyword('meter');
    const name = this.SUBRULE(this.identifier).text;
    const size = this.OPTION(() => {
      this.keyword('size');
      return this.SUBRULE(this.count);
    });
    this.CONSUME(punctuation.openBrace);
    const key = this.SUBRULE(this.updateKey);
    const statement = this.SUBRULE(this.statement);
    this.CONSUME(punctuation.closeBrace);
    const sized = size === undefined ? {} : { size };
    return { kind: 'meter', name, ...sized, key, statement, span: this.spanFrom(start) };
  });

  /** `synproxy mss 1460 wscale 7 timestamp sack-perm`, `synproxy name "s"` */
  protected readonly synproxy: ParserMethod<[], Statement> = this.production('synproxy', () => {
    const start = this.LA(1);
    this.keyword('synproxy');
    const name = this.OPTION(() => this.SUBRULE(this.objectName));
    const options: SynproxyOptions = { flags: [] };
    this.MANY({
      GATE: () => name === undefined,
      DEF: () => this.SUBRULE(this.synproxyOption, { ARGS: [options] }),
    });
    const span = this.spanFrom(start);
    this.closeScope('synproxy');
    if (name !== undefined) return this.objectReference(start, 'synproxy', name);
    const { flags, ...sizes } = options;
    return { kind: 'synproxy', ...sizes, ...(flags.length === 0 ? {} : { flags }), span };
  });

  protected readonly synproxyOption: ParserMethod<[SynproxyOptions], void> = this.production(
    'synproxyOption',
    (options: SynproxyOptions) => {
      this.OR([
        {
          ALT: () => {
            this.keyword('maxseg');
            const mss = this.SUBRULE1(this.count);
            this.ACTION(() => Object.assign(options, { mss }));
          },
        },
        {
          ALT: () => {
            this.keyword('wscale');
            const wscale = this.SUBRULE2(this.count);
            this.ACTION(() => this.checkWindowScale(wscale));
            this.ACTION(() => Object.assign(options, { wscale }));
          },
        },
        { ALT: () => (this.keyword('timestamp'), options?.flags.push('timestamp')) },
        { ALT: () => (this.keyword('sack-perm'), options?.flags.push('sack-perm')) },
      ]);
    },
  );
}

function setName(reference: Expression): string {
  if (reference.kind === 'set-reference') return reference.name;
  return reference.kind === 'symbol' ? reference.text : '';
}
