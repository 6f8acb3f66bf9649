/** The addresses of the host's own interfaces and how one of them is chosen as a source. */

import { type Address, sharesBits } from '../base/address.ts';
import type { InterfaceAddress, NetworkInterface } from './network-interface.ts';
import { scopeNumbers } from './network-interface.ts';
import { hostKey, type PreparedHost } from './prepared-host.ts';
import type { NexthopChoice, RouteLookup } from './route-lookup.ts';
import { selectSourceAddress6 } from './source-address6.ts';

/** The source a local packet gets on this route: `src` of the route, else by scope (IPv4) or RFC 6724 (IPv6). */
export function selectSourceAddress(
  prepared: PreparedHost,
  lookup: Extract<RouteLookup, { kind: 'found' }>,
  nexthop: NexthopChoice,
  destination: Address,
): Address | undefined {
  const { route } = lookup;
  if (route.preferredSource !== undefined) return route.preferredSource;
  if (destination.length === 16) return selectSourceAddress6(prepared, nexthop.device, destination);
  if (lookup.type === 'local') return destination;
  const gateway = nexthop.gateway?.length === 4 ? nexthop.gateway : undefined;
  return selectInterfaceAddress4(prepared, nexthop.device, route.scope, gateway);
}

/**
 * inet_select_addr(), net/ipv4/devinet.c: the first primary address of the device in scope, preferably one whose
 * network holds `near`; else the first of any other device.
 */
export function selectInterfaceAddress4(
  prepared: PreparedHost,
  device: string,
  scope: number,
  near?: Address,
): Address | undefined {
  const own = prepared.interfacesByName.get(device);
  const localnet = isSysctlSet(
    prepared,
    `net.ipv4.conf.${device}.route_localnet`,
    'net.ipv4.conf.all.route_localnet',
  );
  const localScope = localnet ? scopeNumbers.link : scopeNumbers.host;
  const candidates = primaryAddresses4(own).filter(
    (entry) => Math.min(entry.scope, localScope) <= scope,
  );
  const best =
    candidates.find((entry) => near === undefined || isInNetworkOf(entry, near)) ?? candidates[0];
  if (best !== undefined) return best.address;
  for (const other of prepared.host.interfaces) {
    if (other.master !== own?.master && isVrfPort(prepared, other) !== isVrfPort(prepared, own))
      continue;
    const usable = primaryAddresses4(other).find(
      (entry) => entry.scope !== scopeNumbers.link && entry.scope <= scope,
    );
    if (usable !== undefined) return usable.address;
  }
  return undefined;
}

function isVrfPort(
  prepared: PreparedHost,
  device: NetworkInterface | undefined,
): string | undefined {
  const master = prepared.interfacesByName.get(device?.master ?? '');
  return master?.kind === 'vrf' ? master.name : undefined;
}

function primaryAddresses4(device: NetworkInterface | undefined): readonly InterfaceAddress[] {
  return (device?.addresses ?? []).filter(
    (entry) => entry.family === 4 && !entry.flags.includes('secondary'),
  );
}

function isInNetworkOf(entry: InterfaceAddress, address: Address): boolean {
  return sharesBits(entry.peer ?? entry.address, address, entry.prefixLength);
}

export function isSysctlSet(prepared: PreparedHost, ...names: readonly string[]): boolean {
  return names.some((name) => Number(prepared.host.sysctls.get(name) ?? 0) !== 0);
}

/** Is it an address of this device, or of any when no device is given? */
export function isOwnAddress(prepared: PreparedHost, address: Address, device?: string): boolean {
  if (device === undefined) return prepared.ownAddresses.has(hostKey(address));
  const addresses = prepared.interfacesByName.get(device)?.addresses ?? [];
  return addresses.some((entry) => isSame(entry.address, address));
}

/** The same for an IPv4 address as a word, of any device. */
export function isOwnWord(prepared: PreparedHost, word: number): boolean {
  return prepared.ownAddresses.has(word >>> 0);
}

function isSame(first: Address, second: Address): boolean {
  return first.length === second.length && sharesBits(first, second, first.length * 8);
}
