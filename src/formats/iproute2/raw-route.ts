/** One route as words, before they mean anything: what the text and the JSON readers have in common. */

import { type Address, type Prefix, parseAddress, parsePrefix } from '../../base/address.ts';
import { scopeNumbers } from '../../host/network-interface.ts';
import type { Nexthop, Route, RouteType } from '../../host/route.ts';
import { parseDecimal, parseUnsigned } from '../host-text/lines.ts';
import { isRouteType, scopeNumber, tableName } from './names.ts';

export interface RawNexthop {
  readonly values: ReadonlyMap<string, string>;
  readonly flags: readonly string[];
}

/** Keys are the words of the text form: `via`, `dev`, `table`, `proto`, `scope`, `src`, `metric`, `mtu`, … */
export interface RawRoute {
  readonly type: string;
  readonly destination: string;
  readonly values: ReadonlyMap<string, string>;
  readonly flags: readonly string[];
  readonly nexthops: readonly RawNexthop[];
}

/** A route, or the first thing in it that is not understood. */
export type RouteReading = { readonly route: Route } | { readonly problem: string };

export function readRawRoute(raw: RawRoute, defaultFamily: 4 | 6): RouteReading {
  const { values } = raw;
  const family = familyOf(raw, defaultFamily);
  const destination = readPrefix(raw.destination, family);
  if (destination === undefined) return { problem: `no route destination: '${raw.destination}'` };
  if (!isRouteType(raw.type)) return { problem: `no route type: '${raw.type}'` };
  const nexthops = readNexthops(raw);
  if (nexthops === undefined) return { problem: 'a gateway that is no address' };
  const source = values.has('from') ? readPrefix(values.get('from') ?? '', family) : undefined;
  return {
    route: {
      family,
      table: tableName(values.get('table') ?? 'main'),
      type: raw.type,
      destination,
      ...(source === undefined ? {} : { source }),
      tos: parseUnsigned(values.get('tos')) ?? 0,
      metric: parseUnsigned(values.get('metric')) ?? (family === 4 ? 0 : 1024),
      scope: readScope(values.get('scope'), raw.type, nexthops, family),
      ...optionalFields(values),
      nexthops,
      flags: raw.flags,
    },
  };
}

type OptionalFields = Pick<
  Route,
  'preferredSource' | 'protocol' | 'mtu' | 'preference' | 'errorNumber'
>;

function optionalFields(values: ReadonlyMap<string, string>): OptionalFields {
  const preferredSource = parseAddress(values.get('src') ?? '');
  const protocol = values.get('proto');
  const mtu = parseDecimal(values.get('mtu'));
  const preference = readPreference(values.get('pref'));
  const errorNumber = parseDecimal(values.get('error')?.replace('-', ''));
  return {
    ...(preferredSource === undefined ? {} : { preferredSource }),
    ...(protocol === undefined ? {} : { protocol }),
    ...(mtu === undefined ? {} : { mtu }),
    ...(preference === undefined ? {} : { preference }),
    ...(errorNumber === undefined ? {} : { errorNumber }),
  };
}

function readPreference(text: string | undefined): Route['preference'] {
  return text === 'low' || text === 'medium' || text === 'high' ? text : undefined;
}

function familyOf(raw: RawRoute, defaultFamily: 4 | 6): 4 | 6 {
  const address =
    raw.destination === 'default'
      ? (raw.values.get('src') ?? raw.values.get('from'))
      : raw.destination;
  if (address === undefined || address === 'default' || address === 'all') return defaultFamily;
  return address.includes(':') ? 6 : 4;
}

function readPrefix(text: string, family: 4 | 6): Prefix | undefined {
  const any = text === 'default' || text === 'all' || text === 'any';
  if (any) return { address: new Uint8Array(family === 4 ? 4 : 16), prefixLength: 0 };
  return parsePrefix(text);
}

/** The kernel's default where none is printed: global through a gateway; iproute2 leaves out `scope global`. */
function readScope(
  text: string | undefined,
  type: RouteType,
  nexthops: readonly Nexthop[],
  family: 4 | 6,
): number {
  const given = text === undefined ? undefined : scopeNumber(text);
  if (given !== undefined) return given;
  if (text === undefined || family === 6 || nexthops.length === 0) return scopeNumbers.global;
  return type === 'local' ? scopeNumbers.host : scopeNumbers.link;
}

function readNexthops(raw: RawRoute): readonly Nexthop[] | undefined {
  if (raw.nexthops.length > 0) {
    const nexthops = raw.nexthops.map((nexthop) => readNexthop(nexthop.values, nexthop.flags));
    return nexthops.every((nexthop) => nexthop !== undefined) ? nexthops : undefined;
  }
  if (!raw.values.has('dev') && !raw.values.has('via')) return [];
  const nexthop = readNexthop(raw.values, raw.flags);
  return nexthop === undefined ? undefined : [nexthop];
}

function readNexthop(
  values: ReadonlyMap<string, string>,
  flags: readonly string[],
): Nexthop | undefined {
  const via: Address | undefined = parseAddress(values.get('via') ?? '');
  if (values.has('via') && via === undefined) return undefined;
  const device = values.get('dev');
  return {
    ...(via === undefined ? {} : { via }),
    ...(device === undefined ? {} : { device }),
    weight: parseDecimal(values.get('weight')) ?? 1,
    flags,
  };
}
