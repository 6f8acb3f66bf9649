/** A host with the indexes that lookups need, built once. */

import { type Address, addressKey, ipv4ToNumber } from '../base/address.ts';
import type { Host } from './host.ts';
import { type PreparedIpSet, prepareIpSets } from './ipset-index.ts';
import type { NetworkInterface } from './network-interface.ts';
import { buildPrefixIndex, type PrefixIndex } from './prefix-index.ts';
import { type PreparedRoute, prepareRoute } from './prepared-route.ts';
import type { Route, RoutingRule } from './route.ts';
import type { RouteLookup } from './route-lookup.ts';

/** Rules and tables of one address family. */
export interface FamilyRouting {
  /** In the order in which they are tried. */
  readonly rules: readonly RoutingRule[];
  readonly tables: ReadonlyMap<string, PrefixIndex<PreparedRoute>>;
  /**
   * IPv4 without custom rules keeps `local` and `main` in one trie, so that a longer prefix of `main` wins over
   * `local` (fib_trie_table(), net/ipv4/fib_trie.c); both names then lead to the same index.
   */
  readonly merged: boolean;
  /** Answers that depend on an IPv4 destination alone; undefined: they depend on more. */
  readonly answers: RouteMemo | undefined;
}

export interface PreparedHost {
  readonly host: Host;
  readonly interfacesByName: ReadonlyMap<string, NetworkInterface>;
  readonly interfacesByIndex: ReadonlyMap<number, NetworkInterface>;
  /** Of all interfaces: IPv4 as numbers, IPv6 as keys. */
  readonly ownAddresses: ReadonlySet<string | number>;
  readonly routing4: FamilyRouting;
  readonly routing6: FamilyRouting;
  /** Undefined when the host's ipsets are not known. */
  readonly ipsets: ReadonlyMap<string, PreparedIpSet> | undefined;
}

/** Between two neighbouring ends of prefixes all destinations go the same way; a host never changes. */
export interface RouteMemo {
  /** Where these pieces of the address space start, in order; the first is 0. */
  readonly starts: Uint32Array;
  /** By piece, once somebody asked. */
  readonly answers: (RouteLookup | undefined)[];
}

function newRouteMemo(routes: readonly Route[]): RouteMemo {
  const starts = new Set([0]);
  for (const { family, destination } of routes) {
    if (family !== 4) continue;
    const size = 2 ** (32 - destination.prefixLength);
    const number = ipv4ToNumber(destination.address);
    const start = number - (number % size);
    starts.add(start);
    if (start + size < 2 ** 32) starts.add(start + size);
  }
  return { starts: Uint32Array.from(starts).sort(), answers: [] };
}

/** Builds the indexes; linear in the size of the host. */
export function prepareHost(host: Host): PreparedHost {
  return {
    host,
    interfacesByName: new Map(host.interfaces.map((device) => [device.name, device])),
    interfacesByIndex: new Map(host.interfaces.map((device) => [device.index, device])),
    ownAddresses: new Set(
      host.interfaces.flatMap(({ addresses }) => addresses.map(({ address }) => hostKey(address))),
    ),
    routing4: prepareRouting(host, 4),
    routing6: prepareRouting(host, 6),
    ipsets: host.ipsets === undefined ? undefined : prepareIpSets(host.ipsets),
  };
}

/** The key of an address in `ownAddresses`. */
export function hostKey(address: Address): string | number {
  return address.length === 4 ? ipv4ToNumber(address) : addressKey(address);
}

function prepareRouting(host: Host, family: 4 | 6): FamilyRouting {
  const rules = host.rules
    .filter((rule) => rule.family === family)
    .sort((a, b) => a.priority - b.priority);
  const merged = family === 4 && hasOnlyDefaultRules(rules);
  const byTable = new Map<string, Route[]>();
  for (const route of host.routes) {
    if (route.family !== family) continue;
    const table = merged && route.table === 'local' ? 'main' : route.table;
    const routes = byTable.get(table) ?? [];
    byTable.set(table, routes);
    routes.push(route);
  }
  const order = family === 4 ? compareRoutes4 : compareRoutes6;
  const tables = new Map<string, PrefixIndex<PreparedRoute>>();
  for (const [table, routes] of byTable) {
    const entries = routes
      .sort(order)
      .map((route) => [route.destination, prepareRoute(route, host.sysctls)] as const);
    tables.set(table, buildPrefixIndex(entries));
  }
  const main = tables.get('main');
  if (merged && main !== undefined) tables.set('local', main);
  const byDestination =
    merged &&
    rules.every(isUnconditional) &&
    host.routes.every((route) => route.family !== 4 || route.tos === 0);
  return { rules, tables, merged, answers: byDestination ? newRouteMemo(host.routes) : undefined };
}

/** Order of aliases in a leaf (fib_find_alias()): local before main, TOS descending, then priority. */
function compareRoutes4(first: Route, second: Route): number {
  return (
    Number(second.table === 'local') - Number(first.table === 'local') ||
    second.tos - first.tos ||
    first.metric - second.metric
  );
}

/** Order in a node (fib6_add_rt2node()): the source-specific subtree is searched first, then ascending metric. */
function compareRoutes6(first: Route, second: Route): number {
  const sourceLength = (second.source?.prefixLength ?? 0) - (first.source?.prefixLength ?? 0);
  return sourceLength || first.metric - second.metric;
}

const defaultTables = ['local', 'main', 'default'];

function hasOnlyDefaultRules(rules: readonly RoutingRule[]): boolean {
  const priorities = [0, 32766, 32767];
  return rules.every(
    (rule, position) =>
      rule.priority === priorities[position] &&
      rule.action.kind === 'lookup' &&
      rule.action.table === defaultTables[position] &&
      !selectsSomething(rule),
  );
}

function isUnconditional(rule: RoutingRule): boolean {
  const { tos, ipProtocol, sourcePorts, destinationPorts, userIds, tunnelId, l3mdev } = rule;
  const wider = [ipProtocol, sourcePorts, destinationPorts, userIds, tunnelId];
  return (tos ?? 0) === 0 && l3mdev !== true && wider.every((one) => one === undefined);
}

function selectsSomething(rule: RoutingRule): boolean {
  return (
    rule.not ||
    rule.from !== undefined ||
    rule.to !== undefined ||
    rule.inputInterface !== undefined ||
    rule.outputInterface !== undefined ||
    rule.fwmark !== undefined ||
    rule.suppressPrefixLength !== undefined
  );
}
