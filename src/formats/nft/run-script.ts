/** Runs the commands of a script on a ruleset, as `nft -f` does: all of them or none. */

import type { Ruleset } from '../../ast/nft/ruleset.ts';
import type { Command, Script } from '../../ast/nft/script.ts';
import type { Diagnostic, Result } from '../../base/diagnostic.ts';
import { runChainCommand } from './load/chain-command.ts';
import { type LoadContext, tableOfTarget } from './load/context.ts';
import { runElementCommand } from './load/element-command.ts';
import { runFlowtableCommand } from './load/flowtable-command.ts';
import { runObjectCommand } from './load/object-command.ts';
import { runRuleCommand } from './load/rule-command.ts';
import { runSetCommand } from './load/set-command.ts';
import { rulesetOf, stateOf } from './load/state.ts';
import { flushRuleset, runTableCommand } from './load/table-command.ts';

/**
 * The ruleset after the commands of a script that was read with the diagnostics of `script`. After an error the value
 * is what was there before.
 */
export function runScript(
  { value: script, diagnostics }: Result<Script>,
  into?: Ruleset,
): Result<Ruleset> {
  const context: LoadContext = {
    state: stateOf(into),
    diagnostics: [...diagnostics],
    usage: undefined,
  };
  for (const command of script.commands) run(context, command);
  if (context.diagnostics.some(isFatal)) {
    const before: Ruleset = into ?? { kind: 'ruleset', tables: [] };
    return { value: before, diagnostics: context.diagnostics };
  }
  return { value: rulesetOf(context.state), diagnostics: context.diagnostics };
}

function isFatal({ code }: Diagnostic): boolean {
  return code !== 'foreign-extension';
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
