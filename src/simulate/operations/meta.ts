/** meta: facts about the packet that stand in no header (nft_meta_get_eval(), net/netfilter/nft_meta.c). */

import type { NetworkInterface } from '../../host/network-interface.ts';
import type { MetaOperation } from '../../model/operations.ts';
import type { Evaluation, HookFamily, Step } from '../rules/evaluation.ts';
import { registerOffset } from '../rules/registers.ts';
import type { StepCompiler } from '../rules/step-compiler.ts';
import { isOfKernelSocket } from './kernel-socket.ts';
import { prepareOwner } from './meta-owner.ts';
import { prepareRandomWord } from './random-word.ts';
import {
  breakRule,
  store8,
  storeHost16,
  storeHost32,
  storeHost64,
  storeNetwork16,
  storeText,
} from './store.ts';
import { prepareUnknownNumber, type UnknownNumber } from './unknown-number.ts';
import { unmodelledStep } from './unmodelled.ts';

type Reader = (evaluation: Evaluation, to: number) => void;

/** ARPHRD_* by the word after `link/`. */
const hardwareTypes: Readonly<Record<string, number>> = {
  ether: 1,
  loopback: 772,
  ipip: 768,
  tunnel6: 769,
  sit: 776,
  gre: 778,
  gre6: 823,
  none: 65534,
  ppp: 512,
};

export const packetTypes = { host: 0, broadcast: 1, multicast: 2, otherhost: 3 } as const;

export const familyNumbers: Readonly<Record<HookFamily, number>> = {
  ip: 2,
  arp: 3,
  netdev: 5,
  bridge: 7,
  ip6: 10,
};

const kindNames: Readonly<Record<string, string>> = { ether: '', loopback: '', other: '' };

function storeType(evaluation: Evaluation, to: number, device: NetworkInterface | undefined): void {
  if (device === undefined) breakRule(evaluation);
  else storeHost16(evaluation, to, hardwareTypes[device.linkType] ?? 65535);
}

/** Where the packet is (skb->dev), whatever devices the hook is told: from postrouting on, where it leaves. */
function inputTypeDevice({ state }: Evaluation): NetworkInterface | undefined {
  const leaves =
    state.hook === 'egress' ||
    state.hook === 'postrouting' ||
    (state.hook === 'output' && state.family === 'arp');
  return leaves ? state.output : state.input;
}

function storeGroup(
  evaluation: Evaluation,
  to: number,
  device: NetworkInterface | undefined,
): void {
  if (device === undefined) breakRule(evaluation);
  else storeHost32(evaluation, to, device.group);
}

/** rtnl_link_ops->kind; devices made by drivers have none. */
function storeKind(evaluation: Evaluation, to: number, device: NetworkInterface | undefined): void {
  const kind = device?.kindName ?? kindNames[device?.kind ?? 'other'] ?? device?.kind ?? '';
  if (device === undefined || kind === '') breakRule(evaluation);
  else storeText(evaluation, to, kind);
}

/** skb->len: egress and ARP output see the link header too. */
export function packetLength({ packet, state }: Evaluation): number {
  const framed = state.hook === 'egress' || (state.family === 'arp' && state.hook === 'output');
  return packet.length + (framed ? (packet.link?.length ?? 0) : 0);
}

/** The name of the bridge that the device belongs to. */
function bridgeOf(
  evaluation: Evaluation,
  device: NetworkInterface | undefined,
): NetworkInterface | undefined {
  const master = evaluation.run.host.interfacesByName.get(device?.master ?? '');
  return master?.kind === 'bridge' ? master : undefined;
}

function storeBridge(
  evaluation: Evaluation,
  to: number,
  device: NetworkInterface | undefined,
): void {
  const bridge = bridgeOf(evaluation, device);
  if (bridge === undefined) breakRule(evaluation);
  else storeText(evaluation, to, bridge.name);
}

const secondsPerDay = 86400;

