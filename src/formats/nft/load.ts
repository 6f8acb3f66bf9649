/** Runs a script of nft commands on an empty ruleset, or on a given one, as `nft -f` does: all of it or nothing. */

import type { Ruleset } from '../../ast/nft/ruleset.ts';
import type { Command } from '../../ast/nft/script.ts';
import type { Diagnostic, Result } from '../../base/diagnostic.ts';
import type { Source } from '../../base/span.ts';
import type { NameEnvironment } from '../../datatypes/environment.ts';
import { runChainCommand } from './load/chain-command.ts';
import { type LoadContext, tableOfTarget } from './load/context.ts';
import { runElementCommand } from './load/element-command.ts';
import { runFlowtableCommand } from './load/flowtable-command.ts';
import { runObjectCommand } from './load/object-command.ts';
import { runRuleCommand } from './load/rule-command.ts';
import { runSetCommand } from './load/set-command.ts';
import { rulesetOf, stateOf } from './load/state.ts';
import { flushRuleset, runTableCommand } from './load/table-command.ts';
import { parseNft } from './parse.ts';

/** What a script may need from the machine it runs on; plain functions and data. Names of values matter to `lower` only. */
export interface LoadEnvironment extends Partial<NameEnvironment> {
  /** Text of a file that `include` names; undefined if it is not there. */
  readonly readFile?: (path: string) => string | undefined;
  /** The paths a pattern of `include` stands for, in order of name. */
  readonly glob?: (pattern: string) => readonly string[];
  /** Folders where `include` looks for relative paths (nft: /etc, and --includepath). */
  readonly includePaths?: readonly string[];
}

export interface LoadOptions {
  /** Shown in messages when a bare text is given. */
  readonly filename?: string;
  /** The ruleset that is there already; it is not changed. */
  readonly into?: Ruleset;
  readonly environment?: LoadEnvironment;
}

/**
 * Loads text of nft. Syntax, definitions, includes, and names of tables, chains, sets and objects are checked here;
 * types, sets and jumps are checked by `lower`. After an error the value is what was there before.
 */
export function loadNft(input: string | Source, options: LoadOptions = {}): Result<Ruleset> {
  const source = typeof input === 'string' ? { name: options.filename ?? '-', text: input } : input;
  const { value: script, diagnostics } = parseNft(source, includesOf(options.environment));
  const context: LoadContext = {
    state: stateOf(options.into),
    diagnostics: [...diagnostics],
    usage: undefined,
  };
  for (const command of script.commands) run(context, command);
  if (context.diagnostics.some(isFatal)) {
    const before: Ruleset = options.into ?? { kind: 'ruleset', tables: [] };
    return { value: before, diagnostics: context.diagnostics };
  }
  return { value: rulesetOf(context.state), diagnostics: context.diagnostics };
}

function isFatal({ code }: Diagnostic): boolean {
  return code !== 'foreign-extension';
}

function includesOf(environment: LoadEnvironment | undefined) {
  if (environment?.readFile === undefined) return {};
  const { readFile, glob, includePaths } = environment;
  return {
    includes: {
      readFile,
      ...(glob === undefined ? {} : { glob }),
      ...(includePaths === undefined ? {} : { includePaths }),
    },
  };
}

function run(context: LoadContext, command: Command): void {
  switch (command.object) {
    case 'table':
      runTableCommand(context, command);
      return;
    case 'chain':
      runChainCommand(context, command);
      return;
    case 'rule':
      runRuleCommand(context, command);
      return;
    case 'set':
    case 'map':
      runSetCommand(context, command);
      return;
    case 'meter':
      runSetCommand(context, { ...command, object: 'set' });
      return;
    case 'element':
      runElementCommand(context, command);
      return;
    case 'flowtable':
      runFlowtableCommand(context, command);
      return;
    case 'object':
      runObjectCommand(context, command);
      return;
    case 'ruleset':
      flushRuleset(context, command.target.family);
      return;
    case 'view':
      checkView(context, command);
      return;
  }
}

/** Views change nothing, but nft refuses one of a table that is not there. */
function checkView(context: LoadContext, command: Command): void {
  if (command.target.table !== undefined) tableOfTarget(context, command.target, command.span);
}
