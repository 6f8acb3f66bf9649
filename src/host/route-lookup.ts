/** Policy routing: rules, tables, longest prefix, and what a found route means for the packet. */

import { type Address, prefixContains } from '../base/address.ts';
import { findLongestPrefix, type PrefixIndex } from './prefix-index.ts';
import type { FamilyRouting, PreparedHost } from './prepared-host.ts';
import type { Nexthop, Route, RouteType, RoutingRule } from './route.ts';
import { legacyTosMask, ruleMatches, vrfTable } from './routing-rule-match.ts';

/** The flow that a route is looked up for (struct flowi4 and flowi6). */
export interface RouteQuery {
  readonly destination: Address;
  readonly source?: Address;
  /** Where it came in; absent: made by the host itself, which rules see as `lo`. */
  readonly inputInterface?: string;
  /** Only routes through this device. */
  readonly outputInterface?: string;
  readonly mark?: number;
  /** The TOS byte or traffic class. */
  readonly tos?: number;
  readonly ipProtocol?: number;
  readonly sourcePort?: number;
  readonly destinationPort?: number;
  readonly userId?: number;
  /** IPv4: routes must reach at most this far (SO_DONTROUTE: 253); default 0. */
  readonly scope?: number;
  /** IPv6: `outputInterface` is a condition; else it is only a preference among routes of equal metric. */
  readonly strictInterface?: boolean;
}

export type UsableRouteType = 'unicast' | 'local' | 'broadcast' | 'anycast' | 'multicast';
export type RejectingRouteType = 'blackhole' | 'unreachable' | 'prohibit';

/** One way to the destination; several are a multipath choice by weight. */
export interface NexthopChoice {
  readonly device: string;
  readonly gateway?: Address;
  readonly weight: number;
  readonly onlink: boolean;
}

export type RouteLookup =
  | {
      readonly kind: 'found';
      readonly type: UsableRouteType;
      readonly route: Route;
      readonly rule: RoutingRule;
      /** Never empty. */
      readonly nexthops: readonly [NexthopChoice, ...NexthopChoice[]];
    }
  | {
      readonly kind: 'rejected';
      readonly type: RejectingRouteType;
      /** Absent: the rule itself rejects. */
      readonly route?: Route;
      readonly rule: RoutingRule;
    }
  | { readonly kind: 'none' };

type TableLookup = RouteLookup | { readonly kind: 'throw' } | undefined;

/** The errno that a failed lookup gives to a local sender. */
export function routeErrorName(
  lookup: RouteLookup,
): 'EINVAL' | 'EHOSTUNREACH' | 'EACCES' | 'ENETUNREACH' {
  if (lookup.kind !== 'rejected') return 'ENETUNREACH';
  if (lookup.route === undefined && lookup.type === 'unreachable') return 'ENETUNREACH';
  if (lookup.type === 'blackhole') return 'EINVAL';
  return lookup.type === 'prohibit' ? 'EACCES' : 'EHOSTUNREACH';
}

/** Mirrors fib_rules_lookup(), net/core/fib_rules.c, with the actions of both families. */
export function lookupRoute(prepared: PreparedHost, query: RouteQuery): RouteLookup {
  const routing = query.destination.length === 4 ? prepared.routing4 : prepared.routing6;
  let target: number | undefined;
  for (const rule of routing.rules) {
    if (target !== undefined && rule.priority !== target) continue;
    target = undefined;
    if (!ruleMatches(prepared, rule, query)) continue;
    const { action } = rule;
    if (action.kind === 'goto') {
      const resolved =
        action.priority > rule.priority &&
        routing.rules.some((other) => other.priority === action.priority);
      if (resolved) target = action.priority;
    } else if (action.kind === 'lookup') {
      const found = lookupInTable(prepared, routing, rule, query);
      if (found !== undefined && found.kind !== 'throw') return found;
    } else if (action.kind !== 'nop') {
      return { kind: 'rejected', type: action.kind, rule };
    }
  }
  return { kind: 'none' };
}

function lookupInTable(
  prepared: PreparedHost,
  routing: FamilyRouting,
  rule: RoutingRule,
  query: RouteQuery,
): TableLookup {
  const name =
    rule.l3mdev === true
      ? vrfTable(prepared, query)
      : rule.action.kind === 'lookup'
        ? rule.action.table
        : '';
  const table = routing.tables.get(name ?? '');
  if (table === undefined) return undefined;
  const found = searchTable(prepared, table, rule, query);
  return found !== undefined && isSuppressed(prepared, rule, found) ? undefined : found;
}

/** Looks into one table as the kernel does for `rule`; undefined is "no route here", `throw` ends the table. */
export function searchTable(
  prepared: PreparedHost,
  table: PrefixIndex<Route>,
  rule: RoutingRule,
  query: RouteQuery,
): TableLookup {
  const pick = query.destination.length === 4 ? pickRoute4 : pickRoute6;
  return findLongestPrefix(table, query.destination, (routes) =>
    pick(prepared, routes, rule, query),
  );
}