const readers: Readonly<Record<string, Reader>> = {
  len: (evaluation, to) => storeHost32(evaluation, to, packetLength(evaluation)),
  protocol: (evaluation, to) => storeNetwork16(evaluation, to, evaluation.packet.etherType),
  nfproto: (evaluation, to) => store8(evaluation, to, familyNumbers[evaluation.state.family]),
  l4proto: (evaluation, to) => {
    if (evaluation.info.hasTransport) store8(evaluation, to, evaluation.info.protocol);
    else breakRule(evaluation);
  },
  priority: (evaluation, to) => storeHost32(evaluation, to, evaluation.packet.priority),
  mark: (evaluation, to) => storeHost32(evaluation, to, evaluation.packet.mark),
  iif: (evaluation, to) => storeHost32(evaluation, to, evaluation.state.input?.index ?? 0),
  oif: (evaluation, to) => storeHost32(evaluation, to, evaluation.state.output?.index ?? 0),
  iifname: (evaluation, to) => storeText(evaluation, to, evaluation.state.input?.name ?? ''),
  oifname: (evaluation, to) => storeText(evaluation, to, evaluation.state.output?.name ?? ''),
  iiftype: (evaluation, to) => storeType(evaluation, to, inputTypeDevice(evaluation)),
  oiftype: (evaluation, to) => storeType(evaluation, to, evaluation.state.output),
  iifgroup: (evaluation, to) => storeGroup(evaluation, to, evaluation.state.input),
  oifgroup: (evaluation, to) => storeGroup(evaluation, to, evaluation.state.output),
  iifkind: (evaluation, to) => storeKind(evaluation, to, evaluation.state.input),
  oifkind: (evaluation, to) => storeKind(evaluation, to, evaluation.state.output),
  pkttype: (evaluation, to) => store8(evaluation, to, packetTypes[evaluation.packet.packetType]),
  nftrace: (evaluation, to) => store8(evaluation, to, evaluation.packet.traced ? 1 : 0),
  secmark: (evaluation, to) => storeHost32(evaluation, to, evaluation.packet.secmark),
  secpath: (evaluation, to) => store8(evaluation, to, 0),
  sdif: (evaluation, to) => storeHost32(evaluation, to, 0),
  sdifname: (evaluation, to) => storeText(evaluation, to, ''),
  rtclassid: (evaluation, to) => {
    if (evaluation.packet.route === undefined) breakRule(evaluation);
    else storeHost32(evaluation, to, 0);
  },
  bri_iifname: (evaluation, to) => storeBridge(evaluation, to, evaluation.state.input),
  bri_oifname: (evaluation, to) => storeBridge(evaluation, to, evaluation.state.output),
  time: (evaluation, to) =>
    storeHost64(evaluation, to, BigInt(Math.floor(evaluation.run.clock)) * 1000000n),
  day: (evaluation, to) => {
    const days = Math.floor(evaluation.run.clock / 1000 / secondsPerDay);
    store8(evaluation, to, (days + 4) % 7);
  },
  hour: (evaluation, to) =>
    storeHost32(evaluation, to, Math.floor(evaluation.run.clock / 1000) % secondsPerDay),
};

/** Of the socket that sends; other packets have none, except those that found theirs on the way to input. */
const cgroup: UnknownNumber = {
  what: 'meta cgroup',
  exists: ({ packet, state }) => packet.sender !== undefined || state.hook === 'input',
  isZero: isOfKernelSocket,
};

export function prepareMeta(operation: MetaOperation, compiler: StepCompiler): Step {
  const { key } = operation;
  const to = registerOffset(operation.destination);
  if (key === 'skuid' || key === 'skgid') return prepareOwner(operation, compiler);
  if (key === 'prandom' || key === 'random') return prepareRandomWord(operation, compiler);
  if (key === 'cpu')
    return prepareUnknownNumber(operation, compiler, { what: 'meta cpu', exists: () => true });
  if (key === 'cgroup') return prepareUnknownNumber(operation, compiler, cgroup);
  const reader = readers[key];
  if (reader === undefined) return unmodelledStep(`meta:${key}`, operation);
  return (evaluation) => reader(evaluation, to);
}
