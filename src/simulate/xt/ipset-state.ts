/** ipsets as packets change them: what `-j SET` added and removed, and counted, over what the host was known to have. */

import type { IpSetElement } from '../../host/ipset.ts';
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
import { countersMatch, hasCounters, type IpSetCounting, startCounters } from './ipset-counters.ts';
import {
  countLength,
  holdsNetworks,
  lengthCombinations,
  lengthsOfNew,
  wereChanged,
} from './ipset-lengths.ts';

/** A packet and how it is asked about. */
export interface IpSetQuery {
  readonly packet: IpSetPacket;
  readonly directions: readonly IpSetDirection[];
  readonly counting: IpSetCounting;
  /** Of a list: the members count, too. */
  readonly updateMembers?: boolean;
  /** Exceptions are asked for (`--return-nomatch`). */
  readonly nomatch?: boolean;
}

const absent: IpSetTest = { kind: 'absent' };
const plainElement: IpSetElement = { parts: [], nomatch: false };

/** A change is when the element expires, or that it was removed; with the MAC address, where one belongs to it. */
const removed = -1;
const never = Number.POSITIVE_INFINITY;

/** ip_set_test() with the changes; undefined: the set is not known. */
export function testChangedIpSet(run: Run, name: string, query: IpSetQuery): IpSetTest | undefined {
  const sets = run.host.ipsets;
  const prepared = sets?.get(name);
  if (sets === undefined || prepared === undefined) return undefined;
  if (prepared.set.type === 'list:set') return testMembers(run, prepared, query);
  const asListed =
    !hasCounters(prepared) && !completesElements(prepared) && !wereChanged(run, prepared);
  const test = asListed
    ? testIpSet(sets, name, query.directions, query.packet)
    : testElements(run, prepared, query);
  if (query.nomatch !== true || !hasExceptions(prepared)) return test;
  if (test.kind === 'nomatch') return { ...test, kind: 'match' };
  return test.kind === 'match' ? absent : test;
}

/** IPSET_TYPE_NOMATCH: only sets of networks have exceptions; for others `--return-nomatch` changes nothing. */
function hasExceptions({ set }: PreparedIpSet): boolean {
  return /^hash:.*net/.test(set.type);
}

/** Elements of bitmap:ip,mac may have no MAC address: the first packet that is found gives its own. */
function completesElements({ set }: PreparedIpSet): boolean {
  return set.type === 'bitmap:ip,mac';
}

/** list_set_ktest(): comparisons are about the list's own counters. */
function testMembers(run: Run, list: PreparedIpSet, query: IpSetQuery): IpSetTest {
  const { length, update } = query.counting;
  const ofMember = { length, update: update && query.updateMembers === true };
  for (const { name, element } of list.members) {
    if (run.host.ipsets?.get(name)?.set.type === 'list:set') continue;
    const test = testChangedIpSet(run, name, { ...query, counting: ofMember });
    if (test === undefined) return { kind: 'unknown-set', set: name };
    if (test.kind !== 'match') continue;
    const key = `${list.set.name} ${name}`;
    if (countersMatch(run, list, key, element, query.counting)) return test;
  }
  return absent;
}

/** The longest prefixes first (mtype_test_cidrs()); where the counters do not match, shorter ones are looked at. */
function testElements(
  run: Run,
  prepared: PreparedIpSet,
  { directions, packet, counting }: IpSetQuery,
): IpSetTest {
  const parts = comparedParts(prepared, directions, packet);
  if (parts === undefined) return absent;
  for (const lengths of lengthsOf(run, prepared, packet.family)) {
    const place: Place = { prepared, parts, lengths };
    const found = entryAt(run, place);
    if (found !== undefined) {
      const { element } = found;
      if (isWithoutMac(prepared, element)) {
        complete(run, place, counting);
        return { kind: 'match', element, set: prepared.set.name };
      }
      if (!countersMatch(run, prepared, found.key, element, counting)) continue;
      return { kind: element.nomatch ? 'nomatch' : 'match', element, set: prepared.set.name };
    }
    if (otherInterfaces(run, place) > 0) break;
  }
  return absent;
}

function lengthsOf(
  run: Run,
  prepared: PreparedIpSet,
  family: 4 | 6,
): readonly (readonly number[])[] {
  if (holdsNetworks(prepared)) return lengthCombinations(run, prepared);
  const single = lengthsOfNew(run, prepared, family);
  const listed = prepared.levels.map(({ prefixLengths }) => prefixLengths);
  return [single, ...listed.filter((lengths) => `${lengths}` !== `${single}`)];
}

/** Where an element of the packet is, or would be. */
interface Place {
  readonly prepared: PreparedIpSet;
  readonly parts: readonly PacketPart[];
  /** Prefix lengths by address dimension. */
  readonly lengths: readonly number[];
}

/** What stands at a place. */
interface Entry {
  readonly key: string;
  readonly element: IpSetElement;
}

function entryAt(run: Run, place: Place): Entry | undefined {
  const key = placeKey(place);
  const change = run.store.memory.get(changeKey(key));
  if (change !== undefined && (change[0] ?? removed) > run.clock) {
    const isOther = change[1] !== undefined && change[1] !== macOf(place);
    return isOther ? undefined : { key, element: plainElement };
  }
  const element = listedElement(place, change !== undefined);
  return element && { key: `${key}${listedInterface(element)}`, element };
}

const changeKey = (key: string): string => `ipset ${key}`;

/** Elements of bitmap:ip,mac are found by their IP addresses: the MAC address is not part of the key. */
function placeKey({ prepared, parts, lengths }: Place): string {
  const keyed = completesElements(prepared) ? parts.filter((part) => part.kind !== 'mac') : parts;
  return `${prepared.set.name} ${lengths} ${packetElementKey(prepared, lengths, keyed)}`;
}

