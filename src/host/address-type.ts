/** The type of an address as `fib … type` and `-m addrtype` see it. */

import { type Address, addressesEqual } from '../base/address.ts';
import { isOwnAddress } from './local-addresses.ts';
import type { PreparedHost } from './prepared-host.ts';
import type { RouteType, RoutingRule } from './route.ts';
import { lookupRoute, type RouteLookup, searchTable } from './route-lookup.ts';
import { vrfTable } from './routing-rule-match.ts';
import { isMulticast } from './source-address6.ts';

export type AddressType = Exclude<RouteType, 'nat'> | 'unspec';

export interface AddressTypeOptions {
  /** Only the addresses of this device count as local (`fib daddr . iif type`). */
  readonly device?: string;
  /** IPv6 only, of the packet: they may decide which rule and route the lookup takes. */
  readonly source?: Address;
  readonly mark?: number;
  readonly ipProtocol?: number;
  readonly tos?: number;
  /** IPv6 link-local destinations are looked up on this device even without `device`: that of the packet. */
  readonly packetDevice?: string;
}

export function addressType(
  prepared: PreparedHost,
  address: Address,
  options: AddressTypeOptions = {},
): AddressType {
  return address.length === 4
    ? addressType4(prepared, address, options)
    : addressType6(prepared, address, options);
}

/** No rule is behind a lookup in the local table alone; this stands for it. */
const localRule: RoutingRule = {
  family: 4,
  priority: 0,
  not: false,
  action: { kind: 'lookup', table: 'local' },
};

/** __inet_dev_addr_type(), net/ipv4/fib_frontend.c: a lookup in the local table (or the device's VRF table) only. */
function addressType4(
  prepared: PreparedHost,
  address: Address,
  options: AddressTypeOptions,
): AddressType {
  const [first = 0] = address;
  if (first === 0 || address.every((byte) => byte === 255)) return 'broadcast';
  if (isMulticast(address)) return 'multicast';
  const vrf =
    options.device === undefined
      ? undefined
      : vrfTable(prepared, { destination: address, inputInterface: options.device });
  const table = prepared.routing4.tables.get(vrf ?? 'local');
  if (table === undefined) return 'unicast';
  const found = searchTable(table, localRule, { destination: address });
  if (found?.kind !== 'found') return 'unicast';
  const device = found.route.nexthops[0]?.device;
  return options.device === undefined || device === options.device ? found.type : 'unicast';
}

/** __nft_fib6_eval_type(), net/ipv6/netfilter/nft_fib_ipv6.c: a whole output route lookup. */
function addressType6(
  prepared: PreparedHost,
  address: Address,
  options: AddressTypeOptions,
): AddressType {
  const { device } = options;
  const lookup = lookupForType(prepared, address, options);
  if (lookup.kind === 'none') return 'unreachable';
  if (lookup.kind === 'rejected') return lookup.type;
  if (isAnycast(lookup, address)) return 'anycast';
  const local =
    device === undefined ? lookup.type === 'local' : isOwnAddress(prepared, address, device);
  if (local) return 'local';
  if (isMulticast(address)) return 'multicast';
  return address.every((byte) => byte === 0) ? 'unspec' : 'unicast';
}

function lookupForType(
  prepared: PreparedHost,
  address: Address,
  options: AddressTypeOptions,
): RouteLookup {
  const strict = isMulticast(address) || isLinkLocal(address);
  const device = isLinkLocal(address) ? (options.device ?? options.packetDevice) : undefined;
  return lookupRoute(prepared, {
    destination: address,
    strictInterface: strict && device !== undefined,
    ...(options.source === undefined ? {} : { source: options.source }),
    ...(options.mark === undefined ? {} : { mark: options.mark }),
    ...(options.ipProtocol === undefined ? {} : { ipProtocol: options.ipProtocol }),
    ...(options.tos === undefined ? {} : { tos: options.tos }),
    ...(device === undefined ? {} : { outputInterface: device }),
  });
}

/** ipv6_anycast_destination(): an anycast route, or the network address of an on-link prefix. */
function isAnycast(lookup: Extract<RouteLookup, { kind: 'found' }>, address: Address): boolean {
  if (lookup.type === 'anycast') return true;
  const { destination } = lookup.route;
  const onLink = lookup.nexthops[0].gateway === undefined;
  return destination.prefixLength < 127 && onLink && addressesEqual(destination.address, address);
}

export function isLinkLocal(address: Address): boolean {
  if (address.length === 4) return address[0] === 169 && address[1] === 254;
  return address[0] === 0xfe && ((address[1] ?? 0) & 0xc0) === 0x80;
}
