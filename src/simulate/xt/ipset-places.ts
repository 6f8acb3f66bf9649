/** Where elements of ipsets stand, and what packets have made of them. */

import type { IpSetElement } from '../../host/ipset.ts';
import type { PreparedIpSet } from '../../host/ipset-index.ts';
import {
  comparedParts,
  elementAt,
  type IpSetDirection,
  type IpSetPacket,
  networkElementsAt,
  type PacketPart,
  packetElementKey,
} from '../../host/ipset-lookup.ts';
import type { Run } from '../run.ts';
import { setEntry } from '../state/store.ts';
import { type IpSetCounting, startCounters } from './ipset-counters.ts';
import { countLength, holdsNetworks, lengthCombinations, lengthsOfNew } from './ipset-lengths.ts';

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

const plainElement: IpSetElement = { parts: [], nomatch: false };

/** A change is when the element expires, or that it was removed; with the MAC address, where one belongs to it. */
export const removed = -1;
export const never = Number.POSITIVE_INFINITY;

/** Elements of bitmap:ip,mac may have no MAC address: the first packet that is found gives its own. */
export function completesElements({ set }: PreparedIpSet): boolean {
  return set.type === 'bitmap:ip,mac';
}

/** Where an element of the packet is, or would be. */
export interface Place {
  readonly prepared: PreparedIpSet;
  readonly parts: readonly PacketPart[];
  /** Prefix lengths by address dimension. */
  readonly lengths: readonly number[];
}

/** What stands at a place. */
export interface Entry {
  readonly key: string;
  readonly element: IpSetElement;
}

export function entryAt(run: Run, place: Place): Entry | undefined {
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
export function placeKey({ prepared, parts, lengths }: Place): string {
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

export function isWithoutMac(prepared: PreparedIpSet, element: IpSetElement): boolean {
  return (
    completesElements(prepared) &&
    element !== plainElement &&
    !element.parts.some(({ kind }) => kind === 'mac')
  );
}

/** bitmap_ipmac_do_test() with -EAGAIN: the element takes the packet's MAC address. */
export function complete(run: Run, place: Place, { length }: IpSetCounting): void {
  change(run, place, never);
  count(run, place, 0);
  startCounters(run, place.prepared, placeKey(place), length);
}

/** A listed element without a MAC address takes that of the packet, and no `--exist` is needed. */
export function isToBeCompleted(run: Run, place: Place): boolean {
  if (!completesElements(place.prepared)) return false;
  const found = entryAt(run, place);
  return found !== undefined && isWithoutMac(place.prepared, found.element);
}

/** Elements of the place's network, whatever their interface; 0 for types without interfaces. */
export function otherInterfaces(run: Run, place: Place): number {
  if (!place.prepared.dimensions.includes('interface')) return 0;
  const [difference = 0] = run.store.memory.get(networkKey(place)) ?? [];
  return networkElementsAt(place.prepared, place.lengths, place.parts) + difference;
}

function networkKey({ prepared, parts, lengths }: Place): string {
  const network = parts.filter((part) => part.kind !== 'interface');
  return `ipset-network ${prepared.set.name} ${lengths} ${packetElementKey(prepared, lengths, network)}`;
}

/** Keeps the books when an element comes (1), goes (-1) or is written anew (0). */
export function count(run: Run, place: Place, difference: 1 | 0 | -1): void {
  countLength(run, place.prepared, place.lengths, difference);
  if (!place.prepared.dimensions.includes('interface')) return;
  const key = networkKey(place);
  const [before = 0] = run.store.memory.get(key) ?? [];
  setEntry(run.journal, run.store.memory, key, [before + difference]);
}

export function placeOf(run: Run, prepared: PreparedIpSet, query: IpSetQuery): Place | undefined {
  const { directions, packet } = query;
  const parts = comparedParts(prepared, directions, packet);
  return parts && { prepared, parts, lengths: lengthsOfNew(run, prepared, packet.family) };
}

/** Is there an element in the place of the new one? Networks of other lengths are other elements. */
export function isPresent(run: Run, place: Place, family: 4 | 6): boolean {
  const { prepared, parts } = place;
  if (!completesElements(prepared)) {
    const all = holdsNetworks(prepared) ? [place.lengths] : lengthsOf(run, place, family);
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

export function change(run: Run, place: Place, expires: number): void {
  const mac = completesElements(place.prepared) ? macOf(place) : undefined;
  const value = mac === undefined ? [expires] : [expires, mac];
  setEntry(run.journal, run.store.memory, changeKey(placeKey(place)), value);
}

/** Where to look for a packet's element. Sets of addresses have each address of a range by itself, so a change is all that counts. */
export function lengthsOf(
  run: Run,
  { prepared, parts }: Pick<Place, 'prepared' | 'parts'>,
  family: 4 | 6,
): readonly (readonly number[])[] {
  if (holdsNetworks(prepared)) return lengthCombinations(run, prepared);
  const single = lengthsOfNew(run, prepared, family);
  const own: Place = { prepared, parts, lengths: single };
  if (run.store.memory.has(changeKey(placeKey(own)))) return [single];
  const listed = prepared.levels.map(({ prefixLengths }) => prefixLengths);
  return [single, ...listed.filter((lengths) => `${lengths}` !== `${single}`)];
}
