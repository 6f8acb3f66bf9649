/** ipsets as packets change them: what `-j SET` added and removed, and counted, over what the host was known to have. */

import type { PreparedIpSet } from '../../host/ipset-index.ts';
import { comparedParts, type IpSetTest, testIpSet } from '../../host/ipset-lookup.ts';
import { optionValue } from '../../host/ipset-options.ts';
import type { Run } from '../run.ts';
import { countersMatch, hasCounters, startCounters } from './ipset-counters.ts';
import { holdsNetworks, wereChanged } from './ipset-lengths.ts';
import {
  change,
  complete,
  completesElements,
  count,
  entryAt,
  type IpSetQuery,
  isPresent,
  isToBeCompleted,
  isWithoutMac,
  lengthsOf,
  never,
  otherInterfaces,
  type Place,
  placeKey,
  placeOf,
  removed,
} from './ipset-places.ts';

const absent: IpSetTest = { kind: 'absent' };

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
  // IPSET_TYPE_NOMATCH: only sets of networks have exceptions.
  if (query.nomatch !== true || !holdsNetworks(prepared)) return test;
  if (test.kind === 'nomatch') return { ...test, kind: 'match' };
  return test.kind === 'match' ? absent : test;
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
  for (const lengths of lengthsOf(run, { prepared, parts }, packet.family)) {
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
