/** Expected connections: net/netfilter/nf_conntrack_expect.c. */

import { addressesEqual, addressKey } from '../../base/address.ts';
import type { LivePacket } from '../live-packet.ts';
import { rangeFlag } from '../nat/range.ts';
import { setupNat } from '../nat/setup.ts';
import type { Run } from '../run.ts';
import { setEntry } from '../state/store.ts';
import { type Connection, connectionStatus, tupleOf } from './connection.ts';
import { type Expectation, newHelperState } from './helper-state.ts';
import { checkOut, findConnection } from './table.ts';
import type { Tuple } from './tuple.ts';
import { bytesOfAddress } from './tuple-address.ts';

/** Expectations are found by where they lead; the master of each holds the rest. */
function expectationKey(
  { protocol, destination, destinationPort }: Expectation,
  zone: number,
): string {
  return `expect ${protocol} ${addressKey(destination)} ${destinationPort} ${zone}`;
}

function index(run: Run, key: string, master: number | undefined): void {
  setEntry(run.journal, run.store.numbers, key, master);
}

function setExpectations(master: Connection, expectations: readonly Expectation[]): void {
  master.helperState = { ...(master.helperState ?? newHelperState), expectations };
}

/** nf_ct_expect_related(): the newest of at most `most` stay; false when another connection expects the same. */
export function addExpectation(
  run: Run,
  master: Connection,
  expectation: Expectation,
  most = 1,
): boolean {
  const key = expectationKey(expectation, master.zone);
  const owner = run.store.numbers.get(key);
  if (owner !== undefined && owner !== master.id) {
    const other = findConnection(run, owner);
    const stands = other?.helperState?.expectations.some(
      (each) => expectationKey(each, master.zone) === key && each.expires > run.clock,
    );
    if (stands === true) return false;
  }
  const known = (master.helperState?.expectations ?? []).filter(
    (each) => each.expires > run.clock && expectationKey(each, master.zone) !== key,
  );
  const evicted = known.length >= most ? known.slice(0, known.length - most + 1) : [];
  for (const each of evicted) index(run, expectationKey(each, master.zone), undefined);
  setExpectations(master, [...known.slice(evicted.length), expectation]);
  index(run, key, master.id);
  return true;
}

/** nf_ct_find_expectation(): an expectation that comes true is used up. */
function takeExpectation(
  run: Run,
  tuple: Tuple,
  zone: number,
): { readonly master: Connection; readonly expectation: Expectation } | undefined {
  if (run.store.numbers.size === 0) return undefined;
  const { protocol, destinationPart: destinationPort } = tuple;
  const source = bytesOfAddress(tuple.source);
  const destination = bytesOfAddress(tuple.destination);
  const wanted = { protocol, destination, destinationPort, source, expires: 0 };
  const key = expectationKey(wanted, zone);
  const id = run.store.numbers.get(key);
  const found = id === undefined ? undefined : findConnection(run, id);
  if (found === undefined) return undefined;
  const expectation = found.helperState?.expectations.find(
    (each) => expectationKey(each, zone) === key,
  );
  const usable =
    expectation !== undefined &&
    expectation.expires > run.clock &&
    addressesEqual(expectation.source, source) &&
    (found.status & connectionStatus.confirmed) !== 0 &&
    (found.status & connectionStatus.dying) === 0;
  if (!usable) return undefined;
  const master = checkOut(run, found);
  const rest = master.helperState?.expectations ?? [];
  setExpectations(
    master,
    rest.filter((each) => expectationKey(each, zone) !== key),
  );
  index(run, key, undefined);
  return { master, expectation };
}

/** init_conntrack(): true when the new connection was expected; it takes over mark and translation of its master. */
export function joinMaster(run: Run, packet: LivePacket, connection: Connection): boolean {
  const taken = takeExpectation(run, connection.original, connection.zone);
  if (taken === undefined) return false;
  const { master, expectation } = taken;
  connection.status |= connectionStatus.expected;
  connection.master = master.id;
  connection.mark = master.mark;
  connection.secmark = master.secmark;
  if (expectation.follow !== undefined)
    followMaster(run, packet, connection, master, expectation.follow);
  return true;
}

/** nf_nat_follow_master() */
function followMaster(
  run: Run,
  packet: LivePacket,
  connection: Connection,
  master: Connection,
  { port, direction }: NonNullable<Expectation['follow']>,
): void {
  const back = tupleOf(master, direction === 0);
  const bound = packet.connection;
  packet.connection = connection;
  const { mapAddresses, protocolSpecified } = rangeFlag;
  const source = { addressMin: back.destination, addressMax: back.destination };
  setupNat(run, packet, { flags: mapAddresses, ...source }, 'source');
  const destination = { addressMin: back.source, addressMax: back.source };
  const ports = { flags: mapAddresses | protocolSpecified, partMin: port, partMax: port };
  setupNat(run, packet, { ...ports, ...destination }, 'destination');
  packet.connection = bound;
}
