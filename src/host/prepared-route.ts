/** A route with its usable nexthops, worked out once. */

import type { Address } from '../base/address.ts';
import type { Nexthop, Route } from './route.ts';

/** One way to the destination; several are a multipath choice by weight. */
export interface NexthopChoice {
  readonly device: string;
  readonly gateway?: Address;
  readonly weight: number;
  readonly onlink: boolean;
}

export interface PreparedRoute {
  readonly route: Route;
  /** Without those that are dead, and those whose link is down where the host ignores such routes. */
  readonly choices: readonly NexthopChoice[];
}

export function prepareRoute(route: Route, sysctls: ReadonlyMap<string, string>): PreparedRoute {
  const usable = route.nexthops.filter((nexthop) => isUsable(nexthop, route.family, sysctls));
  return { route, choices: usable.map(nexthopChoice) };
}

function isUsable(nexthop: Nexthop, family: 4 | 6, sysctls: ReadonlyMap<string, string>): boolean {
  if (nexthop.flags.includes('dead')) return false;
  if (!nexthop.flags.includes('linkdown')) return true;
  const ignores = (where: string) =>
    sysctls.get(`net.ipv${family}.conf.${where}.ignore_routes_with_linkdown`) === '1';
  return !ignores('all') && !ignores(nexthop.device ?? '');
}

function nexthopChoice(nexthop: Nexthop): NexthopChoice {
  const gateway = nexthop.via === undefined ? {} : { gateway: nexthop.via };
  const onlink = nexthop.flags.includes('onlink');
  return { device: nexthop.device ?? 'lo', ...gateway, weight: nexthop.weight, onlink };
}
