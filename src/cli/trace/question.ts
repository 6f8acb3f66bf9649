/** The packet of a trace: read from the options, completed from the host, with every inference said. */

import { type Address, addressFamily, formatAddress, parseAddress } from '../../base/address.ts';
import { closest } from '../../base/text.ts';
import { isOwnAddress } from '../../host/local-addresses.ts';
import type { NetworkInterface } from '../../host/network-interface.ts';
import type { PreparedHost } from '../../host/prepared-host.ts';
import { lookupRoute } from '../../host/route-lookup.ts';
import { buildFrame, buildPacket, type PacketDescription } from '../../packet/build.ts';
import type { LocalSender, PacketInput } from '../../simulate/api.ts';
import { type OptionValues, readNumbers } from './numbers.ts';

/** The options of `trace` that describe the packet, as the user typed them. */
export interface PacketOptions extends OptionValues {
  readonly src?: string;
  readonly dst?: string;
  readonly proto?: string;
  readonly flags?: string;
  readonly iif?: string;
  readonly oif?: string;
  readonly smac?: string;
}

export interface Question {
  readonly packet: PacketDescription;
  readonly input: PacketInput;
  /** What was not said and had to be filled in; one lower-case sentence each. */
  readonly inferences: readonly string[];
}

/** Sent to the user as one line. */
export interface Mistake {
  readonly mistake: string;
}

export const isMistake = <Value extends object>(value: Value | Mistake): value is Mistake =>
  'mistake' in value;

/** A high port that no well-known service uses. */
const assumedSourcePort = 40000;
/** Locally administered (RFC 7042): the far end of a cable whose neighbour entry is not known. */
const unknownMac = Uint8Array.of(2, 0, 0, 0, 0, 254);
const portProtocols = new Set([6, 17, 33, 132, 136]);

function readAddress(name: string, text: string | undefined): Address | Mistake {
  if (text === undefined) return { mistake: `--${name} is missing: give an IPv4 or IPv6 address` };
  return parseAddress(text) ?? { mistake: `--${name} ${text}: not an IPv4 or IPv6 address` };
}

function findInterface(
  host: PreparedHost,
  option: string,
  name: string,
): NetworkInterface | Mistake {
  const device = host.interfacesByName.get(name);
  if (device !== undefined) return device;
  const near = closest(name, host.interfacesByName.keys());
  const hint = near === undefined ? '' : `; did you mean ${near}?`;
  return { mistake: `--${option} ${name}: the host has no such interface${hint}` };
}

/** The interface that a packet from `source` comes in on: where the route back leads; undefined is "the host itself". */
function inferInterface(
  host: PreparedHost,
  source: Address,
): NetworkInterface | Mistake | undefined {
  if (isOwnAddress(host, source)) return undefined;
  const lookup = lookupRoute(host, { destination: source });
  const from = formatAddress(source);
  if (lookup.kind !== 'found') {
    return { mistake: `no route leads back to ${from}: say where it comes in with --iif` };
  }
  const device = host.interfacesByName.get(lookup.nexthops[0].device);
  return device ?? { mistake: `the route back to ${from} names an unknown interface: give --iif` };
}

function describe(
  options: PacketOptions,
  source: Address,
  destination: Address,
  inferences: string[],
): PacketDescription | Mistake {
  const numbers = readNumbers(options, addressFamily(source));
  if (isMistake(numbers)) return numbers;
  const { protocol, ...rest } = numbers;
  if (options.proto === undefined) inferences.push('protocol tcp (no --proto)');
  const ports = portProtocols.has(protocol);
  if (ports && rest.destinationPort === undefined) {
    return {
      mistake: '--dport is missing: give the destination port (a number or a service name)',
    };
  }
  const sourcePort = rest.sourcePort ?? (ports ? assumedSourcePort : undefined);
  if (ports && rest.sourcePort === undefined) {
    inferences.push(`source port ${assumedSourcePort} (no --sport)`);
  }
  const flags = options.flags?.toUpperCase() ?? 'S';
  if (!/^[FSRPAUEC]*$/.test(flags))
    return { mistake: `--flags ${options.flags}: letters of FSRPAUEC` };
  if (protocol === 6 && options.flags === undefined) inferences.push('TCP flags SYN (no --flags)');
  return {
    ...rest,
    source,
    destination,
    protocol,
    flags,
    ...(sourcePort === undefined ? {} : { sourcePort }),
  };
}

function received(
  host: PreparedHost,
  device: NetworkInterface,
  packet: PacketDescription,
): PacketInput {
  const neighbour = host.host.neighbours.find(
    (entry) =>
      entry.device === device.name && formatAddress(entry.address) === formatAddress(packet.source),
  );
  const link = {
    source: neighbour?.mac ?? unknownMac,
    destination: device.mac ?? new Uint8Array(6),
  };
  return { kind: 'received', device: device.name, frame: buildFrame(buildPacket(packet), link) };
}

/** Where the packet starts: `--iif`, the host itself, or the interface that the route back names. */
function startOf(
  host: PreparedHost,
  options: PacketOptions,
  packet: PacketDescription,
  sender: LocalSender,
  inferences: string[],
): PacketInput | Mistake {
  const from = formatAddress(packet.source);
  if (options.iif !== undefined) {
    const device = findInterface(host, 'iif', options.iif);
    return isMistake(device) ? device : received(host, device, packet);
  }
  const device = inferInterface(host, packet.source);
  if (device === undefined) {
    inferences.push(`sent by the host itself (${from} is one of its addresses)`);
    return { kind: 'local', packet: buildPacket(packet), sender };
  }
  if (isMistake(device)) return device;
  inferences.push(`comes in on ${device.name} (the route back to ${from})`);
  return received(host, device, packet);
}

/** Reads the packet's options; the host fills in what they leave open. */
export function readQuestion(host: PreparedHost, options: PacketOptions): Question | Mistake {
  const source = readAddress('src', options.src);
  if ('mistake' in source) return source;
  const destination = readAddress('dst', options.dst);
  if ('mistake' in destination) return destination;
  if (source.length !== destination.length) {
    return { mistake: '--src and --dst are of different families' };
  }
  const inferences: string[] = [];
  const packet = describe(options, source, destination, inferences);
  if (isMistake(packet)) return packet;
  if (options.oif !== undefined) {
    const device = findInterface(host, 'oif', options.oif);
    if (isMistake(device)) return device;
  }
  const mark = options.mark === undefined ? undefined : Number(options.mark);
  const sender: LocalSender = {
    ...(mark === undefined ? {} : { mark }),
    ...(options.oif === undefined ? {} : { device: options.oif }),
  };
  const input = startOf(host, options, packet, sender, inferences);
  return isMistake(input) ? input : { packet, input, inferences };
}
