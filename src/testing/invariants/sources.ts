/** `no-spoofed-source` and `no-management-from-outside`: what must not come in. */

import fc from 'fast-check';
import { parseAddress, parsePrefix, prefixContains } from '../../base/address.ts';
import { isOwnAddress } from '../../host/local-addresses.ts';
import { lookupRoute } from '../../host/route-lookup.ts';
import { fateDecider, fateOrigin } from '../../scenario/decider.ts';
import { factsOf, type OutcomeFacts } from '../../scenario/facts.ts';
import type { PacketFields } from '../../scenario/rows/packet-rows.ts';
import type { Played } from '../observe.ts';
import type { Broken, PacketProperty, PropertyContext } from './property.ts';

export const factsOfAll = ({ exploration }: Played): readonly OutcomeFacts[] =>
  exploration.outcomes.map(factsOf);

function brokenBy(facts: OutcomeFacts, packet: PacketFields, message: string): Broken {
  const origin = fateOrigin(facts);
  const steps = [{ packet, expect: 'drop' }];
  const text = `${message}, by ${fateDecider(facts)}`;
  return { message: text, steps, ...(origin === undefined ? {} : { origin }) };
}

function isExcepted(source: Uint8Array, { options }: PropertyContext): boolean {
  return (options.anywhere ?? []).some((text) => {
    const prefix = parsePrefix(text);
    return prefix !== undefined && prefixContains(prefix, source);
  });
}

/** The route back to the source leads elsewhere (RFC 3704, strict reverse path), or the source is the host's own. */
function isSpoofed({ in: device, source: text }: PacketFields, context: PropertyContext): boolean {
  const source = parseAddress(text ?? '');
  if (source === undefined || device === undefined || isExcepted(source, context)) return false;
  // What comes in on loopback the host has sent itself.
  if (device === 'lo') return false;
  const { host } = context.ruleset.compiled;
  if (isOwnAddress(host, source)) return true;
  const route = lookupRoute(host, { destination: source });
  return route.kind === 'found' && route.nexthops.every((hop) => hop.device !== device);
}

export const noSpoofedSource: PacketProperty = {
  name: 'no-spoofed-source',
  explain: 'No packet is forwarded whose source lies behind another interface.',
  options: ['--anywhere'],
  aim: (packets, { guide }) =>
    fc.tuple(packets, fc.nat({ max: 0xffff }), fc.nat({ max: 2 })).map(([packet, at, keep]) => {
      const { local: _local, mark: _mark, ...rest } = packet;
      const device = guide.pools.interfaces.at(at % Math.max(1, guide.pools.interfaces.length));
      if (keep === 2 || device === undefined || device === 'lo') return packet;
      return { ...rest, in: device };
    }),
  check(packet, played, context) {
    if (packet.state === 'established' || !isSpoofed(packet, context)) return undefined;
    const through = factsOfAll(played).find(({ outcome }) => outcome.fate.kind === 'forwarded');
    const what = `${packet.source} comes in on ${packet.in} and is forwarded`;
    return through && brokenBy(through, packet, what);
  },
};

/** Secure shell, BGP, etcd, the Kubernetes API and the kubelet. */
export const defaultManagementPorts = [22, 179, 2379, 6443, 10_250];

const portsOf = ({ options }: PropertyContext) => options.managementPorts ?? defaultManagementPorts;

export const noManagementFromOutside: PacketProperty = {
  name: 'no-management-from-outside',
  explain: 'No management port of the host is open from outside.',
  options: ['--outside', '--management-ports'],
  aim: (packets, context) => {
    const { outside, guide } = context;
    const { own } = guide.pools.family4;
    const ports = portsOf(context);
    if (outside.length === 0 || own.length === 0 || ports.length === 0) return packets;
    const aimed = fc.record({
      source: fc.constantFrom(...(guide.pools.family4.behind.get(outside[0] ?? '') ?? own)),
      destination: fc.constantFrom(...own),
      in: fc.constantFrom(...outside),
      port: fc.constantFrom(...ports),
    });
    return fc.oneof({ weight: 3, arbitrary: aimed }, { weight: 1, arbitrary: packets });
  },
  check(packet, played, context) {
    if (packet.state === 'established' || !context.outside.includes(packet.in ?? ''))
      return undefined;
    const isOpen = ({ outcome, arrived }: OutcomeFacts) =>
      outcome.fate.kind === 'local' && portsOf(context).includes(arrived?.destinationPort ?? -1);
    const open = factsOfAll(played).find(isOpen);
    const port = open?.arrived?.destinationPort;
    return open && brokenBy(open, packet, `port ${port} of the host is open on ${packet.in}`);
  },
};
