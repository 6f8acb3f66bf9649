/** What the loader's steps share: the state, the diagnostics, and how a mistake is reported. */

import type { Ruleset } from '../../../ast/nft/ruleset.ts';
import type { Name, Target } from '../../../ast/nft/script.ts';
import type { Diagnostic, DiagnosticCode } from '../../../base/diagnostic.ts';
import type { Source, Span } from '../../../base/span.ts';
import { closest } from '../../../base/text.ts';
import type { NameEnvironment } from '../../../datatypes/environment.ts';
import type { Family } from '../../../fields/families.ts';
import { emptyTable, type RulesetState, type TableState, tableKey } from './state.ts';
import type { Usage } from './usage.ts';

export interface LoadContext {
  readonly state: RulesetState;
  readonly diagnostics: Diagnostic[];
  /** Counts what rules refer to; made when a command first removes something. */
  usage: Usage | undefined;
  /** Tables that `flush ruleset` took away in this script: nft's own view of the ruleset keeps them. */
  readonly flushed: Map<string, TableState>;
  readonly environment?: NameEnvironment | undefined;
  /** What the kernel holds when the script begins. */
  readonly before?: Ruleset | undefined;
  /** The texts of the script. */
  readonly sources?: ReadonlySet<Source>;
  /** What is wrong with things that were added and taken away again. */
  readonly lost?: Diagnostic[];
  /** Tables and chains that are missing are made: for errors that nft finds before it asks the kernel for them. */
  readonly lenient?: boolean;
}

export function report(
  context: LoadContext,
  code: DiagnosticCode,
  span: Span,
  message: string,
  hint?: string,
): void {
  const diagnostic = { code, span, message };
  context.diagnostics.push(hint === undefined ? diagnostic : { ...diagnostic, hint });
}

/** Says that something is not there, with the nearest name that is. */
export function notFound(
  context: LoadContext,
  what: string,
  name: Name,
  candidates: Iterable<string>,
): void {
  const near = closest(name.text, candidates);
  const hint = near === undefined ? undefined : `did you mean '${near}'?`;
  report(context, 'not-found', name.span, `no ${what} '${name.text}'`, hint);
}

export function alreadyExists(context: LoadContext, what: string, name: Name): void {
  report(context, 'already-exists', name.span, `${what} '${name.text}' exists already`);
}

/** The table of that name that was flushed in this script, and not made again. */
export function flushedTable(
  { state, flushed }: LoadContext,
  family: Family,
  { text }: Name,
): TableState | undefined {
  const key = tableKey(family, text);
  return state.tables.has(key) ? undefined : flushed.get(key);
}

/** The table a command is about; an error if there is none. */
export function tableOfTarget(
  context: LoadContext,
  target: Target,
  span: Span,
): TableState | undefined {
  const { family = 'ip', table: name, handle } = target;
  if (name === undefined) return tableByHandle(context, target, handle?.span ?? span);
  const table = context.state.tables.get(tableKey(family, name.text));
  if (table !== undefined) return table;
  if (context.lenient === true) return assumedTable(context, family, name);
  const names = [...context.state.tables.values()].filter((other) => other.family === family);
  const elsewhere = [...context.state.tables.values()].find((other) => other.name === name.text);
  if (elsewhere === undefined) {
    notFound(
      context,
      `table of family ${family}`,
      name,
      names.map((other) => other.name),
    );
  } else {
    const message = `no table '${name.text}' of family ${family}`;
    report(context, 'not-found', name.span, message, `there is one of family ${elsewhere.family}`);
  }
  return undefined;
}

function assumedTable({ state }: LoadContext, family: Family, name: Name): TableState {
  const table = emptyTable(state, family, name);
  state.tables.set(tableKey(family, name.text), table);
  return table;
}

function tableByHandle(context: LoadContext, target: Target, span: Span): TableState | undefined {
  const { family, handle } = target;
  for (const table of context.state.tables.values()) {
    if (table.family === family && table.handle === handle?.value) return table;
  }
  report(context, 'not-found', span, `no table with handle ${handle?.value ?? 0}`);
  return undefined;
}

/** The name a command is about; commands that need one always have it. */
export function nameOfTarget(target: Target, span: Span): Name {
  return target.name ?? { text: '', span };
}
