/** Policy routing: rules, tables, longest prefix, and what a found route means for the packet. */

import { type Address, ipv4FromNumber } from '../base/address.ts';
import { pickRoute4, pickRoute6 } from './pick-route.ts';
import { coveringValues, type PrefixIndex } from './prefix-index.ts';
import type { FamilyRouting, PreparedHost, RouteMemo } from './prepared-host.ts';
import type { NexthopChoice, PreparedRoute } from './prepared-route.ts';
import type { Route, RoutingRule } from './route.ts';
import { ruleMatches, vrfTable } from './routing-rule-match.ts';

export type { NexthopChoice } from './prepared-route.ts';

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

export type TableLookup = RouteLookup | { readonly kind: 'throw' } | undefined;

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

/** The way to an IPv4 destination (as a word), for hosts that look at nothing else; others have no `answers`. */
export function lookupDestination(
  prepared: PreparedHost,
  { starts, answers }: RouteMemo,
  destination: number,
): RouteLookup {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= destination >>> 0) low = middle;
    else high = middle - 1;
  }
  const known = answers[low];
  if (known !== undefined) return known;
  const answer = lookupRoute(prepared, { destination: ipv4FromNumber(destination) });
  answers[low] = answer;
  return answer;
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
  const found = searchTable(table, rule, query);
  return found !== undefined && isSuppressed(prepared, rule, found) ? undefined : found;
}

/** Looks into one table as the kernel does for `rule`; undefined is "no route here", `throw` ends the table. */
export function searchTable(
  table: PrefixIndex<PreparedRoute>,
  rule: RoutingRule,
  query: RouteQuery,
): TableLookup {
  const { destination } = query;
  const pick = destination.length === 4 ? pickRoute4 : pickRoute6;
  for (const level of table.levels) {
    const routes = coveringValues(level, destination);
    const found = routes === undefined ? undefined : pick(routes, rule, query);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** fib4_rule_suppress() and fib6_rule_suppress(); a rejecting route is an error, and those are never suppressed. */
function isSuppressed(
  prepared: PreparedHost,
  rule: RoutingRule,
  found: RouteLookup | { kind: 'throw' },
): boolean {
  if (found.kind !== 'found') return false;
  const length = found.route.destination.prefixLength;
  if (rule.suppressPrefixLength !== undefined && length <= rule.suppressPrefixLength) return true;
  if (rule.suppressInterfaceGroup === undefined) return false;
  const device = prepared.interfacesByName.get(found.nexthops[0].device);
  return device?.group === rule.suppressInterfaceGroup;
}