/** fib4_rule_suppress() and fib6_rule_suppress(); IPv4 rejecting routes are errors and so never suppressed. */
function isSuppressed(
  prepared: PreparedHost,
  rule: RoutingRule,
  found: RouteLookup | { kind: 'throw' },
): boolean {
  if (found.kind !== 'found' && !(found.kind === 'rejected' && rule.family === 6)) return false;
  const length = found.route?.destination.prefixLength ?? 0;
  if (rule.suppressPrefixLength !== undefined && length <= rule.suppressPrefixLength) return true;
  if (rule.suppressInterfaceGroup === undefined || found.kind !== 'found') return false;
  const device = prepared.interfacesByName.get(found.nexthops[0].device);
  return device?.group === rule.suppressInterfaceGroup;
}

/** The loop over a leaf's aliases in fib_table_lookup(), net/ipv4/fib_trie.c. */
function pickRoute4(
  prepared: PreparedHost,
  routes: readonly Route[],
  rule: RoutingRule,
  query: RouteQuery,
): TableLookup {
  for (const route of routes) {
    if (route.tos !== 0 && route.tos !== ((query.tos ?? 0) & legacyTosMask)) continue;
    if (route.scope < (query.scope ?? 0)) continue;
    const rejected = rejection(route, rule);
    if (rejected !== undefined) return rejected;
    const nexthops = route.nexthops.filter((nexthop) => isUsable4(prepared, nexthop, query));
    const found = foundRoute(route, rule, nexthops);
    if (found !== undefined) return found;
  }
  return undefined;
}

function isUsable4(prepared: PreparedHost, nexthop: Nexthop, query: RouteQuery): boolean {
  if (nexthop.flags.includes('dead')) return false;
  if (query.outputInterface !== undefined && query.outputInterface !== nexthop.device) return false;
  return !(nexthop.flags.includes('linkdown') && ignoresLinkdown(prepared, nexthop.device, 'ipv4'));
}

function ignoresLinkdown(
  prepared: PreparedHost,
  device: string | undefined,
  family: 'ipv4' | 'ipv6',
): boolean {
  const { sysctls } = prepared.host;
  const value = (where: string) =>
    sysctls.get(`net.${family}.conf.${where}.ignore_routes_with_linkdown`) === '1';
  return value('all') || value(device ?? '');
}

const preferenceScores = { low: -1, medium: 0, high: 1 } as const;

/**
 * rt6_select(), net/ipv6/route.c: the lowest metric with a usable route; within it the best score, first wins.
 * Neighbour reachability, which the kernel weighs in when forwarding is off, is not looked at.
 */
function pickRoute6(
  prepared: PreparedHost,
  routes: readonly Route[],
  rule: RoutingRule,
  query: RouteQuery,
): TableLookup {
  let best:
    | { readonly score: number; readonly found: TableLookup; readonly route: Route }
    | undefined;
  for (const route of routes) {
    if (
      best !== undefined &&
      (route.metric !== best.route.metric || route.source !== best.route.source)
    )
      break;
    const scored = scoreRoute6(prepared, route, rule, query);
    if (scored !== undefined && (best === undefined || scored.score > best.score))
      best = { ...scored, route };
  }
  return best?.found;
}

function scoreRoute6(
  prepared: PreparedHost,
  route: Route,
  rule: RoutingRule,
  query: RouteQuery,
): { score: number; found: TableLookup } | undefined {
  if (!sourceMatches(route, query)) return undefined;
  const preference = preferenceScores[route.preference ?? 'medium'] * 4;
  const usable = route.nexthops.filter(
    (nexthop) =>
      !nexthop.flags.includes('dead') &&
      !(nexthop.flags.includes('linkdown') && ignoresLinkdown(prepared, nexthop.device, 'ipv6')),
  );
  const wanted = query.outputInterface;
  const matching =
    wanted === undefined ? usable : usable.filter((nexthop) => nexthop.device === wanted);
  const matches = wanted === undefined || matching.length > 0;
  if (!matches && query.strictInterface === true) return undefined;
  const found = rejection(route, rule) ?? foundRoute(route, rule, matches ? matching : usable);
  return found === undefined ? undefined : { score: preference + (matches ? 2 : 0), found };
}

function sourceMatches(route: Route, query: RouteQuery): boolean {
  if (route.source === undefined || route.source.prefixLength === 0) return true;
  return query.source !== undefined && prefixContains(route.source, query.source);
}

function rejection(route: Route, rule: RoutingRule): TableLookup {
  if (route.type === 'throw') return { kind: 'throw' };
  return isRejecting(route.type) ? { kind: 'rejected', type: route.type, route, rule } : undefined;
}

function isRejecting(type: RouteType): type is RejectingRouteType {
  return type === 'blackhole' || type === 'unreachable' || type === 'prohibit';
}

function isUsableType(type: RouteType): type is UsableRouteType {
  return type !== 'throw' && type !== 'nat' && !isRejecting(type);
}

function foundRoute(
  route: Route,
  rule: RoutingRule,
  nexthops: readonly Nexthop[],
): RouteLookup | undefined {
  const [first, ...others] = nexthops.map(nexthopChoice);
  if (first === undefined || !isUsableType(route.type)) return undefined;
  return { kind: 'found', type: route.type, route, rule, nexthops: [first, ...others] };
}

function nexthopChoice(nexthop: Nexthop): NexthopChoice {
  const gateway = nexthop.via === undefined ? {} : { gateway: nexthop.via };
  return {
    device: nexthop.device ?? 'lo',
    ...gateway,
    weight: nexthop.weight,
    onlink: nexthop.flags.includes('onlink'),
  };
}
