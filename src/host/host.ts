/** The facts about one host that decide what happens to a packet, as plain data. */

import type { ConntrackEntry } from './conntrack-entry.ts';
import type { HookFunction } from './hook-order.ts';
import type { IpSet } from './ipset.ts';
import type { ForwardingEntry, Neighbour } from './neighbour.ts';
import type { NetworkInterface } from './network-interface.ts';
import type { Route, RoutingRule } from './route.ts';

/** What was read, file by file; absent means that nobody said anything about it. */
export interface HostFacts {
  readonly interfaces?: readonly NetworkInterface[];
  readonly routes4?: readonly Route[];
  readonly routes6?: readonly Route[];
  readonly rules4?: readonly RoutingRule[];
  readonly rules6?: readonly RoutingRule[];
  readonly neighbours?: readonly Neighbour[];
  readonly forwardingDatabase?: readonly ForwardingEntry[];
  /** Dotted keys: `net.ipv4.ip_forward`. */
  readonly sysctls?: ReadonlyMap<string, string>;
  readonly ipsets?: readonly IpSet[];
  readonly conntrack?: readonly ConntrackEntry[];
  readonly hooks?: readonly HookFunction[];
}

/** Something that no fact says and that was filled in as the kernel does by default. */
export interface HostAssumption {
  /** Stable, kebab-case: `local-routes-derived`, `default-rules`, `loopback-added`, … */
  readonly code: HostAssumptionCode;
  /** One lower-case sentence without a full stop. */
  readonly message: string;
}

export type HostAssumptionCode =
  | 'no-interfaces'
  | 'loopback-added'
  | 'local-routes-derived'
  | 'connected-routes-derived'
  | 'default-rules'
  | 'interfaces-from-routes';

/** A host that is complete as far as its facts go: every list is there. */
export interface Host {
  readonly interfaces: readonly NetworkInterface[];
  /** Both families, all tables. */
  readonly routes: readonly Route[];
  /** Both families, ascending priority within a family. */
  readonly rules: readonly RoutingRule[];
  readonly neighbours: readonly Neighbour[];
  /** Undefined: nobody said; not the same as empty. */
  readonly forwardingDatabase: readonly ForwardingEntry[] | undefined;
  readonly sysctls: ReadonlyMap<string, string>;
  /** Undefined: the contents of ipsets are unknown; matches on them are choices. */
  readonly ipsets: readonly IpSet[] | undefined;
  readonly conntrack: readonly ConntrackEntry[] | undefined;
  readonly hooks: readonly HookFunction[] | undefined;
  readonly assumptions: readonly HostAssumption[];
}
