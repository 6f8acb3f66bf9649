/** Where a packet goes (struct dst_entry): the answer of the routing lookup that stays with it. */

import type { Address } from '../../base/address.ts';
import type { NetworkInterface } from '../../host/network-interface.ts';
import type { RouteLookup } from '../../host/route-lookup.ts';

export type RouteAction = 'local' | 'forward' | 'output' | 'broadcast' | 'multicast' | 'error';

export interface RouteDecision {
  readonly action: RouteAction;
  /** Output device; for local delivery of received packets the device is `lo`. */
  readonly device: NetworkInterface | undefined;
  readonly gateway: Address | undefined;
  /** The source that the route prefers for local packets. */
  readonly source: Address | undefined;
  readonly lookup: RouteLookup;
  /** Type `error` only: what the ICMP error is about. */
  readonly error?: 'unreachable' | 'prohibit' | 'blackhole' | 'none';
  readonly mtu: number;
}
