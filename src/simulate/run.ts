/** One packet's run through a compiled program: the mutable context that everything below gets. */

import type { Span } from '../base/span.ts';
import type { PreparedHost } from '../host/prepared-host.ts';
import { summariseNetwork } from '../packet/summary.ts';
import type { PacketSummary } from '../packet/summary-types.ts';
import type { Choice, ChoiceMade, ChoiceOption, ChoiceReason, Chooser } from '../trace/choice.ts';
import type { ConntrackSnapshot, TraceEvent } from '../trace/event.ts';
import type { Recorder } from '../trace/recorder.ts';
import type { SimulateOptions } from './api.ts';
import { type Draws, drawAmong, drawNext, newDraws, startOfDraws } from './chooser.ts';
import type { CompiledProgram } from './compile.ts';
import { type Connection, isReply, statusWords } from './conntrack/connection.ts';
import { type Journey, newJourney } from './journey.ts';
import type { LivePacket } from './live-packet.ts';
import type { RuleTrace } from './rule-trace.ts';
import type { EvaluationRoom } from './rules/evaluation.ts';
import { type JumpStack, newJumpStack } from './rules/jump-stack.ts';
import { type Journal, newJournal, type Store } from './state/store.ts';

export interface Run {
  readonly compiled: CompiledProgram;
  readonly host: PreparedHost;
  readonly store: Store;
  readonly journal: Journal;
  /** Milliseconds since the epoch. */
  clock: number;
  /** Absent: the draws of the seed. */
  chooser: Chooser | undefined;
  readonly draws: Draws;
  recorder: Recorder | undefined;
  ruleTrace: RuleTrace | undefined;
  choices: ChoiceMade[];
  /** Answers already given in this run, by choice key. */
  readonly answers: Map<string, number>;
  /** Connections that this run has made or checked out to modify. */
  readonly checkedOut: Connection[];
  /** Connection limits that were evaluated in this run. */
  readonly counted: Set<string>;
  journeys: Journey[];
  /** Packets that wait in a device's receive queue (loopback). */
  readonly backlog: (() => void)[];
  /** Versions of IP whose ICMP errors are on their way out: none is sent because of another one (icmp_xmit_lock()). */
  readonly answering: Set<4 | 6>;
  /** By depth; made when a chain is first evaluated there. */
  readonly rooms: EvaluationRoom[];
  readonly stack: JumpStack;
  /** How deep packets have caused packets. */
  depth: number;
}

/** Never added to. */
const noChoices: ChoiceMade[] = [];
const noJourneys: Journey[] = [];

function emptyRun(compiled: CompiledProgram): Run {
  const { store } = compiled.versions;
  return {
    compiled,
    host: compiled.host,
    store,
    journal: newJournal(store),
    clock: 0,
    chooser: undefined,
    draws: newDraws(),
    recorder: undefined,
    ruleTrace: undefined,
    choices: noChoices,
    answers: new Map(),
    checkedOut: [],
    counted: new Set(),
    journeys: noJourneys,
    backlog: [],
    answering: new Set(),
    rooms: [],
    stack: newJumpStack(),
    depth: 0,
  };
}

/** One that the program keeps to be used again, unless a run that has not ended has it. */
export function newRun(compiled: CompiledProgram, options: SimulateOptions): Run {
  const run = compiled.spareRuns.pop() ?? emptyRun(compiled);
  run.clock = options.clock;
  run.chooser = options.chooser;
  run.draws.state = startOfDraws(options.seed ?? 0);
  run.recorder = options.recorder;
  run.ruleTrace = options.ruleTrace;
  return run;
}

/** Gives the run back; its caller must not use it again. */
export function endRun(run: Run): void {
  if (run.answers.size > 0) run.answers.clear();
  if (run.counted.size > 0) run.counted.clear();
  run.choices = noChoices;
  run.journeys = noJourneys;
  run.chooser = undefined;
  run.recorder = undefined;
  run.ruleTrace = undefined;
  run.compiled.spareRuns.push(run);
}

export function startJourney(run: Run, cause: Journey['cause']): Journey {
  const { journeys } = run;
  const journey = newJourney(journeys.length, cause);
  run.journeys = withOne(journeys, journey);
  return journey;
}