/** The MAC address of the packet as a number. */
function macOf({ parts }: Place): number | undefined {
  const part = parts.find(({ kind }) => kind === 'mac');
  if (part?.kind !== 'mac') return undefined;
  let number = 0;
  for (let at = 0; at < part.key.length; at++) number = number * 0x10000 + part.key.charCodeAt(at);
  return number;
}

/** Listed elements of one network may have several interfaces, with wildcards. */
function listedInterface({ parts }: IpSetElement): string {
  const part = parts.find(({ kind }) => kind === 'interface');
  return part?.kind === 'interface' ? ` ${part.name}${part.wildcard ? '+' : ''}` : '';
}

/** What the host's element says; where a change has taken that of the very interface, others may be left. */
function listedElement(
  { prepared, parts, lengths }: Place,
  isChanged: boolean,
): IpSetElement | undefined {
  if (!isChanged) return elementAt(prepared, lengths, parts);
  const device = parts.find((part) => part.kind === 'interface');
  if (device?.kind !== 'interface') return undefined;
  return elementAt(prepared, lengths, parts, {
    accepts: (element) =>
      !element.parts.some(
        (part) => part.kind === 'interface' && !part.wildcard && part.name === device.name,
      ),
  });
}

function isWithoutMac(prepared: PreparedIpSet, element: IpSetElement): boolean {
  return (
    completesElements(prepared) &&
    element !== plainElement &&
    !element.parts.some(({ kind }) => kind === 'mac')
  );
}

/** bitmap_ipmac_do_test() with -EAGAIN: the element takes the packet's MAC address. */
function complete(run: Run, place: Place, { length }: IpSetCounting): void {
  change(run, place, never);
  count(run, place, 0);
  startCounters(run, place.prepared, placeKey(place), length);
}

/** Elements of the place's network, whatever their interface; 0 for types without interfaces. */
function otherInterfaces(run: Run, place: Place): number {
  const [difference = 0] = run.store.memory.get(networkKey(place)) ?? [];
  return networkElementsAt(place.prepared, place.lengths, place.parts) + difference;
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

function placeOf(run: Run, prepared: PreparedIpSet, query: IpSetQuery): Place | undefined {
  const { directions, packet } = query;
  const parts = comparedParts(prepared, directions, packet);
  return parts && { prepared, parts, lengths: lengthsOfNew(run, prepared, packet.family) };
}

/** Is there an element in the place of the new one? Networks of other lengths are other elements. */
function isPresent(run: Run, place: Place, family: 4 | 6): boolean {
  const { prepared, parts } = place;
  if (!completesElements(prepared)) {
    const all = holdsNetworks(prepared) ? [place.lengths] : lengthsOf(run, prepared, family);
    return all.some((lengths) => entryAt(run, { prepared, parts, lengths }) !== undefined);
  }
  const changed = run.store.memory.get(changeKey(placeKey(place)));
  if (changed !== undefined) return (changed[0] ?? removed) > run.clock;
  return isListedAddress(place);
}

/** An element of the packet's IP address, whatever its MAC address. */
function isListedAddress({ prepared, parts, lengths }: Place): boolean {
  const address = parts.filter((part) => part.kind === 'address');
  const wanted = packetElementKey(prepared, lengths, address);
  return prepared.set.elements.some((element) =>
    element.parts.some(
      (part) =>
        part.kind === 'net' &&
        packetElementKey(prepared, lengths, [{ kind: 'address', address: part.address }]) ===
          wanted,
    ),
  );
}

function change(run: Run, place: Place, expires: number): void {
  const mac = completesElements(place.prepared) ? macOf(place) : undefined;
  const value = mac === undefined ? [expires] : [expires, mac];
  setEntry(run.journal, run.store.memory, changeKey(placeKey(place)), value);
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
  query: IpSetQuery,
  options: AddOptions,
): IpSetChange {
  const prepared = run.host.ipsets?.get(name);
  if (prepared === undefined) return 'unknown';
  if (prepared.set.type === 'list:set') {
    return changeMember(prepared, (member) => addToIpSet(run, member, query, options));
  }
  const place = placeOf(run, prepared, query);
  if (place === undefined) return 'refused';
  const present = isPresent(run, place, query.packet.family);
  if (present && !options.exist && !isToBeCompleted(run, place)) return 'refused';
  const own = optionValue(prepared.set, 'timeout');
  const seconds = own === undefined ? 0 : (options.timeoutSeconds ?? Number(own));
  // Without a flag for it: an exception (`nomatch`) that is added again is one no longer.
  count(run, place, present ? 0 : 1);
  change(run, place, seconds === 0 ? never : run.clock + seconds * 1000);
  startCounters(run, prepared, placeKey(place), query.counting.length);
  return 'changed';
}

/** A listed element without a MAC address takes that of the packet, and no `--exist` is needed. */
function isToBeCompleted(run: Run, place: Place): boolean {
  if (!completesElements(place.prepared)) return false;
  const found = entryAt(run, place);
  return found !== undefined && isWithoutMac(place.prepared, found.element);
}

/** ip_set_del(), of a list list_set_kdel(): the first member that has the element. */
export function removeFromIpSet(run: Run, name: string, query: IpSetQuery): IpSetChange {
  const prepared = run.host.ipsets?.get(name);
  if (prepared === undefined) return 'unknown';
  if (prepared.set.type === 'list:set') {
    return changeMember(prepared, (member) => removeFromIpSet(run, member, query));
  }
  const place = placeOf(run, prepared, query);
  if (place === undefined || !isPresent(run, place, query.packet.family)) return 'refused';
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
