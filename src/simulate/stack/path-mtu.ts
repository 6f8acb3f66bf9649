/** What fits both ways of a connection: get_tcpmss() of nft_rt.c, tcpmss_mangle_packet() of xt_TCPMSS.c. */

import { routeOutput } from '../../host/route-output.ts';
import { ipFamily, type LivePacket, sourceAddress } from '../live-packet.ts';
import type { Run } from '../run.ts';

/** IP_MAX_MTU, IP6_MAX_MTU */
const largest = { 4: 0xffff, 6: 0xffff + 40 } as const;

/** The smaller MTU of the packet's route and of the way to its source; undefined without a route. */
export function pathMtu(run: Run, packet: LivePacket): number | undefined {
  const { route } = packet;
  if (route === undefined) return undefined;
  const most = largest[ipFamily(packet) ?? 4];
  return Math.min(route.mtu, mtuBack(run, packet) ?? route.mtu, most);
}

/** nf_route() with nothing but the source as destination. */
function mtuBack(run: Run, packet: LivePacket): number | undefined {
  const found = routeOutput(run.host, { destination: sourceAddress(packet) });
  if (found.kind === 'error') return undefined;
  const { lookup, choices } = found;
  return lookup?.route.mtu ?? run.host.interfacesByName.get(choices[0].nexthop.device)?.mtu;
}

/** IP and TCP header without options. */
export function smallestHeaders(packet: LivePacket): number {
  return ipFamily(packet) === 6 ? 60 : 40;
}
