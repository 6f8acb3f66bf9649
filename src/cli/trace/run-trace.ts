/** Runs `trace`: reads the inputs, explores the outcomes, prints them, judges the expectation. */

import type { Diagnostic } from '../../base/diagnostic.ts';
import { prepareHost } from '../../host/prepared-host.ts';
import type { Program } from '../../model/program.ts';
import { buildAnnotator } from '../../objects/annotate.ts';
import type { Annotator } from '../../report/annotator.ts';
import type { Exploration, PacketInput, SimulationState } from '../../simulate/api.ts';
import { type CompiledProgram, compileProgram } from '../../simulate/compile.ts';
import { explore, sampleOutcome } from '../../simulate/explore.ts';
import { type Flow, simulateFlow } from '../../simulate/flow.ts';
import { initialState } from '../../simulate/simulate.ts';
import type { LateReading } from '../input/late-program.ts';
import {
  completionNote,
  environmentOf,
  isLarge,
  type LoadedProgram,
  loadProgram,
  type RulesetSource,
  rulesetsOfNode,
} from '../input/load-program.ts';
import { type Node, readNode, readNodeFiles } from '../input/node.ts';
import { fail, type Session, showDiagnostics } from '../session.ts';
import { assumedHost } from './assumed-host.ts';
import { parseAssumptions } from './assumptions.ts';
import { withConnection } from './connection-state.ts';
import { unexpected } from './expectation.ts';
import type { TraceOptions } from './options.ts';
import { printTrace, type TraceOutput } from './print-trace.ts';
import { isMistake, type Mistake, type Question, readQuestion } from './question.ts';

/** A match without content is a choice when a packet meets it; until then it is no news. */
const isNews = ({ code }: Diagnostic) => code !== 'foreign-extension';

interface Inputs {
  readonly node: Node;
  readonly question: Question;
  readonly compiled: CompiledProgram;
  readonly state: SimulationState;
  readonly notes: readonly string[];
  readonly late: LateReading | undefined;
  readonly compile: (program: Program) => CompiledProgram;
  /** The rulesets read whole. */
  readonly whole: () => Promise<LoadedProgram>;
}

/** The rulesets of the command line; those of the host folder only when none is given. */
function rulesetSources(
  session: Session,
  options: TraceOptions,
  node: Node,
): readonly RulesetSource[] | Mistake {
  if (options.ruleset === undefined) {
    const found = rulesetsOfNode(node.files);
    return found.length > 0
      ? found
      : { mistake: 'no ruleset: give --ruleset FILE, or --host DIR with one' };
  }
  const sources: RulesetSource[] = [];
  for (const path of options.ruleset) {
    const source = session.io.read(path);
    if ('failure' in source) return { mistake: `--ruleset ${source.failure}` };
    sources.push({ source });
  }
  return sources;
}

async function readInputs(
  session: Session,
  options: TraceOptions,
): Promise<Inputs | Mistake | 'invalid'> {
  const files = readNodeFiles(session.io, options);
  if (isMistake(files)) return files;
  const assumed = assumedHost(files.files, options);
  if (isMistake(assumed)) return assumed;
  const node = await readNode(assumed.files);
  const asked = readQuestion(prepareHost(node.host), options);
  if (isMistake(asked)) return asked;
  const question = { ...asked, inferences: [...assumed.inferences, ...asked.inferences] };
  const hostNotes = assumed.inferences.length > 0 ? [] : node.host.assumptions;
  const sources = rulesetSources(session, options, node);
  if ('mistake' in sources) return sources;
  const environment = environmentOf(node.host);
  const loaded = await loadProgram(sources, environment, { late: mayReadLate(options, sources) });
  if (showDiagnostics(session, [...node.diagnostics, ...loaded.diagnostics].filter(isNews))) {
    return 'invalid';
  }
  const host =
    options.ctState === 'established' ? withConnection(node.host, question.packet) : node.host;
  const hookOrder = options.hookOrder ?? (options.ruleset === undefined ? 'unknown' : 'loading');
  const compile = (program: Program) => compileProgram(program, { host, hookOrder });
  const compiled = compile(loaded.program);
  const notes = [...hostNotes.map(({ message }) => message), ...loaded.notes];
  const { late } = loaded;
  const whole = () => loadProgram(sources, environment);
  const state = initialState(compiled);
  return { node, question, compiled, state, notes, late, compile, whole };
}

/** A file given by itself may be written by hand: unless it is large, what is wrong in it is worth more than time. */
function mayReadLate(options: TraceOptions, sources: readonly RulesetSource[]): boolean {
  return options.ruleset === undefined || sources.some(({ source }) => isLarge(source));
}

interface Played {
  readonly inputs: Inputs;
  readonly explorations: readonly Exploration[] | Mistake;
  readonly flow: Flow | undefined;
}

function played(inputs: Inputs, options: TraceOptions): Played {
  const explorations = playRounds(inputs, inputs.question.input, options);
  return { inputs, explorations, flow: playFlow(inputs, options) };
}

