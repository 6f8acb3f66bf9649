/** The routes that the kernel makes by itself from the addresses of the interfaces. */

import { type Address, lastAddress, maskAddress } from '../base/address.ts';
import { type InterfaceAddress, type NetworkInterface, scopeNumbers } from './network-interface.ts';
import type { Route } from './route.ts';

/** Routes of the table `local`: fib_add_ifaddr() and, for IPv6, addrconf and anycast.c with forwarding on. */
export function impliedLocalRoutes(interfaces: readonly NetworkInterface[]): readonly Route[] {
  const has6 = interfaces.some((device) => device.addresses.some((entry) => entry.family === 6));
  return interfaces.flatMap((device) => [
    ...device.addresses.flatMap((entry) =>
      entry.family === 4 ? localRoutes4(device, entry) : localRoutes6(device, entry),
    ),
    ...(has6 ? multicastRoute6(device) : []),
  ]);
}

/** Routes of the table `main`: one per network of a primary address. */
export function impliedConnectedRoutes(interfaces: readonly NetworkInterface[]): readonly Route[] {
  return interfaces.flatMap((device) =>
    isUp(device) && !isLoopback(device)
      ? device.addresses.flatMap((entry) => connectedRoute(device, entry))
      : [],
  );
}

function localRoutes4(device: NetworkInterface, entry: InterfaceAddress): readonly Route[] {
  const primary = primaryOf(device, entry).address;
  const local = kernelRoute(device, entry.address, 32, {
    table: 'local',
    type: 'local',
    scope: 'host',
    primary,
  });
  if (!isUp(device)) return [local];
  const link = { table: 'local', type: 'broadcast', scope: 'link', primary } as const;
  const broadcasts = new Map<string, Address>();
  if (entry.broadcast !== undefined) broadcasts.set(entry.broadcast.join(), entry.broadcast);
  if (hasNetwork(entry) && entry.prefixLength < 31) {
    const last = lastAddress({
      address: entry.peer ?? entry.address,
      prefixLength: entry.prefixLength,
    });
    broadcasts.set(last.join(), last);
  }
  const network = maskAddress(entry.address, entry.prefixLength);
  const loopback = { table: 'local', type: 'local', scope: 'host', primary } as const;
  return [
    local,
    ...(isLoopback(device) && hasNetwork(entry)
      ? [kernelRoute(device, network, entry.prefixLength, loopback)]
      : []),
    ...[...broadcasts.values()]
      .filter((address) => !address.every((byte) => byte === 255))
      .map((address) => kernelRoute(device, address, 32, link)),
  ];
}

/** A secondary address, a zero network and a /32 of its own bring no network with them. */
function hasNetwork(entry: InterfaceAddress): boolean {
  if (entry.flags.includes('secondary')) return false;
  const prefix = maskAddress(entry.peer ?? entry.address, entry.prefixLength);
  const isHost = entry.prefixLength === 32 && prefix.join() === entry.address.join();
  return !isHost && prefix[0] !== 0;
}

function localRoutes6(device: NetworkInterface, entry: InterfaceAddress): readonly Route[] {
  const local = kernelRoute(device, entry.address, 128, {
    table: 'local',
    type: 'local',
    scope: 'global',
  });
  if (!isUp(device) || isLoopback(device) || entry.prefixLength >= 127) return [local];
  const network = maskAddress(entry.peer ?? entry.address, entry.prefixLength);
  return [
    local,
    kernelRoute(device, network, 128, { table: 'local', type: 'anycast', scope: 'global' }),
  ];
}

/** Smaller devices have no IPv6 (IPV6_MIN_MTU). */
const minimumMtu6 = 1280;

/** addrconf_add_mroute(): every device that is up, with or without an address. */
function multicastRoute6(device: NetworkInterface): readonly Route[] {
  if (!isUp(device) || isLoopback(device) || device.mtu < minimumMtu6) return [];
  const all = new Uint8Array(16);
  all[0] = 0xff;
  const shape = { table: 'local', type: 'multicast', scope: 'global', metric: 256 } as const;
  return [kernelRoute(device, all, 8, shape)];
}

function connectedRoute(device: NetworkInterface, entry: InterfaceAddress): readonly Route[] {
  if (entry.flags.includes('noprefixroute')) return [];
  const network = maskAddress(entry.peer ?? entry.address, entry.prefixLength);
  if (entry.family === 6) {
    const metric = entry.metric ?? 256;
    return [
      kernelRoute(device, network, entry.prefixLength, {
        table: 'main',
        type: 'unicast',
        scope: 'global',
        metric,
      }),
    ];
  }
  if (!hasNetwork(entry)) return [];
  const shape = { table: 'main', type: 'unicast', scope: 'link', primary: entry.address } as const;
  return [
    kernelRoute(device, network, entry.prefixLength, { ...shape, metric: entry.metric ?? 0 }),
  ];
}

interface RouteShape {
  readonly table: string;
  readonly type: Route['type'];
  readonly scope: 'global' | 'link' | 'host';
  readonly primary?: Address;
  readonly metric?: number;
}

function kernelRoute(
  device: NetworkInterface,
  address: Address,
  prefixLength: number,
  shape: RouteShape,
): Route {
  return {
    family: address.length === 4 ? 4 : 6,
    table: shape.table,
    type: shape.type,
    destination: { address, prefixLength },
    tos: 0,
    metric: shape.metric ?? 0,
    scope: scopeNumbers[shape.scope],
    ...(shape.primary === undefined ? {} : { preferredSource: shape.primary }),
    protocol: 'kernel',
    nexthops: [{ device: device.name, weight: 1, flags: [] }],
    flags: [],
  };
}

/** The primary address of a secondary one's network: the source of its routes (inet_ifa_byprefix()). */
function primaryOf(device: NetworkInterface, entry: InterfaceAddress): InterfaceAddress {
  if (!entry.flags.includes('secondary')) return entry;
  const network = maskAddress(entry.address, entry.prefixLength).join();
  const primary = device.addresses.find(
    (other) =>
      other.family === 4 &&
      !other.flags.includes('secondary') &&
      other.prefixLength === entry.prefixLength &&
      maskAddress(other.address, other.prefixLength).join() === network,
  );
  return primary ?? entry;
}

function isUp(device: NetworkInterface): boolean {
  return device.flags.includes('UP');
}

function isLoopback(device: NetworkInterface): boolean {
  return device.kind === 'loopback';
}
