/** Makes a packet satisfy what the way to a rule asks of it, or miss one of the conditions on purpose. */

import {
  addressFromBigInt,
  addressToBigInt,
  formatAddress,
  parseAddress,
} from '../../base/address.ts';
import type { HookName } from '../../model/program.ts';
import type { PacketFields } from '../../scenario/rows/packet-rows.ts';
import {
  type Condition,
  edges,
  type Interval,
  isInside,
  stateBits,
  wantedBits,
} from './condition.ts';
import type { Way } from './guide.ts';
import type { FamilyPools, Pools } from './pools.ts';

/** A packet in the making; `out` is where it should leave, `fixed` what conditions have settled. */
export interface Draft {
  readonly fields: { -readonly [Key in keyof PacketFields]: PacketFields[Key] };
  out?: string;
  readonly fixed: Set<string>;
}

export interface Steering {
  readonly pools: Pools;
  readonly family: 4 | 6;
  /** The n-th free decision: a number at will. */
  readonly pick: (place: number) => number;
  /** The number of the condition that is missed on purpose, if there are so many. */
  readonly astray: number | undefined;
}

const familyPools = ({ pools, family }: Steering): FamilyPools =>
  family === 4 ? pools.family4 : pools.family6;

const take = <Value>(values: readonly Value[], pick: number): Value | undefined =>
  values[pick % Math.max(1, values.length)];

function textOf(value: bigint): string {
  let text = '';
  for (let rest = value; rest > 0n; rest >>= 8n)
    text = String.fromCharCode(Number(rest & 255n)) + text;
  return text;
}

/** Interface names are compared whole, with their final NUL, or by their first bytes: `cali*`. */
export function namePattern({ first, last }: Interval): (name: string) => boolean {
  const wanted = textOf(first).replace(/\0.*$/s, '');
  const isWhole = textOf(last).includes('\0');
  return (name) => (isWhole ? name === wanted : name.startsWith(wanted));
}

const flagLetters = 'FSRPAUEC';

function lettersOf(bits: bigint): string {
  return [...flagLetters].filter((_, bit) => ((bits >> BigInt(bit)) & 1n) === 1n).join('');
}

const usualFlags = ['S', 'A', 'SA', 'FA', 'R', 'PA', 'SF', 'FPU', ''];

function flagBits(letters: string): bigint {
  return [...letters].reduce(
    (bits, letter) => bits | (1n << BigInt(flagLetters.indexOf(letter))),
    0n,
  );
}

function flagsFit({ first, wanted, mask = 255n }: Interval, letters: string): boolean {
  return ((flagBits(letters) & mask) === first) === wanted;
}

/** The number that a field of the draft has now; undefined where it has none. */
function currentValue({ fields }: Draft, { field }: Interval): bigint | undefined {
  const address = (text: string | undefined, size: number) => {
    const parsed = text === undefined ? undefined : parseAddress(text);
    return parsed?.length === size ? addressToBigInt(parsed) : undefined;
  };
  switch (field) {
    case 'source4':
    case 'source6':
      return address(fields.source, field === 'source4' ? 4 : 16);
    case 'destination4':
    case 'destination6':
      return address(fields.destination, field === 'destination4' ? 4 : 16);
    case 'port':
    case 'sourcePort':
    case 'protocol': {
      const value = fields[field];
      return value === undefined ? undefined : BigInt(value);
    }
    case 'icmpType':
      return fields.icmpType === undefined ? undefined : BigInt(fields.icmpType);
    default:
      return undefined;
  }
}

function holds(draft: Draft, interval: Interval): boolean {
  const value = currentValue(draft, interval);
  return value !== undefined && isInside(interval, value) === interval.wanted;
}

function applyState(draft: Draft, bits: bigint, pick: number): void {
  const { fields } = draft;
  const choices: (() => void)[] = [];
  if ((bits & (stateBits.established | stateBits.related)) !== 0n)
    choices.push(() => {
      fields.state = 'established';
    });
  if ((bits & stateBits.new) !== 0n)
    choices.push(() => {
      delete fields.state;
    });
  // A reset without a connection is invalid (tcp_new(), nf_conntrack_proto_tcp.c).
  if ((bits & stateBits.invalid) !== 0n)
    choices.push(() => {
      delete fields.state;
      fields.protocol = 6;
      fields.flags = 'R';
    });
  take(choices, pick)?.();
}

function applyName(
  draft: Draft,
  interval: Interval,
  wanted: boolean,
  { pools }: Steering,
  pick: number,
): void {
  const fits = namePattern(interval);
  const name = take(
    pools.interfaces.filter((one) => fits(one) === wanted),
    pick,
  );
  if (name === undefined) return;
  if (interval.field === 'in') draft.fields.in = name;
  else draft.out = name;
}

