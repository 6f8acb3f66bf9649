/** Ethernet bridges: learning, forwarding, flooding (net/bridge/br_input.c, br_forward.c, br_device.c). */

import type { NetworkInterface } from '../../host/network-interface.ts';
import { concatBytes, equalBytes, hexOfBytes } from '../../packet/bytes.ts';
import { confirmPacket } from '../conntrack/confirm.ts';
import { runHook } from '../hooks/run-hook.ts';
import { copyLivePacket, type LivePacket } from '../live-packet.ts';
import { type Run, record } from '../run.ts';
import { setEntry } from '../state/store.ts';
import { passUp } from './receive.ts';
import { fragmentPacket } from './refragment.ts';
import { stackDrop } from './stop.ts';
import { linkDestination, type SentAs, transmitFrame } from './transmit.ts';

/** Newest first, as the kernel keeps them. */
function portsOf(run: Run, bridge: NetworkInterface): readonly NetworkInterface[] {
  return run.host.host.interfaces
    .filter((device) => device.master === bridge.name && device.flags.includes('UP'))
    .reverse();
}

function fdbKey(bridge: NetworkInterface, mac: Uint8Array): string {
  return `${bridge.name} ${hexOfBytes(mac)}`;
}

/** The port behind a MAC: learnt, known as a fact, or the bridge itself. */
function findPort(
  run: Run,
  bridge: NetworkInterface,
  mac: Uint8Array,
): NetworkInterface | 'local' | undefined {
  if (bridge.mac !== undefined && equalBytes(bridge.mac, mac)) return 'local';
  const own = portsOf(run, bridge).some(
    (port) => port.mac !== undefined && equalBytes(port.mac, mac),
  );
  if (own) return 'local';
  const learnt = run.store.forwarding.get(fdbKey(bridge, mac));
  if (learnt !== undefined) return run.host.interfacesByName.get(learnt);
  const known = run.host.host.forwardingDatabase?.find(
    (entry) => entry.master === bridge.name && equalBytes(entry.mac, mac),
  );
  return known === undefined ? undefined : run.host.interfacesByName.get(known.device);
}

function isGroup(mac: Uint8Array): boolean {
  return ((mac[0] ?? 0) & 1) === 1;
}

export function receiveOnBridge(
  run: Run,
  packet: LivePacket,
  port: NetworkInterface,
  bridge: NetworkInterface,
): void {
  const { link } = packet;
  if (link === undefined) {
    stackDrop(run, packet, 'BRIDGE_NO_PORT');
    return;
  }
  const destination = link.slice(0, 6);
  const source = link.slice(6, 12);
  if (isGroup(source) || source.every((byte) => byte === 0)) {
    stackDrop(run, packet, 'BRIDGE_NO_PORT');
    return;
  }
  packet.physicalInput = port;
  if (bridge.mac !== undefined && equalBytes(bridge.mac, destination)) packet.packetType = 'host';
  const state = { family: 'bridge', hook: 'prerouting', input: port, output: undefined } as const;
  if (!runHook(run, packet, state)) return;
  if (!addressTranslated(run, packet, bridge)) return;
  // br_fdb_update() comes after the hook, which may have written another source.
  learn(run, bridge, packet.link?.slice(6, 12) ?? source, port);
  forwardOnBridge(run, packet, port, bridge, packet.link?.slice(0, 6) ?? destination);
}

/** br_nf_pre_routing_finish_bridge(): what was translated and stays on the bridge goes to its new neighbour; false: there is none. */
function addressTranslated(run: Run, packet: LivePacket, bridge: NetworkInterface): boolean {
  const { route, link } = packet;
  if (link === undefined || route?.action !== 'forward' || route.device !== bridge) return true;
  const destination = linkDestination(run, packet, bridge);
  if (destination === undefined) {
    stackDrop(run, packet, 'NO_NEIGHBOUR');
    return false;
  }
  packet.link = concatBytes(destination, link.subarray(destination.length));
  return true;
}

function learn(
  run: Run,
  bridge: NetworkInterface,
  source: Uint8Array,
  port: NetworkInterface,
): void {
  const { forwarding } = run.store;
  setEntry(run.journal, forwarding, fdbKey(bridge, source), port.name);
}

/** br_handle_frame_finish() */
function forwardOnBridge(
  run: Run,
  packet: LivePacket,
  port: NetworkInterface,
  bridge: NetworkInterface,
  destination: Uint8Array,
): void {
  if (isGroup(destination)) {
    const copy = copyLivePacket(packet, packet.subject, packet.journey);
    flood(run, packet, bridge, { from: port });
    passFrameUp(run, copy, bridge, port);
    return;
  }
  const target = findPort(run, bridge, destination);
  if (target === 'local') passFrameUp(run, packet, bridge, port);
  else if (target === undefined) flood(run, packet, bridge, { from: port });
  else if (!mayDeliver(target, port)) stackDrop(run, packet, 'BRIDGE_NO_PORT');
  else {
    noteForward(run, packet, bridge, [target], false);
    forwardTo(run, packet, target, port);
  }
}

