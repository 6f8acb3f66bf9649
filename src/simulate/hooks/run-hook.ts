/** Running a hook: nf_hook_slow() over its entries. */

import { addressKey } from '../../base/address.ts';
import type { NetworkInterface } from '../../host/network-interface.ts';
import { byteAt, concatBytes, read32 } from '../../packet/bytes.ts';
import { confirmPacket } from '../conntrack/confirm.ts';
import { isReply, tupleOf } from '../conntrack/connection.ts';
import { trackPacket } from '../conntrack/track.ts';
import { sameAddress } from '../conntrack/tuple-address.ts';
import { destinationAddress, ipFamily, type LivePacket, sourceAddress } from '../live-packet.ts';
import { runNat } from '../nat/hook.ts';
import type { HookState } from '../rules/evaluation.ts';
import { packetInfo } from '../rules/packet-info.ts';
import type { PreparedChain } from '../rules/prepared-chain.ts';
import { acceptVerdict, dropVerdict, type RuleVerdict } from '../rules/registers.ts';
import { runBaseChain } from '../rules/run-chain.ts';
import { type Run, record, summaryNow } from '../run.ts';
import { defragment } from '../stack/defragment.ts';
import { routeReceived4, routeReceived6 } from '../stack/received-route.ts';
import { noteRoute, reroute } from '../stack/routing.ts';
import { stackDrop, stopPacket } from '../stack/stop.ts';
import { entriesOf, type HookEntry, hookKey } from './hook-table.ts';
import { settleSegments } from './hook-ties.ts';

/** True: every entry let the packet through. False: it ended here, and the journey knows how. */
export function runHook(run: Run, packet: LivePacket, state: HookState): boolean {
  const { journey } = packet;
  journey.sawHook = journey.sawHook || state.family !== 'netdev';
  const device = state.family === 'netdev' ? (state.input ?? state.output)?.name : undefined;
  const { hooks } = run.compiled;
  const entries =
    hooks.ties.size === 0
      ? entriesOf(hooks, state.family, state.hook, device)
      : entriesAt(run, packet.subject, hookKey(state.family, state.hook, device));
  if (run.recorder !== undefined) noteHook(run, packet, state);
  for (let index = 0; entries !== undefined && index < entries.length; index++) {
    const entry = entries[index];
    if (entry === undefined) break;
    const outcome = runEntry(run, packet, state, entry);
    if (outcome === acceptVerdict) continue;
    if (outcome === 'held') return false;
    if (outcome.kind === 'accept') continue;
    if (outcome.kind === 'queue' && outcome.bypass) continue;
    stopPacket(run, packet, outcome);
    return false;
  }
  if (state.family !== 'netdev' || journey.lastHook === undefined) journey.lastHook = state.hook;
  return true;
}

function entriesAt(run: Run, subject: number, key: string): readonly HookEntry[] | undefined {
  const { entries, ties } = run.compiled.hooks;
  const tied = ties.get(key);
  return tied === undefined ? entries.get(key) : settleSegments(run, subject, tied);
}

function runEntry(
  run: Run,
  packet: LivePacket,
  state: HookState,
  entry: HookEntry,
): RuleVerdict | 'held' {
  switch (entry.kind) {
    case 'chain':
      if (state.family === 'netdev' && entry.chain.table.family === 'inet')
        return runInetIngress(run, packet, state, entry.chain);
      return entry.chain.chain.base?.type === 'route'
        ? runRouteChain(run, packet, state, entry.chain)
        : runBaseChain(run, packet, state, entry.chain);
    case 'nat':
      return runNatHook(run, packet, state, entry.chains);
    case 'track':
      return trackPacket(run, packet, state) ? acceptVerdict : dropVerdict;
    case 'bridge-netfilter':
      return runBridgeNetfilter(run, packet, state) ? acceptVerdict : 'held';
    case 'confirm':
      if (confirmPacket(run, packet)) return acceptVerdict;
      // It is the very last function: the packet has passed the hook as far as rules can tell.
      packet.journey.lastHook = state.hook;
      return dropVerdict;
    case 'defragment':
      return defragment(run, packet, state) ? acceptVerdict : 'held';
  }
}

/** nft_do_chain_inet_ingress(): only IP packets, and broken ones are dropped. */
function runInetIngress(
  run: Run,
  packet: LivePacket,
  state: HookState,
  chain: PreparedChain,
): RuleVerdict {
  const family = ipFamily(packet);
  if (family === undefined) return acceptVerdict;
  if (!packetInfo(packet, 'netdev').hasTransport) return dropVerdict;
  return runBaseChain(run, packet, { ...state, family: family === 6 ? 'ip6' : 'ip' }, chain);
}

/**
 * br_netfilter: bridged IP packets go through the IP hooks as if the bridge device had received and sent them
 * (br_nf_pre_routing(), br_nf_forward(), br_nf_post_routing()).
 */
