/** Elements that are as good as gone: expired, or counting connections of which none is left (nft_rhash_gc()). */

import type { Connection } from '../conntrack/connection.ts';
import { findTupleLink } from '../conntrack/table.ts';
import { tcpTimeouts } from '../conntrack/tcp-state.ts';
import { tupleOfKey } from '../conntrack/tuple.ts';
import { zoneIn } from '../conntrack/zone.ts';
import type { Run } from '../run.ts';
import { type Store, setEntry } from '../state/store.ts';
import type { CountedLists, DynamicElement } from './dynamic-element.ts';

/** The collector runs every second, and frees what it found at the next chance. */
export const collectedAfterMilliseconds = 2000;

/** Neither found nor listed any more. */
export function isGone(store: Store, clock: number, element: DynamicElement): boolean {
  const { expires, counted } = element;
  if (expires !== undefined && expires <= clock) return true;
  return counted !== undefined && areEmptied(store, clock, counted);
}

const collectorMilliseconds = 1000;

/** Takes out what counts nothing any more, lest a connection that opens anew brings it back. */
export function collect(run: Run, index: number, elements: Map<string, DynamicElement>): void {
  const { store, clock, journal } = run;
  const name = `collected ${index}`;
  const [last = Number.NEGATIVE_INFINITY] = store.memory.get(name) ?? [];
  if (last + collectorMilliseconds > clock) return;
  setEntry(journal, store.memory, name, [clock]);
  const gone = [...elements].filter(
    ([, { counted }]) => counted !== undefined && areEmptied(store, clock, counted),
  );
  for (const [key] of gone) setEntry(journal, elements, key, undefined);
}

/** One empty list is enough (nft_rhash_expr_needs_gc_run()). */
function areEmptied(store: Store, clock: number, { lists, at }: CountedLists): boolean {
  if (at + collectedAfterMilliseconds > clock) return false;
  return lists.some((list) => {
    const ends = (store.lists.get(list) ?? []).map((key) => endOf(store, clock, key));
    return Math.max(at, ...ends) + collectedAfterMilliseconds <= clock;
  });
}

/** When the connection ceased to count; infinite while it does. */
function endOf(store: Store, clock: number, key: string): number {
  const { tuple, zone } = tupleOfKey(key);
  const link =
    findTupleLink(store, tuple, zoneIn(zone, false)) ??
    findTupleLink(store, tuple, zoneIn(zone, true));
  const connection = link === undefined ? undefined : store.connections[link.value >> 1];
  if (connection === undefined) return 0;
  if (connection.expires <= clock) return connection.expires;
  return closedAt(connection) ?? Number.POSITIVE_INFINITY;
}

/** By what its timeout usually is. */
function closedAt({ tcp, expires }: Connection): number | undefined {
  if (tcp?.state !== 'CLOSE' && tcp?.state !== 'TIME_WAIT') return undefined;
  return expires - 1000 * tcpTimeouts[tcp.state];
}
