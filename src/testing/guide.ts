/** A guide through a ruleset: for each rule the conditions on the way to it, and pools of values worth trying. */

import { addressFromBigInt, formatAddress, lastAddress, maskAddress } from '../base/address.ts';
import type { Host } from '../host/host.ts';
import type { Program } from '../model/program.ts';
import {
  type Condition,
  type HarvestedRule,
  harvestRules,
  type Interval,
  natConstants,
} from './harvest.ts';
import type { Field } from './register-origins.ts';

/** Values per field as numbers; interfaces are names. */
export interface Pools {
  readonly addresses4: readonly string[];
  readonly addresses6: readonly string[];
  readonly ports: readonly number[];
  readonly protocols: readonly number[];
  readonly icmpTypes: readonly number[];
  readonly marks: readonly number[];
  readonly interfaces: readonly string[];
}

/** A rule together with everything that a packet must satisfy to come to it. */
export interface Goal {
  readonly rule: HarvestedRule;
  readonly conditions: readonly Condition[];
}

export interface Guide {
  readonly pools: Pools;
  readonly goals: readonly Goal[];
}

const widths: Readonly<Partial<Record<Field, number>>> = {
  source4: 32,
  destination4: 32,
  source6: 128,
  destination6: 128,
  sourcePort: 16,
  port: 16,
  protocol: 8,
  icmpType: 8,
  mark: 32,
};

/** The edges of an interval and what lies just outside. */
export function edges({
  field,
  first,
  last,
}: Pick<Interval, 'field' | 'first' | 'last'>): readonly bigint[] {
  const limit = (1n << BigInt(widths[field] ?? 32)) - 1n;
  const middle = (first + last) / 2n;
  const values = [first, last, middle, first + 1n, last - 1n, first - 1n, last + 1n];
  return [...new Set(values)].filter((value) => value >= 0n && value <= limit);
}

function hostAddresses(host: Host, family: 4 | 6): readonly string[] {
  const own = host.interfaces.flatMap(({ addresses }) =>
    addresses.filter((one) => one.family === family),
  );
  const prefixes = [
    ...own.map(({ address, prefixLength }) => ({ address, prefixLength })),
    ...host.routes.flatMap(({ destination }) =>
      destination.address.length === (family === 4 ? 4 : 16) ? [destination] : [],
    ),
  ];
  const around = prefixes.flatMap((prefix) => {
    const first = maskAddress(prefix.address, prefix.prefixLength);
    const last = lastAddress(prefix);
    return prefix.prefixLength === first.length * 8
      ? [first]
      : [next(first, 1n), next(first, 30n), next(last, -1n)];
  });
  return [
    ...own.map(({ address }) => address),
    ...around,
    ...host.neighbours.map(({ address }) => address),
  ]
    .filter(({ length }) => length === (family === 4 ? 4 : 16))
    .map(formatAddress);
}

function next(address: Uint8Array, by: bigint): Uint8Array {
  let value = 0n;
  for (const byte of address) value = (value << 8n) | BigInt(byte);
  const bits = BigInt(address.length * 8);
  return addressFromBigInt(
    (value + by + (1n << bits)) % (1n << bits),
    address.length === 4 ? 4 : 6,
  );
}

/** Documentation addresses (RFC 5737, RFC 3849): somewhere in the internet. */
const elsewhere4 = ['198.51.100.77', '203.0.113.77'];
const elsewhere6 = ['2001:db8:ffff::77'];

function buildPools(program: Program, host: Host, rules: readonly HarvestedRule[]): Pools {
  const intervals = rules.flatMap(({ conditions }) => conditions.flat(2));
  const valuesOf = (...fields: readonly Field[]) =>
    intervals.filter(({ field }) => fields.includes(field)).flatMap(edges);
  const nat = natConstants(program);
  const text = (family: 4 | 6) => (value: bigint) =>
    formatAddress(addressFromBigInt(value, family));
  const natOf = (length: number) =>
    nat.addresses.filter((one) => one.length === length).map(formatAddress);
  const unique = <Value>(values: readonly Value[]): readonly Value[] => [...new Set(values)];
  const numbers = (...fields: readonly Field[]) => valuesOf(...fields).map(Number);
  return {
    addresses4: unique([
      ...hostAddresses(host, 4),
      ...valuesOf('source4', 'destination4').map(text(4)),
      ...natOf(4),
      ...elsewhere4,
    ]),
    addresses6: unique([
      ...hostAddresses(host, 6),
      ...valuesOf('source6', 'destination6').map(text(6)),
      ...natOf(16),
      ...elsewhere6,
    ]),
    ports: unique([80, 443, 22, 53, ...numbers('port', 'sourcePort'), ...nat.ports]).filter(
      (port) => port < 65536,
    ),
    protocols: unique([
      6,
      17,
      1,
      ...numbers('protocol').filter((number) => number > 0 && number < 256),
    ]),
    icmpTypes: unique([8, 0, ...numbers('icmpType')]).filter((type) => type < 256),
    marks: unique([0, ...numbers('mark')]),
    interfaces: host.interfaces.map(({ name }) => name),
  };
}

const chainKey = (rule: HarvestedRule, chain: string) =>
  `${rule.table.family} ${rule.table.name} ${chain}`;
/** Deeper jumps than the kernel allows do not happen. */
const jumpLimit = 16;

/** Goals in the order of the rules; the way to a chain is the first that leads there. */
export function buildGuide(program: Program, host: Host): Guide {
  const rules = harvestRules(program);
  const parents = new Map<string, HarvestedRule>();
  for (const rule of rules) {
    for (const target of rule.targets.keys()) {
      const key = chainKey(rule, target);
      if (!parents.has(key)) parents.set(key, rule);
    }
  }
  const goals = rules.map((rule): Goal => {
    const conditions = [...rule.conditions];
    let { chain } = rule;
    for (let depth = 0; depth < jumpLimit && chain.base === undefined; depth += 1) {
      const parent = parents.get(chainKey(rule, chain.name));
      if (parent === undefined) break;
      const leads = parent.targets.get(chain.name) ?? [];
      conditions.push(...(leads.length > 0 ? [leads] : []), ...parent.conditions);
      chain = parent.chain;
    }
    return { rule, conditions };
  });
  return { pools: buildPools(program, host, rules), goals };
}
