/** Counters of elements: ip_set_match_extensions() and ip_set_init_counter(), net/netfilter/ipset/ip_set_core.c. */

import type { CounterComparison } from '../../fields/iptables/matches/set.ts';
import type { IpSetElement } from '../../host/ipset.ts';
import type { PreparedIpSet } from '../../host/ipset-index.ts';
import type { Run } from '../run.ts';
import { setEntry } from '../state/store.ts';

/** How a packet counts in the elements that it is found in, and what it asks of them. */
export interface IpSetCounting {
  /** Octets of the packet from the network header on. */
  readonly length: number;
  readonly update: boolean;
  readonly packets?: CounterComparison;
  readonly bytes?: CounterComparison;
}

export function hasCounters({ set }: PreparedIpSet): boolean {
  return set.options.some(({ name }) => name === 'counters');
}

const counterKey = (element: string): string => `ipset-counter ${element}`;

/** Counts the packet, then compares. Sets without counters have nothing to compare. */
export function countersMatch(
  run: Run,
  prepared: PreparedIpSet,
  key: string,
  { packets = 0n, bytes = 0n }: Pick<IpSetElement, 'packets' | 'bytes'>,
  counting: IpSetCounting,
): boolean {
  if (!hasCounters(prepared)) return true;
  const kept = run.store.memory.get(counterKey(key));
  let seenPackets = kept?.[0] ?? Number(packets);
  let seenBytes = kept?.[1] ?? Number(bytes);
  if (counting.update) {
    seenPackets += 1;
    seenBytes += counting.length;
    setEntry(run.journal, run.store.memory, counterKey(key), [seenPackets, seenBytes]);
  }
  return holds(seenPackets, counting.packets) && holds(seenBytes, counting.bytes);
}

/** An element that a packet makes has counted that packet. */
export function startCounters(
  run: Run,
  prepared: PreparedIpSet,
  key: string,
  length: number,
): void {
  if (hasCounters(prepared)) {
    setEntry(run.journal, run.store.memory, counterKey(key), [1, length]);
  }
}

function holds(seen: number, comparison: CounterComparison | undefined): boolean {
  if (comparison === undefined) return true;
  const value = Number(comparison.value);
  switch (comparison.operator) {
    case 'eq':
      return (seen === value) !== comparison.inverted;
    case 'lt':
      return seen < value;
    case 'gt':
      return seen > value;
  }
}
