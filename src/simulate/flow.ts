/** A whole connection through the host: handshake, data, teardown; or a query and its answer; replies included. */

import { parseAddress } from '../base/address.ts';
import type { PreparedHost } from '../host/prepared-host.ts';
import { buildFrame, buildPacket, type PacketDescription } from '../packet/build.ts';
import { protocol } from '../packet/protocols.ts';
import { summarisePacket } from '../packet/summary.ts';
import type { Fate } from '../trace/fate.ts';
import type { ExploreOptions, Outcome, PacketInput, SimulationState } from './api.ts';
import type { CompiledProgram } from './compile.ts';
import { explore } from './explore.ts';

export interface FlowStart {
  readonly packet: PacketDescription;
  readonly input: PacketInput;
}

export interface FlowStep {
  /** `SYN`, `SYN+ACK`, `ACK`, `data`, `FIN`, `request`, `answer`, … */
  readonly label: string;
  readonly direction: 'original' | 'reply';
  readonly outcome: Outcome;
}

export interface Flow {
  readonly steps: readonly FlowStep[];
  /** Every packet reached the other end. */
  readonly complete: boolean;
}

interface StepPlan {
  readonly label: string;
  readonly direction: 'original' | 'reply';
  /** What is different from the first packet, or from a bare answer to it. */
  readonly change: Partial<PacketDescription>;
}

/** Initial sequence numbers: any two will do, as long as both ends keep to them. */
const firstSequence = 1000;
const answerSequence = 5000;
const dataLength = 100;
const data = Uint8Array.from({ length: dataLength }, (_, index) => index);

function tcpStep(
  label: string,
  direction: StepPlan['direction'],
  flags: string,
  sent: { readonly sequence: number; readonly acknowledgement: number },
  payload?: Uint8Array,
): StepPlan {
  return {
    label,
    direction,
    change: { flags, ...sent, ...(payload === undefined ? {} : { payload }) },
  };
}

/** Client and server agree on sequence numbers; offsets count from the first byte of each side. */
function tcpSteps(): readonly StepPlan[] {
  const client = (sent: number, got: number) => ({
    sequence: firstSequence + sent,
    acknowledgement: got < 0 ? 0 : answerSequence + got,
  });
  const server = (sent: number, got: number) => ({
    sequence: answerSequence + sent,
    acknowledgement: firstSequence + got,
  });
  const end = 1 + dataLength;
  return [
    tcpStep('SYN', 'original', 'S', client(0, -1)),
    tcpStep('SYN+ACK', 'reply', 'SA', server(0, 1)),
    tcpStep('ACK', 'original', 'A', client(1, 1)),
    tcpStep('data', 'original', 'PA', client(1, 1), data),
    tcpStep('data', 'reply', 'PA', server(1, end), data),
    tcpStep('FIN+ACK', 'original', 'FA', client(end, end)),
    tcpStep('FIN+ACK', 'reply', 'FA', server(end, end + 1)),
    tcpStep('ACK', 'original', 'A', client(end + 1, end + 1)),
  ];
}

const exchange: readonly StepPlan[] = [
  { label: 'request', direction: 'original', change: {} },
  { label: 'answer', direction: 'reply', change: {} },
  { label: 'request', direction: 'original', change: {} },
];

function planOf(start: PacketDescription, whole: boolean): readonly StepPlan[] {
  const plan = start.protocol === protocol.tcp ? tcpSteps() : exchange;
  return whole ? plan : plan.slice(0, 2);
}

/** Echo requests are answered by echo replies, timestamp requests by timestamp replies. */
const icmpAnswers: ReadonlyMap<number, number> = new Map([
  [8, 0],
  [13, 14],
  [128, 129],
]);

