/** Values worth trying on a host: its own addresses, those behind each interface, and the constants of its rules. */

import {
  type Address,
  addressFromBigInt,
  addressToBigInt,
  formatAddress,
  lastAddress,
  maskAddress,
  type Prefix,
} from '../../base/address.ts';
import type { Host } from '../../host/host.ts';
import type { Program } from '../../model/program.ts';
import { edges } from './condition.ts';
import { writtenConstants } from './constants.ts';
import type { HarvestedRule } from './harvest.ts';
import type { Field } from './register-origins.ts';

/** What there is of one address family. */
export interface FamilyPools {
  /** Everything. */
  readonly addresses: readonly string[];
  /** Of the host itself. */
  readonly own: readonly string[];
  /** Of others, by the interface that they are behind. */
  readonly behind: ReadonlyMap<string, readonly string[]>;
}

export interface Pools {
  readonly family4: FamilyPools;
  readonly family6: FamilyPools;
  readonly ports: readonly number[];
  readonly protocols: readonly number[];
  readonly icmpTypes: readonly number[];
  readonly marks: readonly number[];
  readonly interfaces: readonly string[];
}

const unique = <Value>(values: readonly Value[]): readonly Value[] => [...new Set(values)];

function next(address: Address, by: bigint): Address {
  const bits = BigInt(address.length * 8);
  const value = (addressToBigInt(address) + by + (1n << bits)) % (1n << bits);
  return addressFromBigInt(value, address.length === 4 ? 4 : 6);
}

/** Some addresses of a network: its first hosts, one in between, its last. */
function around({ address, prefixLength }: Prefix): readonly Address[] {
  const first = maskAddress(address, prefixLength);
  if (prefixLength === first.length * 8) return [first];
  const last = lastAddress({ address, prefixLength });
  return [next(first, 1n), next(first, 30n), next(last, -1n)];
}

/** Documentation addresses (RFC 5737, RFC 3849): somewhere in the internet. */
const elsewhere: Readonly<Record<4 | 6, readonly string[]>> = {
  4: ['198.51.100.77', '203.0.113.77'],
  6: ['2001:db8:ffff::77'],
};

/** Networks that a host has at most: of large routing tables some, spread evenly. */
const routeLimit = 512;

function behindInterfaces(host: Host, family: 4 | 6): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  const add = (device: string, addresses: readonly string[]): void => {
    const list = found.get(device) ?? [];
    found.set(device, list);
    list.push(...addresses);
  };
  const size = family === 4 ? 4 : 16;
  for (const { device, address } of host.neighbours) {
    if (address.length === size) add(device, [formatAddress(address)]);
  }
  const routes = host.routes.filter((route) => route.family === family && route.type === 'unicast');
  const step = Math.max(1, Math.ceil(routes.length / routeLimit));
  routes.forEach(({ destination, nexthops }, index) => {
    if (index % step !== 0) return;
    const isDefault = destination.prefixLength === 0;
    const addresses = isDefault ? elsewhere[family] : around(destination).map(formatAddress);
    for (const { device } of nexthops) if (device !== undefined) add(device, addresses);
  });
  const own = new Set(ownAddresses(host, family));
  return new Map(
    [...found].map(([device, list]) => [device, unique(list).filter((one) => !own.has(one))]),
  );
}

function ownAddresses(host: Host, family: 4 | 6): readonly string[] {
  const size = family === 4 ? 4 : 16;
  const own = host.interfaces.flatMap(({ name, addresses }) =>
    addresses.filter(({ address }) => address.length === size).map((one) => ({ name, ...one })),
  );
  // Loopback comes last: it is the least telling.
  const sorted = [
    ...own.filter(({ name }) => name !== 'lo'),
    ...own.filter(({ name }) => name === 'lo'),
  ];
  return unique(sorted.map(({ address }) => formatAddress(address)));
}

/** GRE: a protocol that few rules mention. */
const otherProtocol = 47;

export function buildPools(program: Program, host: Host, rules: readonly HarvestedRule[]): Pools {
  const intervals = rules.flatMap(({ conditions }) => conditions.flat(2));
  const written = writtenConstants(program);
  const valuesOf = (...fields: readonly Field[]) =>
    intervals.filter(({ field }) => fields.includes(field)).flatMap(edges);
  const numbers = (...fields: readonly Field[]) => valuesOf(...fields).map(Number);
  const familyPools = (family: 4 | 6): FamilyPools => {
    const behind = behindInterfaces(host, family);
    const own = ownAddresses(host, family);
    const size = family === 4 ? 4 : 16;
    const addresses = [
      ...[...behind.values()].flat(),
      ...own,
      ...valuesOf(`source${family}`, `destination${family}`).map((value) =>
        formatAddress(addressFromBigInt(value, family)),
      ),
      ...written.addresses.filter(({ length }) => length === size).map(formatAddress),
      ...elsewhere[family],
    ];
    return { addresses: unique(addresses), own, behind };
  };
  const ports = [80, 443, 22, 53, ...numbers('port', 'sourcePort'), ...written.ports];
  const mentioned = intervals.flatMap(({ field, first, last }) =>
    field === 'protocol' ? [Number(first), Number(last)] : [],
  );
  const protocols = [6, 17, 1, ...mentioned, otherProtocol];
  return {
    family4: familyPools(4),
    family6: familyPools(6),
    ports: unique(ports).filter((port) => port > 0 && port < 65536),
    protocols: unique(protocols).filter((one) => one > 0 && one < 256 && one !== 58),
    icmpTypes: unique([8, 0, ...numbers('icmpType')]).filter((type) => type < 256),
    marks: unique([
      0,
      ...written.marks,
      ...intervals.flatMap(({ field, first, mask }) =>
        field === 'mark' ? [Number(first), Number(mask ?? first)] : [],
      ),
    ]),
    interfaces: host.interfaces.map(({ name }) => name),
  };
}
