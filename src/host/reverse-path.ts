/** Source validation of received IPv4 packets: fib_validate_source(), net/ipv4/fib_frontend.c. */

import type { Address } from '../base/address.ts';
import { isOwnAddress, isOwnWord, isSysctlSet } from './local-addresses.ts';
import { scopeNumbers } from './network-interface.ts';
import type { PreparedHost } from './prepared-host.ts';
import { lookupRoute, type RouteLookup, type RouteQuery } from './route-lookup.ts';

export interface SourceCheck {
  readonly source: Address;
  readonly destination: Address;
  /** The device it came in on. */
  readonly device: string;
  /** The device it will leave by when it is forwarded; absent for local delivery. */
  readonly outputInterface?: string;
  readonly mark?: number;
  readonly tos?: number;
}

export type SourceVerdict =
  | 'valid'
  /** The source is an address of the host, or not a unicast one: the kernel logs a martian source (EINVAL). */
  | 'martian'
  /** Strict or loose rp_filter: counted as IPReversePathFilter (EXDEV). */
  | 'reverse-path';

export function validateSource(prepared: PreparedHost, check: SourceCheck): SourceVerdict {
  const settings = deviceSettings(prepared, check.device);
  const { mode, acceptLocal } = settings;
  const sendsRedirects = check.outputInterface === check.device && settings.sendsRedirects;
  if (mode === 0 && !sendsRedirects) {
    if (acceptLocal) return 'valid';
    if (prepared.routing4.merged && !settings.customLocalRoutes) {
      return isOwnAddress(prepared, check.source) ? 'martian' : 'valid';
    }
  }
  return checkReversePath(prepared, check, mode, acceptLocal);
}

/** Is an IPv4 source (as a word) valid without a look at routes? False: `validateSource` tells. */
export function isPlainSource(
  prepared: PreparedHost,
  device: string,
  outputInterface: string | undefined,
  source: number,
): boolean {
  const settings = deviceSettings(prepared, device);
  if (settings.mode !== 0) return false;
  if (outputInterface === device && settings.sendsRedirects) return false;
  if (settings.acceptLocal) return true;
  if (!prepared.routing4.merged || settings.customLocalRoutes) return false;
  return !isOwnWord(prepared, source);
}

/** What the sysctls say of a device; a host never changes, so each is read once. */
interface DeviceSettings {
  readonly mode: number;
  readonly acceptLocal: boolean;
  readonly sendsRedirects: boolean;
  readonly usesMark: boolean;
  readonly customLocalRoutes: boolean;
}

const settingsOfHosts = new WeakMap<PreparedHost, Map<string, DeviceSettings>>();

function deviceSettings(prepared: PreparedHost, device: string): DeviceSettings {
  let known = settingsOfHosts.get(prepared);
  if (known === undefined) {
    known = new Map();
    settingsOfHosts.set(prepared, known);
  }
  const found = known.get(device);
  if (found !== undefined) return found;
  const settings: DeviceSettings = {
    mode: reversePathMode(prepared, device),
    acceptLocal: isDeviceSysctlSet(prepared, device, 'accept_local'),
    sendsRedirects: isDeviceSysctlSet(prepared, device, 'send_redirects', true),
    usesMark: isDeviceSysctlSet(prepared, device, 'src_valid_mark'),
    customLocalRoutes: hasCustomLocalRoutes(prepared),
  };
  known.set(device, settings);
  return settings;
}

/** The larger of `all` and the device's own; 0 off, 1 strict, 2 loose. */
export function reversePathMode(prepared: PreparedHost, device: string): number {
  const value = (where: string) =>
    Number(prepared.host.sysctls.get(`net.ipv4.conf.${where}.rp_filter`) ?? 0);
  return Math.max(value('all'), value(device));
}

function checkReversePath(
  prepared: PreparedHost,
  check: SourceCheck,
  mode: number,
  acceptLocal: boolean,
): SourceVerdict {
  const query = reverseQuery(prepared, check);
  const lastResort: SourceVerdict = mode === 0 ? 'valid' : 'reverse-path';
  const lookup = lookupRoute(prepared, query);
  if (lookup.kind !== 'found') return lastResort;
  if (lookup.type !== 'unicast' && !(lookup.type === 'local' && acceptLocal)) return 'martian';
  if (usesDevice(lookup, check.device)) return 'valid';
  if (lookup.type === 'local' && check.device === 'lo') return 'valid';
  const device = prepared.interfacesByName.get(check.device);
  if (device === undefined || !device.addresses.some((entry) => entry.family === 4))
    return lastResort;
  return mode === 1 ? 'reverse-path' : 'valid';
}

function reverseQuery(prepared: PreparedHost, check: SourceCheck): RouteQuery {
  const { usesMark } = deviceSettings(prepared, check.device);
  return {
    destination: check.source,
    source: check.destination,
    inputInterface: check.outputInterface ?? 'lo',
    tos: check.tos ?? 0,
    mark: usesMark ? (check.mark ?? 0) : 0,
    scope: scopeNumbers.global,
  };
}

/** fib_info_nh_uses_dev(): any nexthop of the route goes through the device. */
function usesDevice(lookup: Extract<RouteLookup, { kind: 'found' }>, device: string): boolean {
  return lookup.route.nexthops.some((nexthop) => nexthop.device === device);
}

/** IN_DEV_ORCONF: set for all or for the device; without any fact, `absent`. */
function isDeviceSysctlSet(
  prepared: PreparedHost,
  device: string,
  name: string,
  absent = false,
): boolean {
  const names = [`net.ipv4.conf.all.${name}`, `net.ipv4.conf.${device}.${name}`];
  if (names.every((key) => !prepared.host.sysctls.has(key))) return absent;
  return isSysctlSet(prepared, ...names);
}

/** fib_has_custom_local_routes: somebody added routes to `local` that the addresses do not imply. */
function hasCustomLocalRoutes(prepared: PreparedHost): boolean {
  return prepared.host.routes.some(
    (route) => route.family === 4 && route.table === 'local' && route.protocol !== 'kernel',
  );
}