/** Where a packet came out of the host: its bytes, and the device (undefined: a socket of the host). */
function arrival(fate: Fate): { readonly bytes: Uint8Array; readonly device?: string } | undefined {
  if (fate.kind === 'local') return { bytes: fate.packet };
  if (fate.kind !== 'forwarded' && fate.kind !== 'output' && fate.kind !== 'bridged')
    return undefined;
  const [first] = fate.out;
  return first === undefined ? undefined : { bytes: first.packet, device: first.device };
}

/** The answer to the packet as it arrived at the other end. */
function answerTo(bytes: Uint8Array): PacketDescription | undefined {
  const seen = summarisePacket(bytes);
  const source = parseAddress(seen.destination ?? '');
  const destination = parseAddress(seen.source ?? '');
  if (source === undefined || destination === undefined || seen.protocol === undefined)
    return undefined;
  const icmpType = seen.icmpType === undefined ? undefined : icmpAnswers.get(seen.icmpType);
  return {
    source,
    destination,
    protocol: seen.protocol,
    ...(seen.destinationPort === undefined ? {} : { sourcePort: seen.destinationPort }),
    ...(seen.sourcePort === undefined ? {} : { destinationPort: seen.sourcePort }),
    ...(icmpType === undefined ? {} : { icmpType }),
    ...(seen.icmpId === undefined ? {} : { icmpId: seen.icmpId }),
    ...(seen.icmpSequence === undefined ? {} : { icmpSequence: seen.icmpSequence }),
  };
}

/** The far end of a cable; its real address does not matter to anything but `ether saddr`. */
const farEnd = Uint8Array.of(2, 0, 0, 0, 0, 253);

function inputOf(
  host: PreparedHost,
  packet: PacketDescription,
  device: string | undefined,
): PacketInput {
  const bytes = buildPacket(packet);
  if (device === undefined) return { kind: 'local', packet: bytes };
  const destination = host.interfacesByName.get(device)?.mac ?? new Uint8Array(6);
  return { kind: 'received', device, frame: buildFrame(bytes, { source: farEnd, destination }) };
}

/** A packet of the original direction enters where the first one did. */
function originalInput(
  host: PreparedHost,
  start: FlowStart,
  packet: PacketDescription,
): PacketInput {
  if (start.input.kind === 'local') return { ...start.input, packet: buildPacket(packet) };
  const { device, frame } = start.input;
  const link = { source: frame.subarray(6, 12), destination: frame.subarray(0, 6) };
  if (!host.interfacesByName.has(device)) return start.input;
  return { kind: 'received', device, frame: buildFrame(buildPacket(packet), link) };
}

interface FlowOptions extends ExploreOptions {
  /** Handshake, data and teardown; else only the first packet and its reply. */
  readonly whole?: boolean;
}

/**
 * Plays the connection that the first packet opens. Each reply is the answer to the last packet of the original
 * direction as it came out of the host, and enters where that one left. Where a step can go several ways, the first is
 * taken. The flow ends at the first packet that does not get through.
 */
export function simulateFlow(
  compiled: CompiledProgram,
  state: SimulationState,
  start: FlowStart,
  options: FlowOptions,
): Flow {
  const steps: FlowStep[] = [];
  let current = state;
  let last: ReturnType<typeof arrival>;
  for (const { label, direction, change } of planOf(start.packet, options.whole ?? true)) {
    let input: PacketInput;
    if (direction === 'original') {
      input = originalInput(compiled.host, start, { ...start.packet, ...change });
    } else {
      const answer = last === undefined ? undefined : answerTo(last.bytes);
      if (answer === undefined) break;
      input = inputOf(compiled.host, { ...answer, ...change }, last?.device);
    }
    const [outcome] = explore(compiled, current, input, { ...options, limit: 1 }).outcomes;
    if (outcome === undefined) break;
    steps.push({ label, direction, outcome });
    const arrived = arrival(outcome.fate);
    if (arrived === undefined) return { steps, complete: false };
    if (direction === 'original') last = arrived;
    current = outcome.state;
  }
  return { steps, complete: true };
}
