/** One packet's run through a compiled program: the mutable context that everything below gets. */

import type { Span } from '../base/span.ts';
import type { PreparedHost } from '../host/prepared-host.ts';
import { summariseNetwork } from '../packet/summary.ts';
import type { PacketSummary } from '../packet/summary-types.ts';
import type { Choice, ChoiceMade, ChoiceOption, ChoiceReason, Chooser } from '../trace/choice.ts';
import type { ConntrackSnapshot, TraceEvent } from '../trace/event.ts';
import type { Recorder } from '../trace/recorder.ts';
import type { SimulateOptions } from './api.ts';
import { seededChooser } from './chooser.ts';
import type { CompiledProgram } from './compile.ts';
import { type Connection, isReply, statusWords } from './conntrack/connection.ts';
import { type Journey, newJourney } from './journey.ts';
import type { LivePacket } from './live-packet.ts';
import type { RuleTrace } from './rule-trace.ts';
import { type JumpStack, newJumpStack } from './rules/jump-stack.ts';
import { newRegisters, type Registers } from './rules/registers.ts';
import { type Journal, newJournal, type Store } from './state/store.ts';

export interface Run {
  readonly compiled: CompiledProgram;
  readonly host: PreparedHost;
  readonly store: Store;
  readonly journal: Journal;
  /** Milliseconds since the epoch. */
  readonly clock: number;
  readonly chooser: Chooser;
  readonly recorder: Recorder | undefined;
  readonly ruleTrace: RuleTrace | undefined;
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
  readonly registers: Registers;
  readonly stack: JumpStack;
  /** How deep packets have caused packets. */
  depth: number;
}

/** What runs of a program use again: nothing in it outlives a run. */
export interface SpareParts {
  readonly journal: Journal;
  readonly answers: Map<string, number>;
  readonly checkedOut: Connection[];
  readonly counted: Set<string>;
  readonly registers: Registers;
  readonly stack: JumpStack;
}

export function newSpareParts(store: Store): SpareParts {
  return {
    journal: newJournal(store),
    answers: new Map(),
    checkedOut: [],
    counted: new Set(),
    registers: newRegisters(),
    stack: newJumpStack(),
  };
}

/** Takes the program's spare parts, unless a run that has not ended has them. */
export function newRun(compiled: CompiledProgram, options: SimulateOptions): Run {
  const { store } = compiled.versions;
  const parts = compiled.spareParts.pop() ?? newSpareParts(store);
  return {
    compiled,
    host: compiled.host,
    store,
    journal: parts.journal,
    clock: options.clock,
    chooser: options.chooser ?? seededChooser(options.seed ?? 0),
    recorder: options.recorder,
    ruleTrace: options.ruleTrace,
    choices: [],
    answers: parts.answers,
    checkedOut: parts.checkedOut,
    counted: parts.counted,
    journeys: [],
    backlog: [],
    registers: parts.registers,
    stack: parts.stack,
    depth: 0,
  };
}

/** Gives the spare parts back; the run must not be used again. */
export function endRun(run: Run): void {
  const { compiled, journal, answers, checkedOut, counted, registers, stack } = run;
  if (answers.size > 0) answers.clear();
  if (counted.size > 0) counted.clear();
  compiled.spareParts.push({ journal, answers, checkedOut, counted, registers, stack });
}

export function startJourney(run: Run, cause: Journey['cause']): Journey {
  const journey = newJourney(run.journeys.length, cause);
  if (run.journeys.length === 0) run.journeys = [journey];
  else run.journeys.push(journey);
  return journey;
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
  const option = single ? 0 : run.chooser.choose(choice);
  if (run.choices.length === 0) run.choices = [{ choice, option }];
  else run.choices.push({ choice, option });
  if (run.recorder !== undefined) record(run, { kind: 'choice-made', subject, choice, option });
  return option;
}

/** Yes or no; true is yes. */
export function chooseYes(run: Run, subject: number, question: Omit<Question, 'options'>): boolean {
  const options = [{ label: 'yes' }, { label: 'no' }];
  return choose(run, subject, { ...question, options }) === 0;
}