function mayDeliver(target: NetworkInterface, from: NetworkInterface | undefined): boolean {
  if (!target.flags.includes('UP')) return false;
  return target !== from || target.bridgePort?.get('hairpin') === 'on';
}

interface FloodOptions {
  /** Absent: the bridge itself sends. */
  readonly from?: NetworkInterface;
  readonly sentAs?: SentAs;
}

function flood(
  run: Run,
  packet: LivePacket,
  bridge: NetworkInterface,
  options: FloodOptions,
): void {
  const ports = portsOf(run, bridge).filter((port) => mayDeliver(port, options.from));
  noteForward(run, packet, bridge, ports, true);
  if (ports.length === 0) stackDrop(run, packet, 'BRIDGE_NO_PORT');
  ports.forEach((port, index) => {
    const last = index === ports.length - 1;
    const copy = last ? packet : copyLivePacket(packet, packet.subject, packet.journey);
    forwardTo(run, copy, port, options.from, options.sentAs);
  });
}

function noteForward(
  run: Run,
  packet: LivePacket,
  bridge: NetworkInterface,
  ports: readonly NetworkInterface[],
  flooded: boolean,
): void {
  record(run, {
    kind: 'bridge-forwarded',
    subject: packet.subject,
    bridge: bridge.name,
    ports: ports.map(({ name }) => name),
    flooded,
  });
}

/** __br_forward() */
function forwardTo(
  run: Run,
  packet: LivePacket,
  port: NetworkInterface,
  from: NetworkInterface | undefined,
  sentAs: SentAs = 'bridged',
): void {
  packet.physicalOutput = port;
  const hook = from === undefined ? 'output' : 'forward';
  const state = { family: 'bridge', hook, input: from, output: port } as const;
  if (!runHook(run, packet, state)) return;
  const post = { family: 'bridge', hook: 'postrouting', input: undefined, output: port } as const;
  if (!runHook(run, packet, post)) return;
  for (const piece of piecesFor(run, packet, port)) transmitFrame(run, piece, port, sentAs);
}

/** br_nf_dev_queue_xmit(): what conntrack has put together for br_netfilter leaves in pieces again, if it is longer than they were. */
function piecesFor(run: Run, packet: LivePacket, { mtu }: NetworkInterface): readonly LivePacket[] {
  const { geometry, length } = packet;
  if (geometry === undefined) return [packet];
  const limit = Math.min(geometry.maxSize, mtu);
  if (length <= limit) return [packet];
  const pieces = fragmentPacket(packet, mtu);
  if (pieces === undefined) stackDrop(run, packet, 'TOO_BIG');
  else record(run, { kind: 'packet-fragmented', subject: packet.subject, by: 'output' });
  return pieces ?? [];
}

/** br_pass_frame_up(): from here on the packet came in on the bridge device. */
function passFrameUp(
  run: Run,
  packet: LivePacket,
  bridge: NetworkInterface,
  port: NetworkInterface,
): void {
  packet.input = bridge;
  const state = { family: 'bridge', hook: 'input', input: port, output: undefined } as const;
  if (!runHook(run, packet, state) || !confirmGroupFrame(run, packet)) return;
  const ingress = { family: 'netdev', hook: 'ingress', input: bridge, output: undefined } as const;
  if (!runHook(run, packet, ingress)) return;
  passUp(run, packet, bridge);
}

/** br_nf_local_in(): the entry of a frame to many is confirmed here, before copies of it are. */
function confirmGroupFrame(run: Run, packet: LivePacket): boolean {
  if (packet.connection === undefined || packet.packetType === 'host') return true;
  if (confirmPacket(run, packet)) return true;
  stackDrop(run, packet, 'NAT_CLASH');
  return false;
}

/** br_dev_xmit() */
export function sendThroughBridge(
  run: Run,
  packet: LivePacket,
  bridge: NetworkInterface,
  sentAs: SentAs,
): void {
  const { link } = packet;
  const destination = link?.slice(0, 6);
  if (destination === undefined) {
    stackDrop(run, packet, 'NO_NEIGHBOUR');
    return;
  }
  const target = isGroup(destination) ? undefined : findPort(run, bridge, destination);
  if (target === 'local') stackDrop(run, packet, 'BRIDGE_NO_PORT');
  else if (target === undefined) flood(run, packet, bridge, { sentAs });
  else forwardTo(run, packet, target, undefined, sentAs);
}
