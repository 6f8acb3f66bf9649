/** connlimit: counts connections that came by here and still live (nft_connlimit.c, nf_conncount.c). */

import type { ConnlimitOperation } from '../../model/operations.ts';
import { type Connection, connectionStatus } from '../conntrack/connection.ts';
import { findTuple } from '../conntrack/table.ts';
import {
  type Tuple,
  transportForConntrack,
  tupleKey,
  tupleOfKey,
  tupleOfPacket,
} from '../conntrack/tuple.ts';
import { zoneIn } from '../conntrack/zone.ts';
import { ipFamily, type LivePacket } from '../live-packet.ts';
import type { Evaluation, Step } from '../rules/evaluation.ts';
import { dropVerdict } from '../rules/registers.ts';
import type { StepCompiler } from '../rules/step-compiler.ts';
import type { Run } from '../run.ts';
import { setEntry } from '../state/store.ts';
import { breakRule } from './store.ts';

export function prepareConnlimit(operation: ConnlimitOperation, compiler: StepCompiler): Step {
  const state = compiler.allocate([]);
  return (evaluation) => {
    const list = `connlimit ${state.name(evaluation)}`;
    noteElement(evaluation, list);
    const count = countConnections(evaluation, list);
    // What belongs to no connection, as a fragment, is dropped.
    if (count === undefined) evaluation.registers.verdict = dropVerdict;
    else if (count > operation.count !== operation.inverted) breakRule(evaluation);
  };
}

/** A new element begins with an empty list, whatever an earlier one with its key had. */
function noteElement({ run, element }: Evaluation, list: string): void {
  if (element === undefined) return;
  element.lists.push(list);
  if (!element.isNew) return;
  setEntry(run.journal, run.store.lists, list, undefined);
  run.counted.delete(list);
}

/** What the packet is counted as. */
interface Counted {
  readonly tuple: Tuple;
  readonly zone: number;
  /** The packet's own, or the one that conntrack would find for it. */
  readonly connection: Connection | undefined;
}

/** get_ct_or_tuple_from_skb(): the connection, or what would be its tuple where conntrack was not yet or gave up. */
function countedAs(run: Run, packet: LivePacket): Counted | undefined {
  const { connection, template } = packet;
  if (connection !== undefined)
    return { tuple: connection.original, zone: connection.zone, connection };
  const family = ipFamily(packet);
  if (family === undefined) return undefined;
  const { bytes, length } = packet;
  const transport = transportForConntrack(bytes, 0, length, family);
  const tuple =
    transport === undefined ? undefined : tupleOfPacket(bytes, 0, length, family, transport);
  if (tuple === undefined) return undefined;
  const zone = template?.connection.zone ?? 0;
  return { tuple, zone, connection: findTuple(run, tuple, zone)?.connection };
}

const has = (connection: Connection | undefined, status: number): boolean =>
  connection !== undefined && (connection.status & status) !== 0;

/** CONNCOUNT_GC_MAX_COLLECT: one search through a list goes on until it has forgotten more. */
const mostForgotten = 64;

/**
 * nf_conncount_add_skb(): adds what the packet belongs to and forgets what is gone or closed; a connection that is assured
 * is not added. What conntrack has not confirmed is added a second time within a jiffy, that is for one packet, without a look.
 */
export function countConnections(evaluation: Evaluation, list: string): number | undefined {
  const { run, packet } = evaluation;
  const own = countedAs(run, packet);
  if (own === undefined) return undefined;
  const known = run.store.lists.get(list) ?? [];
  const again = run.counted.has(list);
  if (has(own.connection, connectionStatus.assured)) {
    run.counted.add(list);
    return again ? known.length : store(run, list, stillAlive(run, known).alive).length;
  }
  const key = tupleKey(own.tuple, own.zone);
  if (again && !has(own.connection, connectionStatus.confirmed))
    return store(run, list, [...known, key]).length;
  const { alive, found } = stillAlive(run, known, { key, zone: own.zone });
  if (!found) run.counted.add(list);
  return store(run, list, found ? alive : [...alive, key]).length;
}

/** count_tree(): a list of its own for each group; the packet that begins one is counted in any case. */
export function countInGroup(evaluation: Evaluation, list: string): number | undefined {
  const { run, packet } = evaluation;
  if (run.store.lists.has(list)) return countConnections(evaluation, list);
  const own = countedAs(run, packet);
  if (own === undefined) return undefined;
  run.counted.add(list);
  return store(run, list, [tupleKey(own.tuple, own.zone)]).length;
}

function store(run: Run, list: string, keys: readonly string[]): readonly string[] {
  setEntry(run.journal, run.store.lists, list, keys);
  return keys;
}

interface Own {
  readonly key: string;
  readonly zone: number;
}

/** Looks for `own`, no further than that, and forgets on the way. */
function stillAlive(
  run: Run,
  known: readonly string[],
  own?: Own,
): { readonly alive: readonly string[]; readonly found: boolean } {
  const alive: string[] = [];
  let forgotten = 0;
  for (const [index, key] of known.entries()) {
    // Without anything to look for, it stops at the next that lives.
    const mayStop = own !== undefined || (index > 0 && known[index - 1] === alive.at(-1));
    if (forgotten > mostForgotten && mayStop)
      return { alive: [...alive, ...known.slice(index)], found: false };
    const { tuple, zone } = tupleOfKey(key);
    const connection = findTuple(run, tuple, zone)?.connection;
    if (connection !== undefined && own !== undefined && isOwn(key, connection, own))
      return { alive: [...alive, ...known.slice(index)], found: true };
    if (connection === undefined || isClosed(connection)) forgotten += 1;
    else alive.push(key);
  }
  return { alive, found: false };
}

/** The zones are compared in the original direction, whichever was found. */
function isOwn(key: string, connection: Connection, own: Own): boolean {
  return sameTuple(key, own.key) && zoneIn(connection.zone, false) === zoneIn(own.zone, false);
}

/** Without their last two characters, which are the zone. */
function sameTuple(one: string, other: string): boolean {
  return one.length === other.length && one.slice(0, -2) === other.slice(0, -2);
}

function isClosed({ tcp }: Connection): boolean {
  return tcp?.state === 'TIME_WAIT' || tcp?.state === 'CLOSE';
}