function runBridgeNetfilter(run: Run, packet: LivePacket, state: HookState): boolean {
  const family = ipFamily(packet);
  const name = family === 6 ? 'ip6tables' : 'iptables';
  const enabled = run.host.host.sysctls.get(`net.bridge.bridge-nf-call-${name}`) === '1';
  const withTags = run.host.host.sysctls.get('net.bridge.bridge-nf-filter-vlan-tagged') === '1';
  const skipped = !enabled || ((packet.link?.length ?? 0) > 14 && !withTags);
  if (family === undefined || skipped || packet.physicalInput === undefined) return true;
  // A frame that the bridge took in and IP sends again has been through postrouting: it has no physoutdev.
  if (state.hook === 'postrouting' && packet.input !== packet.physicalInput) return true;
  if (!packetInfo(packet, 'netdev').hasTransport) return false;
  const bridge = run.host.interfacesByName.get(packet.physicalInput.master ?? '');
  const ip: HookState = {
    family: family === 6 ? 'ip6' : 'ip',
    hook: state.hook,
    input: state.hook === 'postrouting' ? undefined : bridge,
    output: state.hook === 'prerouting' ? undefined : bridge,
  };
  const before = addressKey(destinationAddress(packet));
  const port = packet.input;
  if (state.hook === 'prerouting') packet.input = bridge;
  // A frame to another host is one to this host meanwhile.
  const { packetType } = packet;
  if (packetType === 'otherhost') packet.packetType = 'host';
  const passed = runHook(run, packet, ip);
  packet.input = port;
  if (packetType === 'otherhost') packet.packetType = packetType;
  if (!passed || state.hook !== 'prerouting') return passed;
  packet.prerouted = true;
  if (bridge === undefined || addressKey(destinationAddress(packet)) === before) return true;
  return routeTranslated(run, packet, bridge);
}

/**
 * br_nf_pre_routing_finish(): a new destination address is routed at once. What stays on the bridge gets the address of its
 * neighbour later (see bridge.ts); the bridge takes other frames for itself.
 */
function routeTranslated(run: Run, packet: LivePacket, bridge: NetworkInterface): boolean {
  const isIpv6 = ipFamily(packet) === 6;
  const routed = isIpv6 ? routeReceived6(run, packet, bridge) : routeReceived4(run, packet, bridge);
  if (routed.kind === 'drop') {
    stackDrop(run, packet, routed.reason);
    return false;
  }
  if (isIpv6 && routed.route.action === 'error') {
    stackDrop(run, packet, 'NO_ROUTE');
    return false;
  }
  packet.route = routed.route;
  noteRoute(run, packet, 'input', routed.route);
  if (routed.route.action === 'forward' && routed.route.device === bridge) return true;
  if (packet.link !== undefined && bridge.mac !== undefined)
    packet.link = concatBytes(bridge.mac, packet.link.subarray(bridge.mac.length));
  packet.packetType = 'host';
  return true;
}

/** nf_route_table_hook4() and 6: a changed mark, address or TOS makes the packet look for its route again. */
function runRouteChain(
  run: Run,
  packet: LivePacket,
  state: HookState,
  chain: PreparedChain,
): RuleVerdict {
  const before = routingKey(packet);
  const verdict = runBaseChain(run, packet, state, chain);
  if (verdict.kind !== 'accept' || state.hook !== 'output') return verdict;
  if (routingKey(packet) === before) return verdict;
  return reroute(run, packet) ? verdict : dropVerdict;
}

function routingKey(packet: LivePacket): string {
  const { bytes, mark } = packet;
  const addresses = addressKey(sourceAddress(packet)) + addressKey(destinationAddress(packet));
  const word = ipFamily(packet) === 6 ? read32(bytes, 0) : byteAt(bytes, 1);
  const hopLimit = ipFamily(packet) === 6 ? byteAt(bytes, 7) : 0;
  return `${mark} ${word} ${hopLimit} ${addresses}`;
}

/** nf_nat_ipv4_pre_routing() and nf_nat_ipv4_local_fn(): a new destination needs a new route. */
function runNatHook(
  run: Run,
  packet: LivePacket,
  state: HookState,
  chains: readonly PreparedChain[],
): RuleVerdict {
  const before = destinationKey(packet);
  const verdict = runNat(run, packet, state, chains);
  if (verdict.kind !== 'accept') return verdict;
  if (state.hook === 'prerouting' && destinationKey(packet) !== before) packet.route = undefined;
  if (state.hook === 'output' && isDestinationMapped(packet))
    return reroute(run, packet) ? verdict : dropVerdict;
  return verdict;
}

function destinationKey(packet: LivePacket): number | string {
  return ipFamily(packet) === 6 ? addressKey(destinationAddress(packet)) : read32(packet.bytes, 16);
}

function isDestinationMapped({ connection, connectionInfo }: LivePacket): boolean {
  if (connection === undefined || connectionInfo === undefined) return false;
  const reply = isReply(connectionInfo);
  const { destination } = tupleOf(connection, reply);
  return !sameAddress(destination, tupleOf(connection, !reply).source);
}

function noteHook(run: Run, packet: LivePacket, state: HookState): void {
  record(run, {
    kind: 'hook-entered',
    subject: packet.subject,
    family: state.family,
    hook: state.hook,
    ...(state.input === undefined ? {} : { iif: state.input.name }),
    ...(state.output === undefined ? {} : { oif: state.output.name }),
    packet: summaryNow(packet),
  });
}
