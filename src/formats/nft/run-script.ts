/** Runs the commands of a script on a ruleset, as `nft -f` does: all of them or none. */

import type { Ruleset } from '../../ast/nft/ruleset.ts';
import type { Command, Script, Verb } from '../../ast/nft/script.ts';
import type { Diagnostic, Result } from '../../base/diagnostic.ts';
import type { Span } from '../../base/span.ts';
import type { NameEnvironment } from '../../datatypes/environment.ts';
import { isOfKernel, lower } from '../../lower/lower.ts';
import { runChainCommand } from './load/chain-command.ts';
import type { LoadContext } from './load/context.ts';
import { runElementCommand } from './load/element-command.ts';
import { runFlowtableCommand } from './load/flowtable-command.ts';
import { loseChains } from './load/lost.ts';
import { namesFit } from './load/names.ts';
import { runObjectCommand } from './load/object-command.ts';
import { runRuleCommand } from './load/rule-command.ts';
import { runSetCommand } from './load/set-command.ts';
import { settleBefore } from './load/settle.ts';
import { rulesetOf, stateOf, type TableState, tableKey } from './load/state.ts';
import { flushRuleset, runTableCommand } from './load/table-command.ts';
import { checkView, checkViewsAtEnd } from './load/view-command.ts';

/**
 * The ruleset after the commands of a script that was read with the diagnostics of `script`. After an error the value
 * is what was there before.
 */
export function runScript(
  { value: script, diagnostics }: Result<Script>,
  into?: Ruleset,
  environment?: NameEnvironment,
): Result<Ruleset> {
  const context: LoadContext = {
    state: stateOf(into),
    diagnostics: [...diagnostics],
    usage: undefined,
    flushed: new Map(),
    environment,
    before: into,
    sources: new Set(script.commands.map(({ span }) => span.source)),
    lost: [],
  };
  const early: Diagnostic[] = [];
  for (const command of script.commands) {
    const known = context.diagnostics.length;
    settleBefore(context, command);
    if (namesFit(context, command)) run(context, command);
    if (context.diagnostics.length === known) continue;
    for (const one of context.diagnostics.splice(known)) {
      (isEarly(command, one) ? early : context.diagnostics).push(one);
    }
  }
  const ofKernel = context.diagnostics.splice(diagnostics.length);
  takeLost(context, script, early, ofKernel);
  if (early.length === 0) checkViewsAtEnd(context, script.commands);
  context.diagnostics.push(...ofKernel);
  if (early.length > 0 || context.diagnostics.some(isFatal)) {
    const before: Ruleset = into ?? { kind: 'ruleset', tables: [] };
    const read = !diagnostics.some(isFatal);
    const evaluated = read ? evaluationErrors(script, into, environment) : [];
    const later = context.diagnostics.slice(diagnostics.length);
    const found = inOrderOfCommands(script, early, evaluated);
    return { value: before, diagnostics: [...diagnostics, ...found, ...later] };
  }
  return { value: rulesetOf(context.state), diagnostics: context.diagnostics };
}

/** Adds what is wrong with things that went to the errors of nft and of the kernel. */
function takeLost(
  context: LoadContext,
  { commands }: Script,
  early: Diagnostic[],
  ofKernel: Diagnostic[],
): void {
  for (const table of context.state.tables.values()) loseChains(context, table);
  const { lost = [] } = context;
  if (lost.length === 0) return;
  early.push(...lost.filter((one) => !isOfKernel(one)));
  ofKernel.push(...lost.filter(isOfKernel));
  const ranks = new Map(ofKernel.map((one) => [one, rankOf(commands, one.span)]));
  ofKernel.sort((first, second) => (ranks.get(first) ?? 0) - (ranks.get(second) ?? 0));
}

/** nft looks into its cache itself for what these commands are about; for all others the kernel is asked. */
function isEarly(command: Command, { code, span }: Diagnostic): boolean {
  if (code === 'invalid-value' || code === 'invalid-set' || code === 'unknown-set') return true;
  const { object, verb } = command;
  if (object === 'element' && !isOfKernel({ code })) {
    if (code !== 'not-found' && code !== 'already-exists' && code !== 'not-possible') return true;
  }
  if (code !== 'not-found') return false;
  if (object === 'view') return true;
  if (object === 'element') {
    const { elements } = command;
    return span.start < elements.span.start || span.end > elements.span.end;
  }
  const declares = verb === 'add' || verb === 'create';
  if (object === 'rule' || object === 'table') return false;
  return declares || verb === 'flush' ? object !== 'chain' || declares : verb === 'rename';
}

/**
 * What nft says of values, types and sets before the kernel is asked for tables and chains (nft_evaluate() comes before
 * the batch is sent): what `lower` finds when all that a command is about is there.
 */
function evaluationErrors(
  script: Script,
  into: Ruleset | undefined,
  environment: NameEnvironment | undefined,
): readonly Diagnostic[] {
  const context: LoadContext = {
    state: stateOf(into),
    diagnostics: [],
    usage: undefined,
    flushed: new Map(),
    lenient: true,
  };
  for (const command of script.commands) {
    if (additions.has(command.verb)) run(context, command);
  }
  const options = environment === undefined ? {} : { environment };
  const { diagnostics } = lower(rulesetOf(context.state), options);
  const known = stateOf(into).tables;
  return diagnostics.filter((one) => !isOfKernel(one)).map((one) => blamed(script, known, one));
}

/** nft evaluates one command after another: of a table its chains before its sets and rules. */
function inOrderOfCommands(
  { commands }: Script,
  early: readonly Diagnostic[],
  evaluated: readonly Diagnostic[],
): readonly Diagnostic[] {
  const isLate = ({ code }: Diagnostic) => code === 'unknown-set';
  const found = [
    ...early.filter((one) => !isLate(one)),
    ...evaluated,
    ...early.filter((one) => isLate(one)),
  ];
  const places = new Set<string>();
  const once = found.filter(({ code, span }) => {
    const place = `${code} ${span.start} ${span.end} ${span.source.name}`;
    return !places.has(place) && places.add(place);
  });
  const ranked = once.map((one) => ({ one, rank: rankOf(commands, one.span) }));
  return ranked.sort((first, second) => first.rank - second.rank).map(({ one }) => one);
}

/** Index of the command that a place belongs to: the last one that begins before it; includes count last. */
function rankOf(commands: readonly Command[], { source, start }: Span): number {
  let low = 0;
  let high = commands.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const command = commands[middle];
    if (command?.span.source !== source) return commands.length;
    if (command.span.start <= start) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** A set of a table that is not there: nft misses the table first. */
function blamed(
  script: Script,
  known: ReadonlyMap<string, TableState>,
  diagnostic: Diagnostic,
): Diagnostic {
  if (diagnostic.code !== 'unknown-set') return diagnostic;
  const { start, source } = diagnostic.span;
  const command = script.commands.find(
    ({ span }) => span.source === source && span.start <= start && start < span.end,
  );
  const { family = 'ip', table } = command?.target ?? {};
  if (table === undefined || known.has(tableKey(family, table.text))) return diagnostic;
  const made = script.commands.some(
    ({ object, verb, target }) =>
      object === 'table' && additions.has(verb) && target.table?.text === table.text,
  );
  return made ? diagnostic : { ...diagnostic, span: table.span };
}

const additions: ReadonlySet<Verb> = new Set<Verb>(['add', 'create', 'insert', 'replace']);

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