/** Plays the packet; chains of a listing are read when it comes to them. */
async function play(
  session: Session,
  inputs: Inputs,
  options: TraceOptions,
): Promise<Played | 'invalid'> {
  const { late, notes } = inputs;
  const answer = played(inputs, options);
  if (late === undefined) return answer;
  if (late.failed) return playWhole(session, inputs, options);
  return { ...answer, inputs: { ...inputs, notes: [...notes, ...lateNotes(late)] } };
}

function lateNotes({ completedRules, readChains, chains }: LateReading): readonly string[] {
  const rest = chains - readChains;
  return [
    ...(completedRules > 0 ? [completionNote(completedRules, ' on the way')] : []),
    ...(rest > 0 ? [`${rest} of ${chains} chains are not on the way and were not read`] : []),
  ];
}

/** What cannot be read by chains is read whole, with what is wrong in it. */
async function playWhole(
  session: Session,
  inputs: Inputs,
  options: TraceOptions,
): Promise<Played | 'invalid'> {
  const { program, notes, diagnostics } = await inputs.whole();
  if (showDiagnostics(session, diagnostics.filter(isNews))) return 'invalid';
  const compiled = inputs.compile(program);
  const state = initialState(compiled);
  const known = new Set([...inputs.notes, ...notes]);
  return played({ ...inputs, compiled, state, notes: [...known] }, options);
}

/** Plays the packet `--count` times; the last exploration is the answer, earlier ones only change the state. */
function playRounds(
  inputs: Inputs,
  input: PacketInput,
  options: TraceOptions,
): readonly Exploration[] | Mistake {
  const assume = parseAssumptions(options.assume ?? []);
  if (isMistake(assume)) return assume;
  const explorations: Exploration[] = [];
  let { state } = inputs;
  for (let round = 0; round < (options.count ?? 1); round += 1) {
    const settings = {
      clock: options.clock ?? 0,
      assume: assume.answers,
      misses: options.explain ?? false,
    };
    const { seed } = options;
    const exploration =
      seed === undefined
        ? explore(inputs.compiled, state, input, settings)
        : {
            outcomes: [
              sampleOutcome(inputs.compiled, state, input, { ...settings, seed: seed + round }),
            ],
            cut: false,
          };
    explorations.push(exploration);
    const [first] = exploration.outcomes;
    if (first === undefined) break;
    state = first.state;
  }
  return explorations;
}

/** `--flow` and `--reply`: the connection that the packet opens, on the state before it. */
function playFlow(inputs: Inputs, options: TraceOptions): Flow | undefined {
  if (options.flow !== true && options.reply !== true) return undefined;
  const assume = parseAssumptions(options.assume ?? []);
  return simulateFlow(inputs.compiled, inputs.state, inputs.question, {
    clock: options.clock ?? 0,
    misses: options.explain ?? false,
    whole: options.flow === true,
    ...(isMistake(assume) ? {} : { assume: assume.answers }),
  });
}

/** Calico's names cost a generation of its rules, so only where its chains and its objects are. */
async function annotatorOf({ node, compiled }: Inputs): Promise<Annotator> {
  const chains = compiled.program.tables.flatMap((table) => table.chains);
  if (node.objects.length === 0 || !chains.some(({ name }) => name.includes('cali-'))) {
    return buildAnnotator(node.objects);
  }
  const { calicoNames } = await import('../../objects/calico-names.ts');
  return buildAnnotator(node.objects, calicoNames(node.objects));
}

function judgeFlow(session: Session, flow: Flow): void {
  if (flow.complete) return;
  session.io.error(`the connection breaks at packet ${flow.steps.length}\n`);
  session.exitCode = 1;
}

function judge(session: Session, expect: string, exploration: Exploration): void {
  const complaints = exploration.outcomes.flatMap((outcome) => unexpected(expect, outcome) ?? []);
  if (complaints.length === 0 && !exploration.cut) return;
  const found = [...new Set(complaints)].join('; ') || 'not every outcome was explored';
  session.io.error(`expected ${expect}, found ${found}\n`);
  session.exitCode = 1;
}

export async function runTrace(session: Session, options: TraceOptions): Promise<void> {
  const read = await readInputs(session, options);
  if (read === 'invalid') {
    session.exitCode = 1;
    return;
  }
  if (isMistake(read)) return fail(session, read.mistake);
  const answer = await play(session, read, options);
  if (answer === 'invalid') {
    session.exitCode = 1;
    return;
  }
  const { inputs, explorations, flow } = answer;
  if (isMistake(explorations)) return fail(session, explorations.mistake);
  const output: TraceOutput = {
    ...(flow === undefined ? {} : { flow }),
    question: inputs.question,
    notes: inputs.notes,
    annotator: await annotatorOf(inputs),
    explorations,
  };
  printTrace(session, output, options);
  const last = explorations.at(-1);
  if (options.expect === undefined || last === undefined) return;
  judge(session, options.expect, last);
  if (flow !== undefined && options.expect !== 'drop' && options.expect !== 'reject') {
    judgeFlow(session, flow);
  }
}
