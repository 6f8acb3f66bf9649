/** From what was read to a whole host: kernel defaults are filled in, and each is written down as an assumption. */

import { parseAddress } from '../base/address.ts';
import type { Result } from '../base/diagnostic.ts';
import type { Host, HostAssumption, HostFacts } from './host.ts';
import { impliedConnectedRoutes, impliedLocalRoutes } from './implied-routes.ts';
import { type InterfaceAddress, type NetworkInterface, scopeNumbers } from './network-interface.ts';
import type { Route, RoutingRule } from './route.ts';

/** Builds a host from any subset of the facts. Never fails: with no facts it is a host with `lo` only. */
export function buildHost(facts: HostFacts): Result<Host> {
  const assumptions: HostAssumption[] = [];
  const interfaces = completeInterfaces(facts, assumptions);
  const routes = [
    ...completeRoutes(interfaces, facts.routes4, 4, assumptions),
    ...completeRoutes(interfaces, facts.routes6, 6, assumptions),
  ];
  const rules = [
    ...completeRules(facts.rules4, 4, assumptions),
    ...completeRules(facts.rules6, 6, assumptions),
  ];
  const value: Host = {
    interfaces,
    routes,
    rules,
    neighbours: facts.neighbours ?? [],
    forwardingDatabase: facts.forwardingDatabase,
    sysctls: facts.sysctls ?? new Map(),
    ipsets: facts.ipsets,
    conntrack: facts.conntrack,
    hooks: facts.hooks,
    assumptions,
  };
  return { value, diagnostics: [] };
}

function completeInterfaces(
  facts: HostFacts,
  assumptions: HostAssumption[],
): readonly NetworkInterface[] {
  const given = facts.interfaces ?? interfacesFromRoutes(facts, assumptions);
  if (given.some((device) => device.kind === 'loopback')) return given;
  assumptions.push({
    code: 'loopback-added',
    message: 'no loopback device is given: lo is up with 127.0.0.1 and ::1',
  });
  return [loopback, ...given];
}

function completeRoutes(
  interfaces: readonly NetworkInterface[],
  given: readonly Route[] | undefined,
  family: 4 | 6,
  assumptions: HostAssumption[],
): readonly Route[] {
  const hasLocal = given?.some((route) => route.table === 'local') ?? false;
  if (given !== undefined && hasLocal) return given;
  const ofFamily = (routes: readonly Route[]) => routes.filter((route) => route.family === family);
  const local = ofFamily(impliedLocalRoutes(interfaces));
  assumptions.push({
    code: 'local-routes-derived',
    message: `no IPv${family} route of the table local is given: local and broadcast routes are those that the addresses imply`,
  });
  if (given !== undefined) return [...given, ...local];
  assumptions.push({
    code: 'connected-routes-derived',
    message: `no IPv${family} routes are given: only the networks of the addresses are reachable`,
  });
  return [...ofFamily(impliedConnectedRoutes(interfaces)), ...local];
}

function completeRules(
  given: readonly RoutingRule[] | undefined,
  family: 4 | 6,
  assumptions: HostAssumption[],
): readonly RoutingRule[] {
  if (given !== undefined && given.length > 0)
    return [...given].sort((a, b) => a.priority - b.priority);
  const tables = family === 4 ? '0 local, 32766 main, 32767 default' : '0 local, 32766 main';
  assumptions.push({
    code: 'default-rules',
    message: `no IPv${family} rules are given: ${tables}`,
  });
  return defaultRules(family);
}

/** fib_default_rules_init() and fib6_rules_net_init(). */
export function defaultRules(family: 4 | 6): readonly RoutingRule[] {
  const lookup = (priority: number, table: string): RoutingRule => ({
    family,
    priority,
    not: false,
    action: { kind: 'lookup', table },
  });
  const both = [lookup(0, 'local'), lookup(32766, 'main')];
  return family === 4 ? [...both, lookup(32767, 'default')] : both;
}

/** Only routes were given: their devices exist and are up, and local routes and sources tell addresses. */
function interfacesFromRoutes(
  facts: HostFacts,
  assumptions: HostAssumption[],
): readonly NetworkInterface[] {
  const addresses = new Map<string, Map<string, InterfaceAddress>>();
  for (const route of [...(facts.routes4 ?? []), ...(facts.routes6 ?? [])]) {
    for (const nexthop of route.nexthops) {
      if (nexthop.device === undefined || nexthop.device === 'lo') continue;
      const known = addresses.get(nexthop.device) ?? new Map<string, InterfaceAddress>();
      addresses.set(nexthop.device, known);
      const own = ownAddress(route);
      if (own !== undefined) known.set(own.address.join(), own);
    }
  }
  if (addresses.size === 0) {
    assumptions.push({ code: 'no-interfaces', message: 'no interfaces are given' });
    return [];
  }
  const names = [...addresses.keys()].join(', ');
  assumptions.push({
    code: 'interfaces-from-routes',
    message: `no interfaces are given: ${names} are taken from the routes, up, Ethernet, MTU 1500`,
  });
  return [...addresses].map(([name, known], position) =>
    ethernet(name, position + 2, [...known.values()]),
  );
}

function ownAddress(route: Route): InterfaceAddress | undefined {
  const kernelNetwork =
    route.protocol === 'kernel' && route.type === 'unicast' && route.preferredSource !== undefined;
  if (!kernelNetwork || route.preferredSource === undefined) return undefined;
  return {
    family: route.family,
    address: route.preferredSource,
    prefixLength: route.destination.prefixLength,
    scope: scopeNumbers.global,
    flags: [],
  };
}

function ethernet(
  name: string,
  index: number,
  addresses: readonly InterfaceAddress[],
): NetworkInterface {
  const flags = ['BROADCAST', 'MULTICAST', 'UP', 'LOWER_UP'];
  const rest = { group: 0, state: 'UP', alternativeNames: [], details: {} };
  return { index, name, kind: 'ether', linkType: 'ether', flags, mtu: 1500, addresses, ...rest };
}

const loopback: NetworkInterface = {
  index: 1,
  name: 'lo',
  kind: 'loopback',
  linkType: 'loopback',
  flags: ['LOOPBACK', 'UP', 'LOWER_UP'],
  mtu: 65536,
  mac: new Uint8Array(6),
  group: 0,
  state: 'UNKNOWN',
  alternativeNames: [],
  details: {},
  addresses: [hostAddress('127.0.0.1', 8), hostAddress('::1', 128)].flat(),
};

function hostAddress(text: string, prefixLength: number): readonly InterfaceAddress[] {
  const address = parseAddress(text);
  if (address === undefined) return [];
  const family = address.length === 4 ? 4 : 6;
  return [{ family, address, prefixLength, scope: scopeNumbers.host, flags: [] }];
}
