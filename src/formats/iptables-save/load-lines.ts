/** Reads the lines of iptables-save text into tables; how a line is read by itself is given. */

import type { Line, OptionListener } from '../../../grammar/iptables-save/line.ts';
import type { IptablesFamily, IptablesRule, IptablesRuleset } from '../../ast/iptables.ts';
import type { Diagnostic, Result } from '../../base/diagnostic.ts';
import { type Source, type Span, spanOf } from '../../base/span.ts';
import { assembler, type RuleCommand } from './assemble-rule.ts';
import { checkRule } from './check-rule.ts';
import { learnShape } from './learn-shape.ts';
import { readCounters } from './read-counters.ts';
import { runCommands } from './run-commands.ts';
import { shapedRule } from './shaped-rule.ts';
import { findShape } from './shapes.ts';
import {
  appendRule,
  finishTables,
  openTable,
  startLoading,
  type TablesState,
} from './tables-state.ts';

export interface LoadOptions {
  readonly family: IptablesFamily;
  /** Names of the ipset sets that exist; without it every name is taken. */
  readonly ipsets?: ReadonlySet<string>;
  /** Who loads it into the kernel; `iptables-nft` unless given. */
  readonly loader?: 'iptables-nft' | 'iptables-legacy';
  /** A few lines as the tool wrote them: what the kernel has is not checked again, and shapes are not worth learning. */
  readonly trusted?: boolean;
}

/** A text with more mistakes than this is no iptables-save; iptables-restore itself stops at the first. */
const mostDiagnostics = 1_000;

function givenUp(state: TablesState, position: number): Result<IptablesRuleset> {
  const { source } = state;
  state.table = undefined;
  report(state, {
    code: 'syntax-error',
    span: spanOf(source, position, position),
    message: 'too many mistakes: the rest is not read',
  });
  return finishTables(state);
}

/** Reads one line, without its line break; undefined when that cannot be done here. */
export type LineReader = (text: string, listener: OptionListener) => Line | undefined;

/** Never throws; lines with mistakes are reported and left out. Undefined when a line could not be read. */
export function loadLines(
  source: Source,
  options: LoadOptions,
  readLine: LineReader,
): Result<IptablesRuleset> | undefined {
  const state = startLoading(source, options);
  let start = 0;
  while (start < source.text.length) {
    const newline = source.text.indexOf('\n', start);
    const end = newline < 0 ? source.text.length : newline;
    if (!loadLine(state, start, end, readLine)) return undefined;
    start = end + 1;
    if (state.diagnostics.length >= mostDiagnostics) return givenUp(state, start);
  }
  return finishTables(state);
}

/** One line between two offsets of the source, without its line break; false when it could not be read. */
function loadLine(state: TablesState, start: number, end: number, readLine: LineReader): boolean {
  const { source, options } = state;
  const first = source.text.charCodeAt(start);
  if (start === end || first === 35) return true;
  if (loadKnownLine(state, first, start, end)) return true;
  const text = source.text.slice(start, end);
  const span = spanOf(source, start, end);
  const listener = assembler(source, start, options.family);
  const line = readLine(text, listener);
  if (line === undefined) return false;
  switch (line.kind) {
    case 'blank':
    case 'comment':
      return true;
    case 'commit':
      commit(state, span);
      return true;
    case 'table':
      openTable(state, line.name.text, spanOf(source, start, end));
      return true;
    case 'chain':
      declareChain(state, line.name.text, line.policy.text, line.counters?.text, span);
      return true;
    case 'rule':
      loadRule(state, listener.finish(span), line.counters?.text, span);
      return true;
    case 'error':
      report(state, {
        code: 'syntax-error',
        span: spanOf(source, start + line.at.start, start + line.at.end),
        message: 'this is no line of iptables-save',
        hint: '*table, :chain policy, -A chain …, COMMIT',
      });
  }
  return true;
}

const colon = 58;
const plainChain = /^:(\S+) (\S+) (\[\d+:\d+\])$/;

/** Lines that need no grammar: plain declarations of chains, and rules of a known shape. */
function loadKnownLine(state: TablesState, first: number, start: number, end: number): boolean {
  const { source, table } = state;
  if (table === undefined) return false;
  if (first === colon) {
    const [, name, policy, counters] = plainChain.exec(source.text.slice(start, end)) ?? [];
    if (name === undefined || policy === undefined) return false;
    declareChain(state, name, policy, counters, spanOf(source, start, end));
    return true;
  }
  const found = findShape(table.shapes, source.text, start, end, table.userChain);
  if (found === undefined) return false;
  appendRule(table, shapedRule(source, start, end, found.shape, found.chain));
  return true;
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
  const checked = state.options.trusted !== true && command !== undefined;
  if (broken || (checked && !checkRule(state, rule))) return;
  const problem = runCommands(state, assembled.commands, rule);
  if (problem !== undefined) report(state, problem);
  else if (state.diagnostics.length === before) learn(state, assembled.commands, rule);
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

/** Only lines that do nothing but append are remembered. */
function learn(
  { table, options }: TablesState,
  [command, ...others]: readonly RuleCommand[],
  rule: IptablesRule,
): void {
  if (options.trusted === true || table === undefined) return;
  if (command?.name !== '-A' || others.length > 0) return;
  learnShape(table.shapes, rule, command, {
    family: options.family,
    userChain: table.userChain,
    setsKnown: options.ipsets !== undefined,
  });
}
