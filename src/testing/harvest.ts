/** The constants of a program by the part of the packet that they are compared with, rule by rule. */

import type { Operation } from '../model/operations.ts';
import type {
  Program,
  ProgramChain,
  ProgramRule,
  ProgramSet,
  ProgramTable,
} from '../model/program.ts';
import {
  type Field,
  follow,
  type Origin,
  type Origins,
  registerOffset,
} from './register-origins.ts';

/** Values of a field from `first` to `last`; the rule wants them, or anything but them. */
export interface Interval {
  readonly field: Field;
  readonly first: bigint;
  readonly last: bigint;
  readonly wanted: boolean;
}

/** One condition of a rule: any of these, each a conjunction over fields (elements of concatenated sets). */
export type Condition = readonly (readonly Interval[])[];

export interface HarvestedRule {
  readonly table: ProgramTable;
  readonly chain: ProgramChain;
  readonly index: number;
  readonly conditions: readonly Condition[];
  /** Chains that it leads to, those of verdict maps with the key that leads there. */
  readonly targets: ReadonlyMap<string, Condition>;
}

export function toBigInt(bytes: Uint8Array, littleEndian = false): bigint {
  let value = 0n;
  const ordered = littleEndian ? bytes.toReversed() : bytes;
  for (const byte of ordered) value = (value << 8n) | BigInt(byte);
  return value;
}

const littleEndianFields: ReadonlySet<Field> = new Set(['mark', 'connectionMark', 'state']);

/** Bytes of a constant filled up to the whole field: a comparison with fewer bytes is a prefix. */
function padded(bytes: Uint8Array, length: number, fill: number): Uint8Array {
  const whole = new Uint8Array(Math.max(length, bytes.length)).fill(fill);
  whole.set(bytes);
  return whole;
}

/** The values whose masked bytes equal the constant, where the mask is a prefix; else the constant itself. */
function compared(
  origin: Origin,
  data: Uint8Array,
): { readonly first: bigint; readonly last: bigint } {
  const little = littleEndianFields.has(origin.field);
  const open = origin.mask?.map((byte) => ~byte & 255);
  const isAddress = origin.length === 16 || origin.length === 4;
  const bits = open === undefined || little || !isAddress ? undefined : open;
  const high = bits === undefined ? data : data.map((byte, index) => byte | (bits[index] ?? 0));
  if (little) return { first: toBigInt(data, true), last: toBigInt(data, true) };
  return {
    first: toBigInt(padded(data, origin.length, 0)),
    last: toBigInt(padded(high, origin.length, 255)),
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
function keyOrigins(
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
  key: Uint8Array,
  keyEnd: Uint8Array,
  wanted: boolean,
): readonly Interval[] {
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
  only: (element: ProgramSet['elements'][number]) => boolean = () => true,
): Condition {
  const step = Math.max(1, Math.ceil(set.elements.length / elementLimit));
  return set.elements.flatMap((element, index) => {
    if (element.key === undefined || index % step !== 0 || !only(element)) return [];
    return [elementIntervals(set, fields, element.key, element.keyEnd ?? element.key, wanted)];
  });
}

function conditionOf(operation: Operation, origins: Origins): Condition | undefined {
  if (operation.kind === 'cmp') {
    const origin = origins.get(registerOffset(operation.source));
    if (origin === undefined) return undefined;
    const { field } = origin;
    const { first, last } = compared(origin, operation.data);
    const wanted = operation.operator !== 'neq';
    return [[{ field, first, last, wanted }]];
  }
  if (operation.kind === 'range') {
    const origin = origins.get(registerOffset(operation.source));
    if (origin === undefined) return undefined;
    const little = littleEndianFields.has(origin.field);
    const [first, last] = [toBigInt(operation.from, little), toBigInt(operation.to, little)];
    return [[{ field: origin.field, first, last, wanted: operation.operator === 'eq' }]];
  }
  return operation.kind === 'match' ? xtCondition(operation.match.options) : undefined;
}

const numbersIn = (value: unknown): readonly number[] => {
  if (typeof value === 'number') return [value];
  if (Array.isArray(value)) return value.flatMap(numbersIn);
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(numbersIn) : [];
};

/** Ports of the tcp, udp and multiport matches. */
function xtCondition(options: object | undefined): Condition | undefined {
  if (options === undefined) return undefined;
  const names: Readonly<Record<string, Field>> = {
    dport: 'port',
    sport: 'sourcePort',
    ports: 'port',
  };
  const intervals = Object.entries(options).flatMap(([key, value]): readonly Interval[] => {
    const field = names[key];
    const numbers = field === undefined ? [] : numbersIn(value);
    if (field === undefined || numbers.length === 0) return [];
    const [first, last] = [Math.min(...numbers), Math.max(...numbers)];
    return [{ field, first: BigInt(first), last: BigInt(last), wanted: true }];
  });
  return intervals.length === 0 ? undefined : [intervals];
}

type Draft = { readonly conditions: Condition[]; readonly targets: Map<string, Condition> };

function readLookup(
  table: ProgramTable,
  operation: Operation,
  origins: Origins,
  draft: Draft,
): void {
  if (operation.kind !== 'lookup') return;
  const set = table.sets.find(({ name }) => name === operation.set);
  if (set === undefined) return;
  const fields = keyOrigins(set, operation.source, origins);
  const condition = lookupCondition(set, fields, !operation.inverted);
  if (condition.length > 0) draft.conditions.push(condition);
  if (set.map?.kind !== 'verdict') return;
  const chains = new Set<string>();
  for (const { data } of set.elements) {
    if (data !== undefined && 'chain' in data) chains.add(data.chain);
  }
  for (const chain of chains) {
    const leads = lookupCondition(
      set,
      fields,
      true,
      ({ data }) => data !== undefined && 'chain' in data && data.chain === chain,
    );
    draft.targets.set(chain, leads);
  }
}

function harvestRule(
  table: ProgramTable,
  chain: ProgramChain,
  rule: ProgramRule,
  index: number,
): HarvestedRule {
  const origins: Origins = new Map();
  const draft: Draft = { conditions: [], targets: new Map() };
  for (const operation of rule.operations) {
    const condition = conditionOf(operation, origins);
    if (condition !== undefined) draft.conditions.push(condition);
    readLookup(table, operation, origins, draft);
    follow(origins, operation);
    if (operation.kind === 'immediate' && 'kind' in operation.data && 'chain' in operation.data) {
      draft.targets.set(operation.data.chain, []);
    }
  }
  return { table, chain, index, ...draft };
}

/** Every rule with what it asks of a packet. */
export function harvestRules(program: Program): readonly HarvestedRule[] {
  return program.tables.flatMap((table) =>
    table.chains.flatMap((chain) =>
      chain.rules.map((rule, index) => harvestRule(table, chain, rule, index)),
    ),
  );
}

/** Addresses and ports that NAT gives: immediates before a nat operation, data of maps. */
export function natConstants(program: Program): {
  readonly addresses: readonly Uint8Array[];
  readonly ports: readonly number[];
} {
  const addresses: Uint8Array[] = [];
  const ports: number[] = [];
  for (const table of program.tables) {
    for (const { rules } of table.chains) {
      for (const { operations } of rules) {
        if (!operations.some(({ kind }) => kind === 'nat')) continue;
        for (const operation of operations) {
          if (operation.kind !== 'immediate' || !(operation.data instanceof Uint8Array)) continue;
          const { data } = operation;
          if (data.length === 2) ports.push(Number(toBigInt(data)));
          else if (data.length === 4 || data.length === 16) addresses.push(data);
        }
      }
    }
  }
  return { addresses, ports };
}
