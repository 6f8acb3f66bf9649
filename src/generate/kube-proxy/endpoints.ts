/** Endpoints of service ports, gathered from EndpointSlices as kube-proxy does. */

import type { Maybe } from '../kubernetes/check.ts';
import type { EndpointSlice, SliceEndpoint } from '../kubernetes/endpoint-slice.ts';
import { type AddressFamily, addressText } from '../kubernetes/go-address.ts';

export interface Endpoint {
  readonly address: string;
  readonly port: number;
  /** `IP:port` or `[IP]:port`; endpoints are sorted by it. */
  readonly text: string;
  readonly isLocal: boolean;
  readonly isReady: boolean;
  readonly isServing: boolean;
  readonly isTerminating: boolean;
  readonly zoneHints: readonly string[];
  readonly nodeHints: readonly string[];
}

/** Endpoints by `PORTNAME/protocol`, each list sorted by text. */
export type EndpointsByPort = ReadonlyMap<string, readonly Endpoint[]>;

export const serviceNameLabel = 'kubernetes.io/service-name';

export function endpointPortKey(portName: string, protocol: string): string {
  return `${portName}/${protocol}`;
}

/** `endpointInfoByServicePort` of pkg/proxy/endpointslicecache.go, for the slices of one service. */
export function endpointsOf(
  slices: readonly EndpointSlice[],
  family: AddressFamily,
  nodeName: string,
): EndpointsByPort {
  const byPort = new Map<string, Endpoint[]>();
  const addressType = family === 'ip' ? 'IPv4' : 'IPv6';
  for (const slice of slices) {
    if (slice.addressType !== addressType || !slice.endpoints || !slice.ports) continue;
    for (const { name, port, protocol } of slice.ports) {
      if (name === null || name === undefined || !port) continue;
      const key = endpointPortKey(name, (protocol ?? 'TCP').toLowerCase());
      let known = byPort.get(key);
      if (known === undefined) {
        known = [];
        byPort.set(key, known);
      }
      for (const entry of slice.endpoints) {
        const endpoint = toEndpoint(entry, port, family, nodeName);
        if (endpoint !== undefined) known.push(endpoint);
      }
    }
  }
  for (const known of byPort.values()) keepDistinct(sortedByText(known));
  return byPort;
}

/** The same IP:port in two slices: the first one that does not terminate wins, else the first. */
function keepDistinct(sorted: Endpoint[]): void {
  let kept = 0;
  for (const endpoint of sorted) {
    const last = kept > 0 ? sorted[kept - 1] : undefined;
    if (last === undefined || last.text !== endpoint.text) sorted[kept++] = endpoint;
    else if (last.isTerminating && !endpoint.isTerminating) sorted[kept - 1] = endpoint;
  }
  sorted.length = kept;
}

function toEndpoint(
  entry: SliceEndpoint,
  port: number,
  family: AddressFamily,
  nodeName: string,
): Endpoint | undefined {
  const address = addressText(entry.addresses[0] ?? '', family);
  if (address === undefined) return undefined;
  const { conditions, hints } = entry;
  return {
    address,
    port,
    text: family === 'ip' ? `${address}:${port}` : `[${address}]:${port}`,
    isLocal: typeof entry.nodeName === 'string' && entry.nodeName === nodeName,
    isReady: conditions?.ready ?? true,
    isServing: conditions?.serving ?? true,
    isTerminating: conditions?.terminating ?? false,
    zoneHints: hintNames(hints?.forZones),
    nodeHints: hintNames(hints?.forNodes),
  };
}

const noHints: readonly string[] = [];

function hintNames(hints: Maybe<readonly { readonly name: string }[]>): readonly string[] {
  return hints && hints.length > 0 ? hints.map(({ name }) => name) : noHints;
}

/** Go compares strings by bytes; the texts are ASCII, so code units do. */
export function sortedByText(endpoints: Endpoint[]): Endpoint[] {
  return endpoints.sort(compareTexts);
}

function compareTexts(left: Endpoint, right: Endpoint): number {
  return left.text < right.text ? -1 : left.text > right.text ? 1 : 0;
}
