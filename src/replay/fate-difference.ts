/** Compares what became of a packet: the simulator's fate with the recorded one. */

import { summarisePacket } from '../packet/summary.ts';
import type { SimulationResult } from '../simulate/api.ts';
import type { Fate, FatePlace, OutgoingPacket } from '../trace/fate.ts';
import { outgoingText, packetDifference, packetText, queryText } from './packet-difference.ts';
import type { RecordedFate, RecordedPacket } from './recording.ts';

export interface CompareOptions {
  /** The rulesets have netdev chains: then the lab's own hooks include ingress. */
  readonly netdev: boolean;
  /** Bridged packets go through the IP hooks, and count as forwarded. */
  readonly bridgeNetfilter: boolean;
}

export function fateDifference(
  recorded: RecordedFate,
  result: SimulationResult,
  options: CompareOptions,
): string | undefined {
  const { fate } = result;
  const kind = fate.kind === 'reject' ? 'reject' : fate.kind;
  if (recorded.kind === 'emitted') return asideDifference(recorded, result);
  const asForwarded = options.bridgeNetfilter && kind === 'bridged';
  const wanted = asForwarded && recorded.kind === 'forwarded' ? 'bridged' : recorded.kind;
  // Of what is dropped after the last chain the recording cannot tell whether it left uncaptured.
  const clashed = fate.kind === 'drop' && fate.reason === 'NAT_CLASH';
  const unsent = clashed || (fate.kind === 'drop' && fate.reason === 'NO_NEIGHBOUR');
  if (unsent && recorded.uncaptured === true) return undefined;
  // The lab's own hook at input comes before the one that confirms.
  if (clashed && recorded.kind === 'local' && lastHook(fate.at) === 'input') return undefined;
  // A fragment of which nothing more was seen counts as one that waits.
  const failed = fate.kind === 'drop' && fate.reason === 'REASSEMBLY_FAILED';
  if (recorded.kind === 'held' && (failed || (fate.kind === 'drop' && isBeforeHooks(fate.at))))
    return undefined;
  // Where the packet itself was dropped or stolen after its copies were sent, they are taken for it.
  const ended =
    fate.kind === 'drop' ||
    ((fate.kind === 'stolen' || fate.kind === 'reject') && recorded.kind !== fate.kind);
  const aside = copiesOf(result);
  if (ended && aside.length > 0 && recorded.out !== undefined)
    return outDifference(recorded, aside, kind === 'bridged');
  if (kind !== wanted) return `fate: kernel ${fateText(recorded)}, simulated ${ownFate(fate)}`;
  switch (fate.kind) {
    case 'forwarded':
    case 'output':
    case 'bridged':
      return outDifference(recorded, [...fate.out, ...aside], fate.kind === 'bridged');
    case 'local':
      if (recorded.iif !== undefined && recorded.iif !== fate.device)
        return `local: kernel iif ${recorded.iif}, simulated ${fate.device}`;
      return packetDifference(wholeText(recorded.pkt ?? {}), tracedText(fate.packet), false);
    case 'drop':
    case 'reject':
    case 'held':
      return stopDifference(recorded, result, fate.at, options);
    default:
      return undefined;
  }
}

/** IPv6 fragments pass the input hook before they are put together: the recording then shows the last of them. */
function wholeText(recorded: RecordedPacket): RecordedPacket {
  if (recorded.proto !== 44) return recorded;
  const { len: _length, proto: _protocol, ...rest } = recorded;
  return rest;
}

/** Local packets are known from the trace, which holds no more of an IPv6 header chain than the first header. */
function tracedText(packet: Uint8Array): RecordedPacket {
  const text = { ...queryText(packet), ...packetText(summarisePacket(packet)) };
  const next = packet[6] ?? 0;
  const chained = (packet[0] ?? 0) >> 4 === 6 && [0, 43, 44, 51, 60].includes(next);
  if (!chained) return text;
  const { family, src, dst, ttl, dscp, ecn, len } = text;
  return { family, src, dst, ttl, dscp, ecn, len, proto: next === 51 ? 'ah' : next };
}

function isBeforeHooks(at: FatePlace): boolean {
  return at.kind === 'stack' && at.beforeHooks;
}

function lastHook(at: FatePlace): string | undefined {
  return at.kind === 'stack' ? at.afterHook : undefined;
}

