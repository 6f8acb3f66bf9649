/** Routes and policy rules, as `ip route show table all` and `ip rule` show them. */

import type { Address, Prefix } from '../base/address.ts';

export type RouteType =
  | 'unicast'
  | 'local'
  | 'broadcast'
  | 'anycast'
  | 'multicast'
  | 'blackhole'
  | 'unreachable'
  | 'prohibit'
  | 'throw'
  | 'nat';

export interface Nexthop {
  /** Gateway; absent: the destination is on the link. May be IPv6 for an IPv4 route (`via inet6`). */
  readonly via?: Address;
  /** Device by name; absent only for types that need none. */
  readonly device?: string;
  /** Share of a multipath route, 1 to 256. */
  readonly weight: number;
  /** `onlink`, `dead`, `linkdown`, `pervasive`, `offload`, … as printed. */
  readonly flags: readonly string[];
}

export interface Route {
  readonly family: 4 | 6;
  /** Table by name for the known ones (`local`, `main`, `default`), else as printed: a number or an rt_tables name. */
  readonly table: string;
  readonly type: RouteType;
  readonly destination: Prefix;
  /** IPv6 source-specific routes (`from`). */
  readonly source?: Prefix;
  readonly tos: number;
  /** Priority; lower is preferred. IPv4 default 0, IPv6 default 1024. */
  readonly metric: number;
  /** RT_SCOPE_* number. */
  readonly scope: number;
  /** The preferred source (`src`). */
  readonly preferredSource?: Address;
  /** `kernel`, `boot`, `static`, `bird`, `80`, …: who made it. */
  readonly protocol?: string;
  readonly mtu?: number;
  /** Empty for types without a device; several for a multipath route. */
  readonly nexthops: readonly Nexthop[];
  /** IPv6 router preference. */
  readonly preference?: 'low' | 'medium' | 'high';
  readonly flags: readonly string[];
  /** `error -113` of IPv6 reject routes: the errno, positive. */
  readonly errorNumber?: number;
}

export interface NumberRange {
  readonly from: number;
  readonly to: number;
}

export type RuleAction =
  | { readonly kind: 'lookup'; readonly table: string }
  | { readonly kind: 'goto'; readonly priority: number }
  | { readonly kind: 'nop' }
  | { readonly kind: 'blackhole' | 'unreachable' | 'prohibit' };

export interface RoutingRule {
  readonly family: 4 | 6;
  readonly priority: number;
  /** The whole selector is negated. */
  readonly not: boolean;
  readonly from?: Prefix;
  readonly to?: Prefix;
  readonly inputInterface?: string;
  readonly outputInterface?: string;
  readonly fwmark?: { readonly mark: number; readonly mask: number };
  readonly tos?: number;
  readonly ipProtocol?: number;
  readonly sourcePorts?: NumberRange;
  readonly destinationPorts?: NumberRange;
  readonly userIds?: NumberRange;
  readonly tunnelId?: bigint;
  readonly l3mdev?: boolean;
  readonly action: RuleAction;
  /** Reject a found route whose prefix is this long or shorter. */
  readonly suppressPrefixLength?: number;
  readonly suppressInterfaceGroup?: number;
}