function applyNumber(draft: Draft, interval: Interval, wanted: boolean, pick: number): void {
  const value = take(
    edges(interval).filter((one) => isInside(interval, one) === wanted),
    pick,
  );
  if (value === undefined) return;
  const { fields } = draft;
  const { field } = interval;
  const address = (family: 4 | 6) => formatAddress(addressFromBigInt(value, family));
  if (field === 'source4' || field === 'source6')
    fields.source = address(field === 'source4' ? 4 : 6);
  else if (field === 'destination4' || field === 'destination6')
    fields.destination = address(field === 'destination4' ? 4 : 6);
  else if (field === 'port' || field === 'sourcePort' || field === 'protocol')
    fields[field] = Number(value);
  else if (field === 'icmpType') fields.icmpType = String(value);
}

function applyInterval(
  draft: Draft,
  given: Interval,
  steering: Steering,
  astray: boolean,
  pick: number,
): void {
  const wanted = given.wanted !== astray;
  const interval = { ...given, wanted };
  const { field } = given;
  if (field === 'state') applyState(draft, wantedBits(interval), pick);
  else if (field === 'in' || field === 'out') applyName(draft, given, wanted, steering, pick);
  else if (field === 'mark') {
    const bits = wantedBits(interval) & 0xffffffffn;
    if (draft.fields.local === true) draft.fields.mark = Number(bits & (given.mask ?? bits));
  } else if (field === 'flags') {
    const exact = lettersOf(given.first);
    const letters = take(
      [exact, ...usualFlags].filter((one) => flagsFit(interval, one)),
      pick % 3,
    );
    if (letters !== undefined) draft.fields.flags = letters;
  } else if (!holds(draft, interval)) applyNumber(draft, given, wanted, pick);
  draft.fixed.add(field.replace(/[46]$/, ''));
}

function applyCondition(
  draft: Draft,
  condition: Condition,
  steering: Steering,
  index: number,
): void {
  const astray = index === steering.astray;
  if (!astray && condition.some((all) => all.every((interval) => holds(draft, interval)))) return;
  const pick = steering.pick(index);
  const alternative = take(condition, pick) ?? [];
  // A conjunction is missed when one of its parts is.
  const missed = astray ? pick % Math.max(1, alternative.length) : -1;
  alternative.forEach((interval, place) => {
    applyInterval(draft, interval, steering, place === missed, pick >> 4);
  });
}

/** Which way a packet must take to meet a hook: from outside to others, to the host, or from the host. */
type Direction = 'forward' | 'in' | 'out';

function directionOf(hook: HookName | undefined, pick: number): Direction {
  if (hook === 'input') return 'in';
  if (hook === 'output') return 'out';
  if (hook === 'forward') return 'forward';
  if (hook === 'postrouting' || hook === 'egress') return pick % 3 === 0 ? 'out' : 'forward';
  return pick % 3 === 0 ? 'in' : 'forward';
}

function startOnWay(draft: Draft, direction: Direction, steering: Steering): void {
  const { own } = familyPools(steering);
  const { fields } = draft;
  const address = take(own, steering.pick(1));
  if (address === undefined) return;
  if (direction === 'in') fields.destination = address;
  if (direction !== 'out') return;
  fields.source = address;
  fields.local = true;
  delete fields.in;
}

/** Ends that no condition has settled: the source lives behind its interface, the destination where it leaves. */
function settleEnds(draft: Draft, direction: Direction, steering: Steering): void {
  const { behind, own } = familyPools(steering);
  const { fields, fixed, out } = draft;
  const pick = steering.pick(2);
  if (direction !== 'out' && fields.in !== undefined && !fixed.has('source')) {
    const source = take(behind.get(fields.in) ?? [], pick);
    if (source !== undefined) fields.source = source;
  }
  if (direction === 'in' || fixed.has('destination')) return;
  const places = out === undefined ? [...behind.values()].flat() : (behind.get(out) ?? []);
  if (out === undefined && !own.includes(fields.destination ?? '')) return;
  const destination = take(places, pick >> 3);
  if (destination !== undefined) fields.destination = destination;
}

export function steer(draft: Draft, way: Way, steering: Steering): void {
  const direction = directionOf(way.hook, steering.pick(3));
  startOnWay(draft, direction, steering);
  way.conditions.forEach((condition, index) => {
    applyCondition(draft, condition, steering, index);
  });
  settleEnds(draft, direction, steering);
  if (direction === 'out') delete draft.fields.in;
}