/** Mostly there are one or two, and an array that grows makes room for many. */
function withOne<Item>(list: Item[], item: Item): Item[] {
  const [first] = list;
  if (first === undefined) return [item];
  if (list.length === 1) return [first, item];
  list.push(item);
  return list;
}

export function record(run: Run, event: TraceEvent): void {
  run.recorder?.record(event);
}

/** The headers as they are now; call only when there is a recorder. */
export function summaryNow({ bytes, length, etherType }: LivePacket): PacketSummary {
  const { summary } = lastSummary;
  if (
    summary !== undefined &&
    lastSummary.etherType === etherType &&
    isLastSummarised(bytes, length)
  )
    return summary;
  const kept = bytes.slice(0, length);
  lastSummary = { bytes: kept, etherType, summary: summariseNetwork(kept, etherType) };
  return lastSummary.summary ?? summariseNetwork(kept, etherType);
}

/** A packet is looked at by one chain after the other, mostly without a change. */
let lastSummary: {
  readonly bytes: Uint8Array;
  readonly etherType: number;
  readonly summary: PacketSummary | undefined;
} = { bytes: new Uint8Array(0), etherType: 0, summary: undefined };

function isLastSummarised(bytes: Uint8Array, length: number): boolean {
  const { bytes: last } = lastSummary;
  if (last.length !== length) return false;
  for (let index = 0; index < length; index++) if (bytes[index] !== last[index]) return false;
  return true;
}

/** What a trace shows of the packet's connection; undefined without entry. */
export function conntrackNow(packet: LivePacket): ConntrackSnapshot | undefined {
  if (packet.untracked) return { state: 'untracked' };
  const { connection = packet.template?.connection, connectionInfo: info = packet.template?.info } =
    packet;
  if (connection === undefined || info === undefined) return undefined;
  const state =
    info === 'established-reply' ? 'established' : info === 'related-reply' ? 'related' : info;
  return {
    state,
    direction: isReply(info) ? 'reply' : 'original',
    status: statusWords(connection.status),
    mark: connection.mark,
  };
}

export interface Question {
  readonly reason: ChoiceReason;
  readonly key: string;
  readonly options: readonly ChoiceOption[];
  readonly origin?: Span;
  readonly range?: NonNullable<Choice['range']>;
  /** Asked anew each time (random numbers); else one answer holds for the whole run. */
  readonly fresh?: boolean;
}

/** Asks the chooser; the answer is an index into the options. */
export function choose(run: Run, subject: number, question: Question): number {
  const { fresh, ...choice } = question;
  if (fresh === true) return chooseAnew(run, subject, choice);
  const known = run.answers.get(question.key);
  if (known !== undefined) return known;
  const option = chooseAnew(run, subject, choice);
  run.answers.set(question.key, option);
  return option;
}

/** Asks in any case, whatever was answered before. */
export function chooseAnew(run: Run, subject: number, choice: Choice): number {
  const single = choice.options.length === 1 && choice.range === undefined;
  return noteChoice(run, subject, choice, single ? 0 : askChooser(run, choice));
}

/** The same for a choice between these options, without a range. */
export function chooseAmong(
  run: Run,
  subject: number,
  choice: Choice,
  options: readonly ChoiceOption[],
): number {
  if (options.length === 1) return noteChoice(run, subject, choice, 0);
  const { chooser, draws } = run;
  const option = chooser === undefined ? drawAmong(options, draws) : chooser.choose(choice);
  return noteChoice(run, subject, choice, option);
}

function askChooser({ chooser, draws }: Run, choice: Choice): number {
  return chooser === undefined ? drawNext(choice, draws) : chooser.choose(choice);
}

function noteChoice(run: Run, subject: number, choice: Choice, option: number): number {
  run.choices = withOne(run.choices, { choice, option });
  if (run.recorder !== undefined) record(run, { kind: 'choice-made', subject, choice, option });
  return option;
}

/** Yes or no; true is yes. */
export function chooseYes(run: Run, subject: number, question: Omit<Question, 'options'>): boolean {
  const options = [{ label: 'yes' }, { label: 'no' }];
  return choose(run, subject, { ...question, options }) === 0;
}
