/** recent: lists of addresses with the times they were seen (net/netfilter/xt_recent.c); empty when the simulation begins. */

import { addressKey } from '../../base/address.ts';
import type { RecentOptions } from '../../fields/iptables/matches/recent.ts';
import { byteAt } from '../../packet/bytes.ts';
import { destinationAddress, ipFamily, sourceAddress } from '../live-packet.ts';
import type { Evaluation } from '../rules/evaluation.ts';
import type { Run } from '../run.ts';
import { setEntry } from '../state/store.ts';
import type { Matcher } from './matcher.ts';

/** Times that one entry remembers at most (XT_RECENT_MAX_NSTAMPS). */
const mostTimes = 256;

/** Entries of one list (ip_list_tot, the module's default). */
const mostEntries = 100;

interface Entry {
  readonly ttl: number;
  /** Oldest first. */
  readonly times: readonly number[];
}

/** One list of the network namespace: both families share it. */
interface List {
  readonly run: Run;
  readonly name: string;
}

/** Members in the order of their last update, oldest first. */
function membersOf({ run, name }: List): readonly string[] {
  return run.store.lists.get(`recent ${name}`) ?? [];
}

function setMembers({ run, name }: List, members: readonly string[]): void {
  setEntry(run.journal, run.store.lists, `recent ${name}`, members);
}

function readEntry({ run, name }: List, key: string): Entry | undefined {
  const [ttl, ...times] = run.store.memory.get(`recent ${name} ${key}`) ?? [];
  return ttl === undefined ? undefined : { ttl, times };
}

function writeEntry({ run, name }: List, key: string, entry: Entry | undefined): void {
  const value = entry === undefined ? undefined : [entry.ttl, ...entry.times];
  setEntry(run.journal, run.store.memory, `recent ${name} ${key}`, value);
}

function removeEntry(list: List, key: string): void {
  writeEntry(list, key, undefined);
  setMembers(
    list,
    membersOf(list).filter((member) => member !== key),
  );
}

/** recent_entry_update(), and recent_entry_init() for a new one, which may push the oldest out. */
function touchEntry(list: List, key: string, ttl: number): void {
  const others = membersOf(list).filter((member) => member !== key);
  const known = readEntry(list, key);
  const [oldest] = others;
  if (known === undefined && others.length >= mostEntries && oldest !== undefined) {
    writeEntry(list, oldest, undefined);
    others.shift();
  }
  const times = [...(known?.times ?? []), list.run.clock].slice(-mostTimes);
  writeEntry(list, key, { ttl, times });
  setMembers(list, [...others, key]);
}

export function recentMatcher(options: RecentOptions): Matcher {
  const { check, inverted } = options;
  return (evaluation) => {
    const { run, packet } = evaluation;
    const list: List = { run, name: options.list };
    const own = options.side === 'source' ? sourceAddress(packet) : destinationAddress(packet);
    const masked = own.map((byte, index) => byte & (options.mask[index] ?? 255));
    const key = `${own.length} ${addressKey(masked)}`;
    const ttl = hopsOf(evaluation);
    const known = readEntry(list, key);
    const sameTtl = !options.sameTtl || known?.ttl === ttl || known?.ttl === 0 || ttl === 0;
    const entry = sameTtl ? known : undefined;
    if (check === 'set') {
      touchEntry(list, key, ttl);
      return !inverted;
    }
    if (entry === undefined) return inverted;
    if (check === 'remove') {
      removeEntry(list, key);
      return !inverted;
    }
    return lookAt(list, key, entry, options, ttl);
  };
}

/** --rcheck and --update */
function lookAt(
  list: List,
  key: string,
  entry: Entry,
  options: RecentOptions,
  ttl: number,
): boolean {
  const { seconds = 0, hitCount = 0, inverted } = options;
  const since = list.run.clock - seconds * 1000;
  const hits =
    seconds === 0 ? entry.times.length : entry.times.filter((time) => time >= since).length;
  const found = hits >= Math.max(1, hitCount);
  const answer = found !== inverted;
  const updates = options.check === 'update' && answer;
  if (options.reap) reapOldest(list, since, updates ? key : undefined);
  if (updates) touchEntry(list, key, ttl);
  return answer;
}

/** recent_entry_reap(): the entry that was not updated for longest, unless it is about to be. */
function reapOldest(list: List, since: number, kept: string | undefined): void {
  const [oldest] = membersOf(list);
  if (oldest === undefined || oldest === kept) return;
  const last = readEntry(list, oldest)?.times.at(-1) ?? 0;
  if (since > last) removeEntry(list, oldest);
}

/** The TTL as before forwarding, which has decreased it already where there is an output device. */
function hopsOf({ packet, state }: Evaluation): number {
  const hops = byteAt(packet.bytes, ipFamily(packet) === 6 ? 7 : 8);
  const sent = packet.isLocal || packet.sender !== undefined;
  return state.output !== undefined && !sent ? (hops + 1) & 255 : hops;
}
