/** Plays a recorded scenario on the simulator, packet by packet. */

import { printConntrackEntry } from '../formats/conntrack/print-conntrack.ts';
import { bytesFromHex } from '../packet/bytes.ts';
import type { Outcome, PacketInput, SimulationState } from '../simulate/api.ts';
import type { CompiledProgram } from '../simulate/compile.ts';
import { explore } from '../simulate/explore.ts';
import { readConntrack } from '../simulate/reading.ts';
import { initialState } from '../simulate/simulate.ts';
import type { TraceEvent } from '../trace/event.ts';
import { eventDifference, firstDifference } from './event-difference.ts';
import { type CompareOptions, fateDifference } from './fate-difference.ts';
import type { RecordedInput, RecordedPlay, RecordedResult } from './recording.ts';
import { spawnedDifference } from './spawned-difference.ts';

/** A moment on a Tuesday; the recordings do not depend on it. */
const startClock = 1_700_000_000_000;

export interface PacketReport {
  readonly packet: string | undefined;
  readonly conntrack: string | undefined;
  /** Undefined when nothing was spawned on either side. */
  readonly spawned: { readonly difference: string | undefined } | undefined;
  readonly outcome: Outcome | undefined;
}

export interface PlayReport {
  readonly packets: readonly PacketReport[];
  readonly state: SimulationState;
  readonly clock: number;
}

function inputOf(input: RecordedInput, result: RecordedResult): PacketInput {
  const bytes = bytesFromHex(result.sent);
  if (input.at !== 'local') return { kind: 'received', device: input.at, frame: bytes };
  const device = input.dev === undefined || input.dev === '' ? {} : { device: input.dev };
  return {
    kind: 'local',
    packet: bytes,
    sender: { uid: 0, gid: 0, mark: input.mark ?? 0, ...device },
  };
}

function conntrackDifference(
  compiled: CompiledProgram,
  state: SimulationState,
  clock: number,
  recorded: readonly string[],
): string | undefined {
  const own = readConntrack(compiled, state, clock)
    .map(({ id: _id, ...entry }) =>
      printConntrackEntry(entry, { spacing: 'single', timeout: false, use: false }),
    )
    .sort();
  const wanted = recorded.map((line) => line.replace(/ +/g, ' ')).sort();
  return firstDifference('conntrack', wanted, own);
}

/** Numbers that a random port may have become: every port and id that the recording shows. */
function portsOf(result: RecordedResult): readonly number[] {
  const text = [...result.conntrack, JSON.stringify(result.fate)].join(' ');
  const found = [...text.matchAll(/(?:port=|id=|port":|icmp_id":)(\d+)/g)].map((match) =>
    Number(match[1]),
  );
  return [...new Set(found)];
}

function assumptionsFor(
  result: RecordedResult,
  outcomes: readonly Outcome[],
): ReadonlyMap<string, string>[] {
  const ranges = outcomes.flatMap(({ choices }) =>
    choices.flatMap(({ choice }) => (choice.range === undefined ? [] : [choice])),
  );
  const [range] = ranges;
  if (range?.range === undefined) return [];
  const { first, last } = range.range;
  return portsOf(result)
    .filter((port) => port >= first && port <= last)
    .map((port) => new Map([[range.key, String(port)]]));
}

interface Judged {
  readonly outcome: Outcome;
  readonly difference: string | undefined;
  readonly conntrack: string | undefined;
}

function packetDifferenceOf(
  recorded: RecordedResult,
  outcome: Outcome,
  options: CompareOptions,
): string | undefined {
  const hot = hotDrop(recorded, outcome);
  if (hot !== undefined)
    return eventDifference(
      recorded.events,
      outcome.trace.filter((event) => event !== hot),
      0,
    );
  return (
    eventDifference(recorded.events, outcome.trace, 0) ??
    fateDifference(recorded.fate, outcome, options)
  );
}

/** The rule whose match finds the packet too broken: xtables-legacy drops it there without a word. */
function hotDrop(
  { events, fate: recorded }: RecordedResult,
  { fate, trace }: Outcome,
): TraceEvent | undefined {
  const silent =
    recorded.kind === 'held' || (recorded.kind === 'drop' && recorded.at?.stack === true);
  if (!silent || fate.kind !== 'drop' || fate.at.kind !== 'rule') return undefined;
  if (fate.at.loader !== 'iptables-legacy') return undefined;
  const own = trace.filter(
    ({ kind, subject }) => subject === 0 && (kind === 'rule-matched' || kind === 'policy-applied'),
  );
  const logged = events.filter(({ type }) => type !== 'return');
  return logged.length === own.length - 1 ? own.at(-1) : undefined;
}

/**
 * xtables-legacy logs no packet, only headers: an answer that comes back over loopback with other inner headers is taken
 * for the packet that it answers.
 */
function asLogged(recorded: RecordedResult, outcome: Outcome, options: CompareOptions): Outcome {
  const mayDiffer = recorded.spawned.length > 0 && recorded.events.some(({ legacy }) => legacy);
  if (!mayDiffer || packetDifferenceOf(recorded, outcome, options) === undefined) return outcome;
  const returned = new Set<number>();
  const trace = outcome.trace.map((event) => {
    const { kind, subject } = event;
    if (kind === 'hook-entered' && event.hook === 'prerouting') returned.add(subject);
    return returned.has(subject) ? { ...event, subject: 0 } : event;
  });
  const moved = { ...outcome, trace };
  return packetDifferenceOf(recorded, moved, options) === undefined ? moved : outcome;
}

/** Outcomes that agree come first. */
function judge(
  compiled: CompiledProgram,
  outcomes: readonly Outcome[],
  recorded: RecordedResult,
  clock: number,
  options: CompareOptions,
): readonly Judged[] {
  const judged = outcomes.map((explored): Judged => {
    const outcome = asLogged(recorded, explored, options);
    return {
      outcome,
      difference: packetDifferenceOf(recorded, outcome, options),
      conntrack: conntrackDifference(compiled, outcome.state, clock, recorded.conntrack),
    };
  });
  const badness = ({ difference, conntrack }: Judged) =>
    (difference === undefined ? 0 : 2) + (conntrack === undefined ? 0 : 1);
  return [...judged].sort((a, b) => badness(a) - badness(b));
}

export function playRecording(
  compiled: CompiledProgram,
  play: RecordedPlay,
  options: CompareOptions,
): PlayReport {
  let state = initialState(compiled);
  let clock = startClock;
  const packets: PacketReport[] = [];
  play.results.forEach((recorded, index) => {
    const input = play.packets[index];
    if (input === undefined) return;
    clock += input.sleep_ms ?? 0;
    const packet = inputOf(input, recorded);
    try {
      const first = explore(compiled, state, packet, { clock }).outcomes;
      const more = assumptionsFor(recorded, first).flatMap(
        (assume) => explore(compiled, state, packet, { clock, assume }).outcomes,
      );
      const [best] = judge(compiled, [...first, ...more], recorded, clock, options);
      if (best === undefined) return;
      state = best.outcome.state;
      packets.push(reportOf(best, recorded));
    } catch (error) {
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      packets.push({ packet: text, conntrack: text, spawned: undefined, outcome: undefined });
    }
  });
  return { packets, state, clock };
}

function reportOf(best: Judged, recorded: RecordedResult): PacketReport {
  const { outcome } = best;
  const any = recorded.spawned.length > 0 || outcome.spawned.length > 0;
  return {
    packet: best.difference,
    conntrack: best.conntrack,
    spawned: any ? { difference: spawnedDifference(recorded, outcome, outcome.trace) } : undefined,
    outcome,
  };
}
