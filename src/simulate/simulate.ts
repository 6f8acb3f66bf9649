/** Simulating one packet: from its device or process to its fate. */

import { summariseFrame, summarisePacket } from '../packet/summary.ts';
import type {
  PacketInput,
  SimulateOptions,
  SimulationResult,
  SimulationState,
  SpawnedPacket,
} from './api.ts';
import type { CompiledProgram } from './compile.ts';
import { checkIn } from './conntrack/table.ts';
import { fateOf, type Journey } from './journey.ts';
import { newLivePacket } from './live-packet.ts';
import { endRun, newRun, type Run, record, startJourney } from './run.ts';
import { sendFromSocket } from './stack/local-output.ts';
import { readFrame, receivePacket } from './stack/receive.ts';
import { stackDrop } from './stack/stop.ts';
import { commitJournal, revertJournal, travelTo } from './state/store.ts';

/** Never modifies `state`; the result holds the next one. Deterministic for one seed or chooser. */
export function simulate(
  compiled: CompiledProgram,
  state: SimulationState,
  input: PacketInput,
  options: SimulateOptions,
): SimulationResult {
  travelTo(compiled.versions, state.node);
  const run = newRun(compiled, options);
  try {
    play(run, input);
  } catch (error) {
    revertJournal(run.journal);
    throw error;
  }
  checkIn(run);
  const node = commitJournal(compiled.versions, run.journal);
  const next: SimulationState = { kind: 'simulation-state', version: node.number, node };
  const result = finish(run, next);
  endRun(run);
  return result;
}

function play(run: Run, input: PacketInput): void {
  const journey = startJourney(run, 'packet');
  noteStart(run, input);
  if (input.kind === 'local') {
    const packet = newLivePacket(0, journey, Uint8Array.from(input.packet));
    packet.sender = input.sender ?? {};
    sendFromSocket(run, packet);
  } else {
    receiveFrame(run, journey, input.device, input.frame);
  }
  while (run.backlog.length > 0) run.backlog.shift()?.();
}

/** Until the frame is read. */
const noBytes = new Uint8Array(0);

function receiveFrame(run: Run, journey: Journey, name: string, frame: Uint8Array): void {
  const packet = newLivePacket(0, journey, noBytes);
  const device = run.host.interfacesByName.get(name);
  if (device === undefined || !device.flags.includes('UP')) {
    stackDrop(run, packet, 'DEVICE_DOWN');
    return;
  }
  if (!readFrame(packet, frame, device)) {
    stackDrop(run, packet, 'BAD_HEADER');
    return;
  }
  receivePacket(run, packet, device);
}

function noteStart(run: Run, input: PacketInput): void {
  if (run.recorder === undefined) return;
  if (input.kind === 'local') {
    const packet = summarisePacket(input.packet);
    record(run, { kind: 'packet-started', subject: 0, cause: 'local', packet });
    return;
  }
  const { device, frame } = input;
  const packet = summariseFrame(frame);
  record(run, { kind: 'packet-started', subject: 0, cause: 'received', device, packet });
}

function finish(run: Run, state: SimulationState): SimulationResult {
  const spawned: SpawnedPacket[] = [];
  const { journeys } = run;
  const [first] = journeys;
  for (let index = 1; index < journeys.length; index++) {
    const journey = journeys[index];
    if (journey === undefined) continue;
    const fate = fateOf(journey);
    record(run, { kind: 'fate', subject: journey.subject, fate });
    const cause = journey.cause === 'packet' ? 'clone' : journey.cause;
    spawned.push({ subject: journey.subject, cause, fate });
  }
  if (first === undefined) throw new RangeError('a run without a journey');
  const fate = fateOf(first);
  record(run, { kind: 'fate', subject: 0, fate });
  return { fate, spawned, state, choices: run.choices };
}

/** The state before any packet: rules as loaded, connections as the host has them. */
export function initialState(compiled: CompiledProgram): SimulationState {
  return compiled.initial;
}
