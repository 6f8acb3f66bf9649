/** ipsets as packets change them: what `-j SET` added and removed, over what the host was known to have. */

import { optionValue, type PreparedIpSet } from '../../host/ipset-index.ts';
import {
  comparedParts,
  elementAt,
  type IpSetDirection,
  type IpSetPacket,
  type IpSetTest,
  networkElementsAt,
  type PacketPart,
  packetElementKey,
  testIpSet,
} from '../../host/ipset-lookup.ts';
import type { Run } from '../run.ts';
import { setEntry } from '../state/store.ts';
import {
  countLength,
  holdsNetworks,
  lengthCombinations,
  lengthsOfNew,
  wereChanged,
} from './ipset-lengths.ts';

/** A change is a number: when the element expires, or that it was removed. */
const removed = -1;
const never = Number.POSITIVE_INFINITY;

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
  if (holdsNetworks(prepared)) {
    return wereChanged(run, prepared)
      ? testNetworks(run, prepared, directions, packet)
      : testIpSet(sets, name, directions, packet);
  }
  const place = placeOf(run, prepared, directions, packet);
  const changed = place && changeAt(run, place);
  const test = testIpSet(sets, name, directions, packet);
  if (changed === undefined) return test;
  if (changed <= run.clock) return { kind: 'absent' };
  return test.kind === 'match' ? test : { kind: 'match', element: plainElement, set: name };
}

const plainElement = { parts: [], nomatch: false };

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

/** mtype_test_cidrs(): the longest prefixes first. */
function testNetworks(
  run: Run,
  prepared: PreparedIpSet,
  directions: readonly IpSetDirection[],
  packet: IpSetPacket,
): IpSetTest {
  const set = prepared.set.name;
  const parts = comparedParts(prepared, directions, packet);
  if (parts === undefined) return { kind: 'absent' };
  for (const lengths of lengthCombinations(run, prepared)) {
    const place: Place = { prepared, parts, lengths };
    const changed = changeAt(run, place);
    if (changed !== undefined && changed > run.clock) {
      return { kind: 'match', element: plainElement, set };
    }
    const element = listedElement(place, changed !== undefined);
    if (element !== undefined) return { kind: element.nomatch ? 'nomatch' : 'match', element, set };
    if (otherInterfaces(run, place) > 0) break;
  }
  return { kind: 'absent' };
}

/** Elements of the place's network, whatever their interface; 0 for types without interfaces. */
function otherInterfaces(run: Run, { prepared, parts, lengths }: Place): number {
  const key = networkKey({ prepared, parts, lengths });
  const [difference = 0] = run.store.memory.get(key) ?? [];
  return networkElementsAt(prepared, lengths, parts) + difference;
}

function networkKey({ prepared, parts, lengths }: Place): string {
  const network = parts.filter((part) => part.kind !== 'interface');
  return `ipset-network ${prepared.set.name} ${lengths} ${packetElementKey(prepared, lengths, network)}`;
}

/** Keeps the books when an element comes (1), goes (-1) or is written anew (0). */
function count(run: Run, place: Place, difference: 1 | 0 | -1): void {
  countLength(run, place.prepared, place.lengths, difference);
  if (!place.prepared.dimensions.includes('interface')) return;
  const key = networkKey(place);
  const [before = 0] = run.store.memory.get(key) ?? [];
  setEntry(run.journal, run.store.memory, key, [before + difference]);
}

/** What the host's element says; where a change has taken that of the very interface, others may be left. */
function listedElement({ prepared, parts, lengths }: Place, isRemoved: boolean) {
  if (!isRemoved) return elementAt(prepared, lengths, parts);
  const device = parts.find((part) => part.kind === 'interface');
  if (device?.kind !== 'interface') return undefined;
  return elementAt(prepared, lengths, parts, {
    accepts: (element) =>
      !element.parts.some(
        (part) => part.kind === 'interface' && !part.wildcard && part.name === device.name,
      ),
  });
}

/** Where an element of the packet is, or would be. */
interface Place {
  readonly prepared: PreparedIpSet;
  readonly parts: readonly PacketPart[];
  /** Prefix lengths by address dimension. */
  readonly lengths: readonly number[];
}

function placeOf(
  run: Run,
  prepared: PreparedIpSet,
  directions: readonly IpSetDirection[],
  packet: IpSetPacket,
): Place | undefined {
  const parts = comparedParts(prepared, directions, packet);
  return parts && { prepared, parts, lengths: lengthsOfNew(run, prepared, packet.family) };
}

const changeKey = ({ prepared, parts, lengths }: Place): string =>
  `ipset ${prepared.set.name} ${lengths} ${packetElementKey(prepared, lengths, parts)}`;

function changeAt(run: Run, place: Place): number | undefined {
  return run.store.memory.get(changeKey(place))?.[0];
}

function isPresent(run: Run, place: Place): boolean {
  const changed = changeAt(run, place);
  if (changed !== undefined && changed > run.clock) return true;
  return listedElement(place, changed !== undefined) !== undefined;
}

function change(run: Run, place: Place, value: number): void {
  setEntry(run.journal, run.store.memory, changeKey(place), [value]);
}

/** `unknown`: it cannot be told what the set holds afterwards. */
export type IpSetChange = 'changed' | 'refused' | 'unknown';

export interface AddOptions {
  /** An element that is there gets a new timeout. */
  readonly exist: boolean;
  readonly timeoutSeconds: number | undefined;
}

/** ip_set_add(), of a list list_set_kadd(): the first member that takes the element. */
export function addToIpSet(
  run: Run,
  name: string,
  directions: readonly IpSetDirection[],
  packet: IpSetPacket,
  options: AddOptions,
): IpSetChange {
  const prepared = run.host.ipsets?.get(name);
  if (prepared === undefined) return 'unknown';
  if (prepared.set.type === 'list:set') {
    return changeMember(prepared, (member) => addToIpSet(run, member, directions, packet, options));
  }
  const place = placeOf(run, prepared, directions, packet);
  if (place === undefined) return 'refused';
  const present = isPresent(run, place);
  if (present && !options.exist) return 'refused';
  const own = optionValue(prepared.set, 'timeout');
  const seconds = own === undefined ? 0 : (options.timeoutSeconds ?? Number(own));
  // Without a flag for it: an exception (`nomatch`) that is added again is one no longer.
  count(run, place, present ? 0 : 1);
  change(run, place, seconds === 0 ? never : run.clock + seconds * 1000);
  return 'changed';
}

/** ip_set_del(), of a list list_set_kdel(): the first member that has the element. */
export function removeFromIpSet(
  run: Run,
  name: string,
  directions: readonly IpSetDirection[],
  packet: IpSetPacket,
): IpSetChange {
  const prepared = run.host.ipsets?.get(name);
  if (prepared === undefined) return 'unknown';
  if (prepared.set.type === 'list:set') {
    return changeMember(prepared, (member) => removeFromIpSet(run, member, directions, packet));
  }
  const place = placeOf(run, prepared, directions, packet);
  if (place === undefined || !isPresent(run, place)) return 'refused';
  count(run, place, -1);
  change(run, place, removed);
  return 'changed';
}

function changeMember(
  list: PreparedIpSet,
  changeOne: (member: string) => IpSetChange,
): IpSetChange {
  for (const { name } of list.members) {
    const result = changeOne(name);
    if (result !== 'refused') return result;
  }
  return 'refused';
}
