/** Plays one case: fixtures, then its steps on one state, each judged where something is expected of it. */

import type { Diagnostic } from '../base/diagnostic.ts';
import type { Span } from '../base/span.ts';
import type { Exploration, PacketInput, SimulationState } from '../simulate/api.ts';
import type { CompiledProgram } from '../simulate/compile.ts';
import { addConnection } from '../simulate/conntrack/add-connection.ts';
import { explore } from '../simulate/explore.ts';
import { initialState } from '../simulate/simulate.ts';
import type { TraceEvent } from '../trace/event.ts';
import type { Case, CaseStep } from './case.ts';
import { buildCasePacket } from './case-packet.ts';
import { checkOutcome } from './checks.ts';
import { establishedEntry } from './established.ts';
import { factsOf } from './facts.ts';
import { judge } from './judge.ts';
import { replyInput } from './reply-packet.ts';
import type { CaseResult, CaseStatus, StepFailure, StepFinding } from './result.ts';
import type { Expectation } from './rows/expectation-rows.ts';
import { missingRule, parseRulePattern } from './rule-pattern.ts';
import { findSet, keyBytes } from './set-membership.ts';

export interface Bench {
  readonly compiled: CompiledProgram;
  readonly clock: number;
  readonly outcomeLimit: number;
  /** Sees every trace: coverage. */
  readonly observe?: (trace: readonly TraceEvent[]) => void;
  readonly report: (diagnostic: Diagnostic) => void;
  /** Names of rules and sets that are known to be there. */
  readonly known: Set<string>;
}

interface Play {
  readonly bench: Bench;
  readonly testCase: Case;
  readonly compiled: CompiledProgram;
  state: SimulationState;
  clock: number;
  last: Exploration | undefined;
}

/** The state is that of the plain host until a packet wants its connection known. */
function inputOf(play: Play, step: CaseStep): PacketInput | undefined {
  if (step.packet === undefined) {
    const fate = play.last?.outcomes[0]?.fate;
    const input = fate === undefined ? undefined : replyInput(play.compiled.host, fate);
    if (input === undefined) impossible(play, step.span(), 'there is nothing to answer');
    return input;
  }
  const built = buildCasePacket(play.compiled.host, step.packet);
  if ('impossible' in built) {
    impossible(play, step.span(), built.impossible);
    return undefined;
  }
  if (step.packet.state === 'established' && play.last === undefined) {
    play.state = addConnection(play.compiled, play.state, establishedEntry(built.description));
  }
  return built.input;
}

function impossible(play: Play, span: Span, message: string): void {
  play.bench.report({
    code: 'scenario-packet',
    span,
    message: `${play.testCase.name}: ${message}`,
  });
}

function playStep(play: Play, step: CaseStep): Exploration | undefined {
  const { bench } = play;
  play.clock += Math.round(step.waitSeconds * 1000);
  const input = inputOf(play, step);
  if (input === undefined) return undefined;
  for (let time = 0; time < step.times; time += 1) {
    const exploration = explore(play.compiled, play.state, input, {
      clock: play.clock,
      limit: bench.outcomeLimit,
      assume: play.testCase.assume,
      misses: bench.observe !== undefined,
    });
    for (const { trace } of exploration.outcomes) bench.observe?.(trace);
    const [first] = exploration.outcomes;
    if (first !== undefined) play.state = first.state;
    play.last = exploration;
  }
  return play.last;
}

/** Rules and sets that an expectation names must be there: a misspelt one would pass as missed. */
function checkReferences(play: Play, expectation: Expectation, span: () => Span): boolean {
  const { bench, compiled } = play;
  let fine = true;
  const check = (
    key: string,
    find: () => { readonly message: string; readonly hint?: string } | undefined,
  ) => {
    if (bench.known.has(key)) return;
    const missing = find();
    if (missing === undefined) {
      bench.known.add(key);
      return;
    }
    fine = false;
    bench.report({ code: 'scenario-reference', span: span(), ...missing });
  };
  for (const pattern of [...(expectation.hits ?? []), ...(expectation.misses ?? [])]) {
    check(`rule ${pattern}`, () => missingRule(compiled.program, parseRulePattern(pattern)));
  }
  for (const [name, keys] of expectation.sets ?? []) {
    for (const key of [...(keys.contains ?? []), ...(keys.lacks ?? [])]) {
      check(`set ${name} ${key}`, () => {
        const set = findSet(compiled, name);
        if ('message' in set) return set;
        if (keyBytes(set.set, key) !== undefined) return undefined;
        const types = set.set.key.map(({ type }) => type.name).join(' . ');
        return { message: `'${key}' is no key of set ${name}`, hint: `its keys are ${types}` };
      });
    }
  }
  const ways = expectation.outcomes ?? [];
  return ways.every((way) => checkReferences(play, way, span)) && fine;
}

function firstWrong(
  play: Play,
  expectation: Expectation,
  exploration: Exploration,
): readonly TraceEvent[] {
  const context = { compiled: play.compiled, clock: play.clock, assume: play.testCase.assume };
  const { outcomes } = exploration;
  const wrong = outcomes.find(
    (outcome) => checkOutcome(expectation, factsOf(outcome), context).length > 0,
  );
  return (wrong ?? outcomes[0])?.trace ?? [];
}

interface Judged {
  readonly failure?: StepFailure;
  readonly finding?: StepFinding;
}

function judgeStep(play: Play, step: CaseStep, exploration: Exploration, isLast: boolean): Judged {
  const { testCase } = play;
  const expect = step.expect ?? (isLast ? testCase.expect : undefined);
  if (expect === undefined) {
    if (!isLast) return {};
    return { finding: { facts: exploration.outcomes.map(factsOf) } };
  }
  if (!checkReferences(play, expect.value, expect.span)) return {};
  const context = { compiled: play.compiled, clock: play.clock, assume: testCase.assume };
  const complaints = judge(expect.value, exploration, context);
  if (complaints.length === 0) return {};
  const position = testCase.steps.indexOf(step);
  const trace = firstWrong(play, expect.value, exploration);
  return {
    failure: { complaints, trace, ...(testCase.steps.length > 1 ? { step: position } : {}) },
    finding: { expect, facts: exploration.outcomes.map(factsOf) },
  };
}

function statusOf(testCase: Case, failures: number, invalid: boolean): CaseStatus {
  if (invalid) return 'invalid';
  if (failures > 0) return 'failed';
  const judged = testCase.expect ?? testCase.steps.find(({ expect }) => expect !== undefined);
  return judged === undefined ? 'open' : 'passed';
}

export function playCase(given: Bench, testCase: Case): CaseResult {
  if (testCase.skip !== undefined) {
    return { testCase, status: 'skipped', failures: [], findings: [] };
  }
  let complaints = 0;
  const bench: Bench = {
    ...given,
    report(diagnostic) {
      complaints += 1;
      given.report(diagnostic);
    },
  };
  const play: Play = {
    bench,
    testCase,
    compiled: bench.compiled,
    state: initialState(bench.compiled),
    clock: bench.clock,
    last: undefined,
  };
  const failures: StepFailure[] = [];
  const findings: StepFinding[] = [];
  const all = [...testCase.before, ...testCase.steps];
  for (const [index, step] of all.entries()) {
    const exploration = playStep(play, step);
    if (exploration === undefined) break;
    const { failure, finding } = judgeStep(play, step, exploration, index === all.length - 1);
    if (failure !== undefined) failures.push(failure);
    if (finding !== undefined) findings.push(finding);
  }
  const status = statusOf(testCase, failures.length, complaints > 0);
  return { testCase, status, failures, findings };
}
