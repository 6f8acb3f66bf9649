/** loadIptablesSave: reads what iptables-save and ip6tables-save write, and what people write for iptables-restore. */

import { parseLine } from '../../../grammar/iptables-save/line-parser.ts';
import type { IptablesCounters, IptablesFamily, IptablesRuleset } from '../../ast/iptables.ts';
import type { Diagnostic, Result } from '../../base/diagnostic.ts';
import { type Source, type Span, spanOf } from '../../base/span.ts';
import { assembler } from './assemble-rule.ts';
import { checkRule } from './check-rule.ts';
import { runCommands } from './run-commands.ts';
import { finishTables, openTable, startLoading, type TablesState } from './tables-state.ts';

export interface LoadOptions {
  readonly family: IptablesFamily;
  /** Names of the ipset sets that exist; without it every name is taken. */
  readonly ipsets?: ReadonlySet<string>;
}

/** Never throws; lines with mistakes are reported and left out. */
export function loadIptablesSave(
  input: string | Source,
  options: LoadOptions,
): Result<IptablesRuleset> {
  const source: Source = typeof input === 'string' ? { name: '-', text: input } : input;
  const state = startLoading(source, options);
  let start = 0;
  while (start < source.text.length) {
    const newline = source.text.indexOf('\n', start);
    const end = newline < 0 ? source.text.length : newline;
    loadLine(state, start, end);
    start = end + 1;
  }
  return finishTables(state);
}

/** One line between two offsets of the source, without its line break. */
function loadLine(state: TablesState, start: number, end: number): void {
  const { source, options } = state;
  const first = source.text.charCodeAt(start);
  if (start === end || first === 35) return;
  const text = source.text.slice(start, end);
  const span = spanOf(source, start, end);
  const listener = assembler(source, start, options.family);
  const line = parseLine(text, listener);
  switch (line.kind) {
    case 'blank':
    case 'comment':
      return;
    case 'commit':
      commit(state, span);
      return;
    case 'table':
      openTable(state, line.name.text, spanOf(source, start, end));
      return;
    case 'chain':
      declareChain(state, line.name.text, line.policy.text, line.counters?.text, span);
      return;
    case 'rule':
      loadRule(state, listener.finish(span), line.counters?.text, span);
      return;
    case 'error':
      report(state, {
        code: 'syntax-error',
        span: spanOf(source, start + line.at.start, start + line.at.end),
        message: 'this is no line of iptables-save',
        hint: '*table, :chain policy, -A chain …, COMMIT',
      });
  }
}

function report(state: TablesState, diagnostic: Diagnostic): void {
  state.diagnostics.push(diagnostic);
}

function commit(state: TablesState, span: Span): void {
  if (state.table === undefined) {
    report(state, {
      code: 'iptables-table',
      span,
      message: 'COMMIT without a table',
      hint: 'start with *filter or another table',
    });
  }
  state.table = undefined;
}

function declareChain(
  state: TablesState,
  name: string,
  policy: string,
  countersText: string | undefined,
  span: Span,
): void {
  const { table } = state;
  if (table === undefined) {
    report(state, { code: 'iptables-table', span, message: 'a chain outside of a table' });
    return;
  }
  const counters = readCounters(countersText);
  const builtIn = table.builtIn.has(name);
  if (name.length > 28) {
    report(state, {
      code: 'iptables-chain',
      span,
      message: `chain name '${name}' must be shorter than 29 characters`,
    });
  }
  if (builtIn && policy !== 'ACCEPT' && policy !== 'DROP' && policy !== '-') {
    report(state, {
      code: 'iptables-chain',
      span,
      message: `bad policy '${policy}'`,
      hint: 'ACCEPT or DROP',
    });
  }
  table.chains.set(name, {
    name,
    ...(builtIn && policy !== '-' ? { policy } : {}),
    ...(counters && { counters }),
    span,
  });
}

function loadRule(
  state: TablesState,
  assembled: ReturnType<ReturnType<typeof assembler>['finish']>,
  countersText: string | undefined,
  span: Span,
): void {
  const counters = readCounters(countersText);
  const rule = counters ? { ...assembled.rule, counters } : assembled.rule;
  const before = state.diagnostics.length;
  for (const problem of assembled.problems) report(state, problem);
  if (state.table === undefined) {
    report(state, {
      code: 'iptables-table',
      span,
      message: 'a rule outside of a table',
      hint: 'start with *filter or another table',
    });
    return;
  }
  if (isForOtherFamily(rule.header, state.options.family)) {
    state.diagnostics.length = before;
    return;
  }
  const broken = state.diagnostics
    .slice(before)
    .some(({ code }) => code !== 'iptables-unknown-extension');
  const command = assembled.commands.find(({ name }) => ruleCommands.includes(name));
  if (broken || (command !== undefined && !checkRule(state, rule))) return;
  const problem = runCommands(state, assembled.commands, rule);
  if (problem !== undefined) report(state, problem);
}

/** Commands that carry a rule. */
const ruleCommands: readonly string[] = ['-A', '-I', '-R', '-D', '-C'];

/** Lines with -6 are no business of iptables, those with -4 none of ip6tables. */
function isForOtherFamily(
  header: readonly { readonly name: string }[],
  family: IptablesFamily,
): boolean {
  return header.some(({ name }) => name === (family === 'ip' ? '-6' : '-4'));
}

function readCounters(text: string | undefined): IptablesCounters | undefined {
  if (text === undefined) return undefined;
  const colon = text.indexOf(':');
  return { packets: BigInt(text.slice(1, colon)), bytes: BigInt(text.slice(colon + 1, -1)) };
}