function fateText(fate: RecordedFate): string {
  return `${fate.kind} ${JSON.stringify(fate.at ?? fate.out?.map(({ dev }) => dev) ?? '')}`;
}

function ownFate(fate: Fate): string {
  const where =
    'out' in fate && fate.out.length > 0
      ? fate.out.map(({ device }) => device).join(' ')
      : 'at' in fate
        ? JSON.stringify({ ...fate.at, origin: undefined })
        : '';
  return `${fate.kind} ${fate.reason} ${where}`;
}

/**
 * Copies by netdev chains carry no trace: those of an answer are taken for copies of the packet, too. So is an answer that
 * a bridge floods, but for the first of it by name of the port.
 */
function copiesOf({ fate, spawned }: SimulationResult): readonly OutgoingPacket[] {
  const answers = spawned.map((each) => each.fate);
  const flooded = answers.flatMap((each) =>
    'out' in each ? each.out.toSorted(byDevice).slice(1) : [],
  );
  return [...[fate, ...answers].flatMap(({ aside }) => aside ?? []), ...flooded];
}

function byDevice(one: OutgoingPacket, other: OutgoingPacket): number {
  return one.device < other.device ? -1 : 1;
}

/** The packet itself ended; only copies were seen. */
function asideDifference(recorded: RecordedFate, result: SimulationResult): string | undefined {
  const { fate } = result;
  if (fate.kind !== 'drop' && fate.kind !== 'stolen' && fate.kind !== 'reject')
    return `fate: kernel emitted, simulated ${ownFate(fate)}`;
  return outDifference(recorded, copiesOf(result), false);
}

function outDifference(
  recorded: RecordedFate,
  sent: readonly OutgoingPacket[],
  withLink: boolean,
): string | undefined {
  const own = sent.map((out) => ({ dev: out.device, pkt: outgoingText(out) }));
  const expected = [...(recorded.out ?? [])];
  if (own.length !== expected.length)
    return `out: kernel ${expected.map(({ dev }) => dev)}, simulated ${own.map(({ dev }) => dev)}`;
  const rest = [...own];
  for (const each of expected) {
    const candidates = rest.filter(({ dev }) => dev === each.dev);
    const differences = candidates.map(({ pkt }) => packetDifference(each.pkt, pkt, withLink));
    const match = differences.indexOf(undefined);
    const found = candidates[match];
    if (found === undefined)
      return `out ${each.dev}: ${differences[0] ?? `simulated ${rest.map(({ dev }) => dev)}`}`;
    rest.splice(rest.indexOf(found), 1);
  }
  return undefined;
}

function stopDifference(
  recorded: RecordedFate,
  result: SimulationResult,
  at: FatePlace,
  options: CompareOptions,
): string | undefined {
  const wanted = recorded.at ?? {};
  const found = placeText(at, options);
  const expected = recordedPlace(wanted, recorded.kind, options);
  if (expected !== found) return `${recorded.kind} at: kernel ${expected}, simulated ${found}`;
  return replyDifference(recorded.reply ?? [], result);
}

function recordedPlace(
  at: Readonly<Record<string, unknown>>,
  kind: string,
  { netdev }: CompareOptions,
): string {
  if (at.stack === true || at.reassembly === true || kind === 'held')
    return `stack after ${at.after_hook ?? 'none'}${at.before_hooks === true && !netdev ? ' before hooks' : ''}`;
  const index = at.index === undefined ? '' : ` ${at.index}`;
  return `${at.fam} ${at.table} ${at.chain} ${at.type}${index}`;
}

function placeText(at: FatePlace, { netdev }: CompareOptions): string {
  if (at.kind !== 'stack') {
    const index = at.index === undefined ? '' : ` ${at.index}`;
    return `${at.family} ${at.table} ${at.chain} ${at.kind}${index}`;
  }
  const hook = at.afterHook === 'ingress' && !netdev ? undefined : at.afterHook;
  return `stack after ${hook ?? 'none'}${at.beforeHooks && !netdev ? ' before hooks' : ''}`;
}

function replyDifference(
  recorded: readonly RecordedPacket[],
  result: SimulationResult,
): string | undefined {
  const replies = result.spawned;
  if (recorded.length !== replies.length)
    return `replies: kernel ${recorded.length}, simulated ${replies.length}`;
  return undefined;
}
