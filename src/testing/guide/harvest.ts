/** What every rule of a program asks of a packet, and the chains that it leads to. */

import type { Host } from '../../host/host.ts';
import type { Operation } from '../../model/operations.ts';
import type {
  Program,
  ProgramChain,
  ProgramRule,
  ProgramSet,
  ProgramTable,
} from '../../model/program.ts';
import { type Condition, type Interval, toBigInt } from './condition.ts';
import {
  type Field,
  follow,
  type Origin,
  type Origins,
  registerOffset,
} from './register-origins.ts';
import { xtConditions } from './xt-conditions.ts';

export interface HarvestedRule {
  readonly table: ProgramTable;
  readonly chain: ProgramChain;
  readonly index: number;
  /** All of them must hold. */
  readonly conditions: readonly Condition[];
  /** Those that say exactly what the rule compares: no samples of large sets, no sets that packets change. */
  readonly exact: readonly Condition[];
  /** Bits of the mark that it sets. */
  readonly marks: bigint;
  /** It ends the walk through its chain when it matches. */
  readonly ends: boolean;
  /** Chains that it leads to, those of verdict maps with the key that leads there. */
  readonly targets: ReadonlyMap<string, Condition>;
}

const littleEndianFields: ReadonlySet<Field> = new Set(['mark', 'connectionMark', 'state']);
const flagFields: ReadonlySet<Field> = new Set(['mark', 'connectionMark', 'state', 'flags']);

/** Bytes of a constant filled up to the whole field: a comparison with fewer bytes is a prefix. */
function padded(bytes: Uint8Array, length: number, fill: number): Uint8Array {
  const whole = new Uint8Array(Math.max(length, bytes.length)).fill(fill);
  whole.set(bytes);
  return whole;
}

type CmpOperation = Extract<Operation, { readonly kind: 'cmp' }>;

function ordered(
  field: Field,
  length: number,
  operator: Exclude<CmpOperation['operator'], 'eq' | 'neq'>,
  data: Uint8Array,
): Interval {
  const value = toBigInt(data);
  const top = (1n << BigInt(8 * length)) - 1n;
  const isBelow = operator === 'lt' || operator === 'lte';
  const step = operator === 'lt' || operator === 'gt' ? 1n : 0n;
  return isBelow
    ? { field, first: 0n, last: value - step, wanted: true }
    : { field, first: value + step, last: top, wanted: true };
}

/** The values whose masked bytes equal the constant, where the mask is a prefix; else the constant itself. */
function compared(origin: Origin, { data, operator }: CmpOperation): Interval {
  const { field, length, mask } = origin;
  const wanted = operator !== 'neq';
  const little = littleEndianFields.has(field);
  if (flagFields.has(field)) {
    const first = toBigInt(data, little);
    const bits = mask === undefined ? {} : { mask: toBigInt(mask, little) };
    return { field, first, last: first, wanted, ...bits };
  }
  if (operator !== 'eq' && operator !== 'neq') return ordered(field, length, operator, data);
  const isAddress = length === 16 || length === 4;
  const high =
    mask === undefined || !isAddress
      ? data
      : data.map((byte, index) => byte | (~(mask[index] ?? 255) & 255));
  return {
    field,
    first: toBigInt(padded(data, length, 0)),
    last: toBigInt(padded(high, length, 255)),
    wanted,
  };
}

const setFieldNames: Readonly<Record<string, readonly Field[]>> = {
  ipv4_addr: ['source4', 'destination4'],
  ipv6_addr: ['source6', 'destination6'],
  inet_service: ['port', 'sourcePort'],
  inet_proto: ['protocol'],
  ifname: ['in', 'out'],
  mark: ['mark'],
  ct_state: ['state'],
  icmp_type: ['icmpType'],
};

/** Which field each part of a set's key is: by the register where it starts, else by its type. */
function keyFields(
  set: ProgramSet,
  source: number,
  origins: Origins,
): readonly (Field | undefined)[] {
  let at = registerOffset(source);
  return set.key.map(({ type, length }) => {
    const field = origins.get(at)?.field ?? setFieldNames[type.name]?.[0];
    at += (length + 3) & ~3;
    return field;
  });
}

function elementIntervals(
  set: ProgramSet,
  fields: readonly (Field | undefined)[],
  { key, keyEnd = key }: ProgramSet['elements'][number],
  wanted: boolean,
): readonly Interval[] {
  if (key === undefined || keyEnd === undefined) return [];
  let at = 0;
  return set.key.flatMap(({ length }, index) => {
    const field = fields[index];
    const [first, last] = [key.slice(at, at + length), keyEnd.slice(at, at + length)];
    at += (length + 3) & ~3;
    if (field === undefined) return [];
    const little = littleEndianFields.has(field);
    return [{ field, first: toBigInt(first, little), last: toBigInt(last, little), wanted }];
  });
}

