/** The parser of nft: one instance serves the process, one parse after another. */

import type { Rule } from '../../src/ast/nft/ruleset.ts';
import type { Command, Script } from '../../src/ast/nft/script.ts';
import type { Diagnostic, Result } from '../../src/base/diagnostic.ts';
import type { Source } from '../../src/base/span.ts';
import { KnownRules } from './known-rules.ts';
import type { Definitions, IncludeReader, ParseContext } from './parse-context.ts';
import { NftScanner } from './scanner.ts';

const noSource: Source = { name: '-', text: '' };

export class NftParser extends KnownRules {
  protected override context: ParseContext = contextFor(noSource, new Map(), undefined);

  protected override newContext(source: Source): ParseContext {
    return contextFor(source, new Map(), undefined);
  }

  /** With `skipValidations` the grammar is not checked for ambiguities; a test does that. */
  constructor(skipValidations = true) {
    super(skipValidations);
    this.performSelfAnalysis();
  }

  /** Reads a script; what was wrong is in the diagnostics, the commands are those that could be read. */
  parseScript(
    source: Source,
    definitions: Definitions = new Map(),
    includes?: IncludeReader,
  ): Result<Script> {
    const outer = this.context;
    const context = contextFor(source, definitions, includes);
    this.context = context;
    const commands: Command[] = [];
    try {
      this.run(() => this.script(commands));
      return { value: { kind: 'script', commands }, diagnostics: context.diagnostics };
    } finally {
      this.context = outer;
    }
  }

  /** Reads one rule. */
  parseRule(source: Source): Result<Rule | undefined> {
    const outer = this.context;
    const context = contextFor(source, new Map(), undefined);
    this.context = context;
    const rules: Rule[] = [];
    try {
      this.run(() => this.soleRule(rules));
      return { value: rules[0], diagnostics: context.diagnostics };
    } finally {
      this.context = outer;
    }
  }
}

function contextFor(
  source: Source,
  definitions: Definitions,
  includes: IncludeReader | undefined,
): ParseContext {
  const diagnostics: Diagnostic[] = [];
  const scanner = new NftScanner(source);
  return {
    scanner,
    diagnostics,
    definitions: [definitions],
    includes,
    sources: [source],
    errorCount: 0,
  };
}
