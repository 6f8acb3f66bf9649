/** Lines that are read by themselves: what the book of shapes asks the grammar about. */

import type { ParserMethod } from 'chevrotain';
import type { Expression } from '../../src/ast/nft/expressions.ts';
import type { Rule } from '../../src/ast/nft/ruleset.ts';
import type { Source } from '../../src/base/span.ts';
import { CommandRules } from './command-rules.ts';
import type { ParseContext } from './parse-context.ts';
import type { Teacher } from './shape-book.ts';
import type { ShapeKind } from './shape-lesson.ts';
import { endOfFile, punctuation } from './tokens.ts';

export abstract class SoleRules extends CommandRules {
  protected abstract newContext(source: Source): ParseContext;

  /** One rule, to the end of the text. */
  protected readonly soleRule: ParserMethod<[Rule[]], void> = this.production(
    'soleRule',
    (rules: Rule[]) => {
      this.recovering(() => {
        const rule = this.SUBRULE(this.rule);
        this.MANY(() => this.CONSUME(punctuation.newline));
        this.CONSUME(endOfFile);
        this.ACTION(() => rules.push(rule));
      });
    },
  );

  /** One element of a set, to the end of the text. */
  private readonly soleElement: ParserMethod<[Expression[]], void> = this.production(
    'soleElement',
    (items: Expression[]) => {
      this.recovering(() => {
        this.SUBRULE(this.setMember, { ARGS: [items] });
        this.CONSUME(endOfFile);
      });
    },
  );

  /** The lines at the head of a chain, to the end of the text. */
  private readonly soleChainLine: ParserMethod<[object[]], void> = this.production(
    'soleChainLine',
    (found: object[]) => {
      this.recovering(() => {
        const rules: Rule[] = [];
        const fields: { readonly rules: Rule[]; comment?: string } = { rules };
        this.MANY(() => {
          this.OR([
            { ALT: () => this.SUBRULE(this.separator) },
            { ALT: () => this.SUBRULE(this.chainItem, { ARGS: [fields] }) },
            { ALT: () => this.SUBRULE(this.commentLine, { ARGS: [fields] }) },
          ]);
        });
        this.CONSUME(endOfFile);
        this.ACTION(() => {
          const { rules: none, ...settings } = fields;
          if (none.length === 0) found.push(settings);
        });
      });
    },
  );

  /** A comment or flags of a table, to the end of the text. */
  private readonly soleTableLine: ParserMethod<[object[]], void> = this.production(
    'soleTableLine',
    (found: object[]) => {
      this.recovering(() => {
        const fields = { flags: [], chains: [], sets: [], flowtables: [], objects: [] };
        this.SUBRULE(this.tableItem, { ARGS: [fields] });
        this.CONSUME(endOfFile);
        this.ACTION(() => {
          const { chains, sets, flowtables, objects, flags, ...rest } = fields;
          const blocks = chains.length + sets.length + flowtables.length + objects.length;
          if (blocks === 0) found.push(flags.length === 0 ? rest : { flags, ...rest });
        });
      });
    },
  );

  /** A line of a set, to the end of the text. */
  private readonly soleSetLine: ParserMethod<[object[]], void> = this.production(
    'soleSetLine',
    (found: object[]) => {
      this.recovering(() => {
        const fields = { statements: [] };
        this.AT_LEAST_ONE(() => this.SUBRULE(this.setItemLine, { ARGS: [fields] }));
        this.CONSUME(endOfFile);
        this.ACTION(() => found.push(settingsOf(fields)));
      });
    },
  );

  /** A line of a map, to the end of the text. */
  private readonly soleMapLine: ParserMethod<[object[]], void> = this.production(
    'soleMapLine',
    (found: object[]) => {
      this.recovering(() => {
        const fields = { statements: [] };
        this.AT_LEAST_ONE(() => this.SUBRULE(this.mapItemLine, { ARGS: [fields] }));
        this.CONSUME(endOfFile);
        this.ACTION(() => found.push(settingsOf(fields)));
      });
    },
  );

  /** Reads a text that stands alone, for the book of shapes. */
  get teacher(): Teacher {
    return (kind, text) => {
      const outer = this.context;
      const inner = this.newContext({ name: '', text: kind === 'element' ? text : `${text}\n` });
      const found: object[] = [];
      this.context = inner;
      try {
        this.nested(() => this.readAlone(kind, found));
      } finally {
        this.context = outer;
      }
      const notes = inner.diagnostics;
      const clean = notes.every(({ code }) => code === 'foreign-extension');
      const [tree] = found;
      if (!clean || !inner.scanner.isFresh || tree === undefined || found.length > 1) {
        return undefined;
      }
      return { tree, notes };
    };
  }

  private readAlone(kind: ShapeKind, found: object[]): void {
    switch (kind) {
      case 'rule': {
        const rules: Rule[] = [];
        this.soleRule(rules);
        found.push(...rules);
        return;
      }
      case 'element': {
        const items: Expression[] = [];
        this.soleElement(items);
        found.push(...items);
        return;
      }
      case 'chain':
        this.soleChainLine(found);
        return;
      case 'table':
        this.soleTableLine(found);
        return;
      case 'set':
        this.soleSetLine(found);
        return;
      case 'map':
        this.soleMapLine(found);
        return;
    }
  }

  protected abstract override context: ParseContext;
}

/** Without the list of statements when there are none: other lines may have some. */
function settingsOf(fields: { readonly statements: readonly unknown[] }): object {
  const { statements, ...rest } = fields;
  return statements.length === 0 ? rest : fields;
}