/** Of large sets so many elements, spread evenly. */
const elementLimit = 4096;

function lookupCondition(
  set: ProgramSet,
  fields: readonly (Field | undefined)[],
  wanted: boolean,
  elements: ProgramSet['elements'] = set.elements,
): Condition {
  const step = Math.max(1, Math.ceil(elements.length / elementLimit));
  return elements.flatMap((element, index) => {
    if (element.key === undefined || index % step !== 0) return [];
    return [elementIntervals(set, fields, element, wanted)];
  });
}

function conditionsOf(operation: Operation, origins: Origins, host: Host): readonly Condition[] {
  if (operation.kind === 'match') return xtConditions(operation.match, host);
  if (operation.kind !== 'cmp' && operation.kind !== 'range') return [];
  const origin = origins.get(registerOffset(operation.source));
  if (origin === undefined) return [];
  if (operation.kind === 'cmp') {
    return [[[compared(origin, operation)]]];
  }
  const little = littleEndianFields.has(origin.field);
  const [first, last] = [toBigInt(operation.from, little), toBigInt(operation.to, little)];
  return [[[{ field: origin.field, first, last, wanted: operation.operator === 'eq' }]]];
}

interface Draft {
  readonly conditions: Condition[];
  readonly exact: Condition[];
  readonly targets: Map<string, Condition>;
}

function readLookup(
  sets: ReadonlyMap<string, ProgramSet>,
  operation: Operation,
  origins: Origins,
  draft: Draft,
): void {
  if (operation.kind !== 'lookup') return;
  const set = sets.get(operation.set);
  if (set === undefined) return;
  const fields = keyFields(set, operation.source, origins);
  const condition = lookupCondition(set, fields, !operation.inverted);
  const hasDefault = set.elements.some(({ key }) => key === undefined);
  if (condition.length > 0 && !hasDefault) {
    draft.conditions.push(condition);
    if (set.constant && condition.length === set.elements.length) draft.exact.push(condition);
  }
  if (set.map?.kind !== 'verdict') return;
  const byChain = new Map<string, ProgramSet['elements'][number][]>();
  for (const element of set.elements) {
    const { data } = element;
    if (data === undefined || !('chain' in data)) continue;
    const list = byChain.get(data.chain) ?? [];
    byChain.set(data.chain, list);
    list.push(element);
  }
  for (const [chain, elements] of byChain)
    draft.targets.set(chain, lookupCondition(set, fields, true, elements));
}

interface RulePlace {
  readonly table: ProgramTable;
  readonly sets: ReadonlyMap<string, ProgramSet>;
  readonly chain: ProgramChain;
  readonly index: number;
}

/** The bits that MARK and `meta mark set` turn on. */
function setMarks(operation: Operation): bigint {
  if (operation.kind === 'target' && operation.target.options?.kind === 'MARK')
    return BigInt(operation.target.options.value >>> 0);
  const isMask = operation.kind === 'bitwise' && operation.operator === 'mask-xor';
  return isMask && operation.length === 4 ? toBigInt(operation.xor, true) : 0n;
}

const endingVerdicts: ReadonlySet<string> = new Set(['accept', 'drop', 'return', 'goto']);

function endsWalk(operation: Operation): boolean {
  return (
    operation.kind === 'immediate' &&
    'kind' in operation.data &&
    endingVerdicts.has(operation.data.kind)
  );
}

function harvestRule(place: RulePlace, rule: ProgramRule, host: Host): HarvestedRule {
  const { table, sets, chain, index } = place;
  const origins: Origins = new Map();
  const draft: Draft = { conditions: [], exact: [], targets: new Map() };
  for (const operation of rule.operations) {
    const conditions = conditionsOf(operation, origins, host);
    draft.conditions.push(...conditions.filter((one) => one.length > 0));
    if (operation.kind !== 'match') draft.exact.push(...conditions);
    readLookup(sets, operation, origins, draft);
    follow(origins, operation);
    if (operation.kind === 'immediate' && 'kind' in operation.data && 'chain' in operation.data) {
      draft.targets.set(operation.data.chain, []);
    }
  }
  const marks = rule.operations.reduce((bits, operation) => bits | setMarks(operation), 0n);
  return { table, chain, index, ...draft, marks, ends: rule.operations.some(endsWalk) };
}

/** Every rule with what it asks of a packet, in the order of the rules. */
export function harvestRules(program: Program, host: Host): readonly HarvestedRule[] {
  return program.tables.flatMap((table) => {
    const sets = new Map(table.sets.map((set) => [set.name, set]));
    return table.chains.flatMap((chain) =>
      chain.rules.map((rule, index) => harvestRule({ table, sets, chain, index }, rule, host)),
    );
  });
}
