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

/** The packets so far played one way; where several ways agree with the recording, all of them go on. */
interface Path {
  readonly packets: readonly PacketReport[];
  readonly state: SimulationState;
  readonly badness: number;
  /** The last answer to questions of each kind, and how often it was another one than before. */
  readonly answers: ReadonlyMap<string, number>;
  readonly switches: number;
}

const mostPaths = 8;

/** What the lab does not tell, as whether there is a socket, is mostly the same for all packets: such ways come first. */
function extended(path: Path, judged: Judged, recorded: RecordedResult): Path {
  const { outcome } = judged;
  const report = reportOf(judged, recorded);
  const answers = new Map(path.answers);
  let { switches } = path;
  for (const { choice, option } of outcome.choices) {
    const before = answers.get(choice.reason);
    if (before !== undefined && before !== option) switches += 1;
    answers.set(choice.reason, option);
  }
  const wrong = [report.packet, report.packet, report.conntrack, report.spawned?.difference];
  const worse = wrong.filter((each) => each !== undefined).length;
  return {
    packets: [...path.packets, report],
    state: outcome.state,
    badness: path.badness + worse,
    answers,
    switches,
  };
}

/** The ways that agree best. */
function bestOf(paths: readonly Path[]): readonly Path[] {
  const least = Math.min(...paths.map(({ badness }) => badness));
  return paths
    .filter(({ badness }) => badness === least)
    .sort((a, b) => a.switches - b.switches)
    .slice(0, least === 0 ? mostPaths : 1);
}

/** Several reports where the recording so far agrees with more than one way: what was left afterwards may tell. */
export function playRecording(
  compiled: CompiledProgram,
  play: RecordedPlay,
  options: CompareOptions,
): readonly PlayReport[] {
  const state = initialState(compiled);
  let paths: readonly Path[] = [
    { packets: [], state, badness: 0, answers: new Map(), switches: 0 },
  ];
  let clock = startClock;
  play.results.forEach((recorded, index) => {
    const input = play.packets[index];
    if (input === undefined) return;
    clock += input.sleep_ms ?? 0;
    const packet = inputOf(input, recorded);
    const next = paths.flatMap((path) => {
      try {
        return judge(compiled, path.state, packet, recorded, clock, options).map((judged) =>
          extended(path, judged, recorded),
        );
      } catch (error) {
        return [failed(path, error)];
      }
    });
    if (next.length > 0) paths = bestOf(next);
  });
  return paths.map((path) => ({ packets: path.packets, state: path.state, clock }));
}

function failed(path: Path, error: unknown): Path {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const report = { packet: text, conntrack: text, spawned: undefined, outcome: undefined };
  return { ...path, packets: [...path.packets, report], badness: path.badness + 3 };
}

/** All ways that the packet may go. */
function judge(
  compiled: CompiledProgram,
  state: SimulationState,
  packet: PacketInput,
  recorded: RecordedResult,
  clock: number,
  options: CompareOptions,
): readonly Judged[] {
  const first = explore(compiled, state, packet, { clock }).outcomes;
  const more = assumptionsFor(recorded, first).flatMap(
    (assume) => explore(compiled, state, packet, { clock, assume }).outcomes,
  );
  return [...first, ...more].map((explored): Judged => {
    const outcome = asLogged(recorded, explored, options);
    return {
      outcome,
      difference: packetDifferenceOf(recorded, outcome, options),
      conntrack: conntrackDifference(compiled, outcome.state, clock, recorded.conntrack),
    };
  });
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
