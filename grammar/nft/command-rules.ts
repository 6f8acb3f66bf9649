/** The commands of a script, one to a line. */

import type { ParserMethod } from 'chevrotain';
import type { Command } from '../../src/ast/nft/script.ts';
import { endOfFile, type ScannedToken } from './tokens.ts';
import { ViewRules } from './view-rules.ts';
import type { KeywordName, Scope } from './words.ts';

export abstract class CommandRules extends ViewRules {
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

  protected closing(word: KeywordName & Scope, rest: () => Command): Command {
    this.keyword(word);
    const command = rest();
    this.closeScope(word);
    return command;
  }

  protected describe(start: ScannedToken): Command {
    this.keyword('describe');
    this.SUBRULE(this.described);
    return this.view(start, 'describe', 'expression', {});
  }

  /** A command with the end of its line. */
  protected readonly line: ParserMethod<[Command[]], void> = this.production(
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
          DEF: () => {
            this.recovering(() => this.SUBRULE(this.line, { ARGS: [commands] }));
            this.ACTION(() => this.skipEmptyLines());
          },
        });
      } while (this.blockGoesOn(endOfFile, []));
    },
  );
}
