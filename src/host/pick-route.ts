/** Which of the routes of one prefix a flow takes. */

import { prefixContains } from '../base/address.ts';
import type { NexthopChoice, PreparedRoute } from './prepared-route.ts';
import type { Route, RouteType, RoutingRule } from './route.ts';
import type {
  RejectingRouteType,
  RouteQuery,
  TableLookup,
  UsableRouteType,
} from './route-lookup.ts';
import { legacyTosMask } from './routing-rule-match.ts';

/** The loop over a leaf's aliases in fib_table_lookup(), net/ipv4/fib_trie.c. */
export function pickRoute4(
  routes: readonly PreparedRoute[],
  rule: RoutingRule,
  query: RouteQuery,
): TableLookup {
  for (const prepared of routes) {
    const { route } = prepared;
    if (route.tos !== 0 && route.tos !== ((query.tos ?? 0) & legacyTosMask)) continue;
    if (route.scope < (query.scope ?? 0)) continue;
    const rejected = rejection(route, rule);
    if (rejected !== undefined) return rejected;
    const found = foundRoute(route, rule, throughDevice(prepared.choices, query.outputInterface));
    if (found !== undefined) return found;
  }
  return undefined;
}

function throughDevice(
  choices: readonly NexthopChoice[],
  device: string | undefined,
): readonly NexthopChoice[] {
  return device === undefined ? choices : choices.filter((choice) => choice.device === device);
}

const preferenceScores = { low: -1, medium: 0, high: 1 } as const;

interface Scored {
  readonly score: number;
  readonly found: TableLookup;
}

/**
 * rt6_select(), net/ipv6/route.c: the lowest metric with a usable route; within it the best score, first wins.
 * Neighbour reachability, which the kernel weighs in when forwarding is off, is not looked at.
 */
export function pickRoute6(
  routes: readonly PreparedRoute[],
  rule: RoutingRule,
  query: RouteQuery,
): TableLookup {
  let best: Scored | undefined;
  let chosen: Route | undefined;
  for (const prepared of routes) {
    const { route } = prepared;
    const isLater =
      chosen !== undefined && (route.metric !== chosen.metric || route.source !== chosen.source);
    if (isLater) break;
    const scored = scoreRoute6(prepared, rule, query);
    if (scored === undefined || (best !== undefined && scored.score <= best.score)) continue;
    best = scored;
    chosen = route;
  }
  return best?.found;
}

function scoreRoute6(
  prepared: PreparedRoute,
  rule: RoutingRule,
  query: RouteQuery,
): Scored | undefined {
  const { route, choices } = prepared;
  if (!sourceMatches(route, query)) return undefined;
  const matching = throughDevice(choices, query.outputInterface);
  const matches = query.outputInterface === undefined || matching.length > 0;
  if (!matches && query.strictInterface === true) return undefined;
  const found = rejection(route, rule) ?? foundRoute(route, rule, matches ? matching : choices);
  if (found === undefined) return undefined;
  const preference = preferenceScores[route.preference ?? 'medium'] * 4;
  return { score: preference + (matches ? 2 : 0), found };
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
  choices: readonly NexthopChoice[],
): TableLookup {
  const { type } = route;
  if (!hasChoice(choices) || !isUsableType(type)) return undefined;
  return { kind: 'found', type, route, rule, nexthops: choices };
}

function hasChoice(
  choices: readonly NexthopChoice[],
): choices is readonly [NexthopChoice, ...NexthopChoice[]] {
  return choices.length > 0;
}
