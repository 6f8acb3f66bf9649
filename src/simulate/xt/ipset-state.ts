/** ipsets as packets change them: what `-j SET` added and removed, over what the host was known to have. */

import { optionValue, type PreparedIpSet } from '../../host/ipset-index.ts';
import {
  type IpSetDirection,
  type IpSetPacket,
  type IpSetTest,
  packetElementKey,
  testIpSet,
} from '../../host/ipset-lookup.ts';
import type { Run } from '../run.ts';
import { setEntry } from '../state/store.ts';

/** A change is a number: when the element expires, or that it was removed. */
const removed = -1;
const never = Number.POSITIVE_INFINITY;

const changeKey = (set: string, element: string): string => `ipset ${set} ${element}`;

/** ip_set_test() with the changes; undefined: the set is not known. */
export function testChangedIpSet(
  run: Run,
  name: string,
  directions: readonly IpSetDirection[],
  packet: IpSetPacket,
): IpSetTest | undefined {
  const sets = run.host.ipsets;
  const prepared = sets?.get(name);
  if (sets === undefined || prepared === undefined) return undefined;
  if (prepared.set.type === 'list:set') return testMembers(run, prepared, directions, packet);
  const changed = changeOf(run, prepared, directions, packet);
  const test = testIpSet(sets, name, directions, packet);
  if (changed === undefined) return test;
  if (changed <= run.clock) return { kind: 'absent' };
  const element = { parts: [], nomatch: false };
  return test.kind === 'match' ? test : { kind: 'match', element, set: name };
}

/** list_set_ktest() */
function testMembers(
  run: Run,
  list: PreparedIpSet,
  directions: readonly IpSetDirection[],
  packet: IpSetPacket,
): IpSetTest {
  for (const { name } of list.members) {
    if (run.host.ipsets?.get(name)?.set.type === 'list:set') continue;
    const test = testChangedIpSet(run, name, directions, packet);
    if (test === undefined) return { kind: 'unknown-set', set: name };
    if (test.kind === 'match') return test;
  }
  return { kind: 'absent' };
}

function changeOf(
  run: Run,
  prepared: PreparedIpSet,
  directions: readonly IpSetDirection[],
  packet: IpSetPacket,
): number | undefined {
  const element = packetElementKey(prepared, directions, packet);
  if (element === undefined) return undefined;
  return run.store.memory.get(changeKey(prepared.set.name, element))?.[0];
}

export interface AddOptions {
  /** An element that is there gets a new timeout. */
  readonly exist: boolean;
  readonly timeoutSeconds: number | undefined;
}

/** False: it cannot be told what the set holds afterwards. */
export function addToIpSet(
  run: Run,
  name: string,
  directions: readonly IpSetDirection[],
  packet: IpSetPacket,
  { exist, timeoutSeconds }: AddOptions,
): boolean {
  const prepared = run.host.ipsets?.get(name);
  if (prepared === undefined) return false;
  const element = packetElementKey(prepared, directions, packet);
  if (element === undefined) return !holdsNetworks(prepared);
  const present = testChangedIpSet(run, name, directions, packet)?.kind === 'match';
  if (present && !exist) return true;
  const own = optionValue(prepared.set, 'timeout');
  const seconds = own === undefined ? 0 : (timeoutSeconds ?? Number(own));
  const expires = seconds === 0 ? never : run.clock + seconds * 1000;
  setEntry(run.journal, run.store.memory, changeKey(name, element), [expires]);
  return true;
}

export function removeFromIpSet(
  run: Run,
  name: string,
  directions: readonly IpSetDirection[],
  packet: IpSetPacket,
): boolean {
  const prepared = run.host.ipsets?.get(name);
  if (prepared === undefined) return false;
  const element = packetElementKey(prepared, directions, packet);
  if (element === undefined) return !holdsNetworks(prepared);
  setEntry(run.journal, run.store.memory, changeKey(name, element), [removed]);
  return true;
}

/** What a packet adds there depends on the prefix lengths that the set has had. */
function holdsNetworks({ set }: PreparedIpSet): boolean {
  return set.type === 'list:set' || set.type.includes('net');
}
