/** From the packet of a case to bytes on a device: what is left open the host fills in. */

import {
  type Address,
  addressesEqual,
  formatAddress,
  parseAddress,
  parseLinkLayerAddress,
} from '../base/address.ts';
import { closest } from '../base/text.ts';
import { icmpTypeType, icmpv6TypeType } from '../datatypes/icmp.ts';
import { isOwnAddress } from '../host/local-addresses.ts';
import type { NetworkInterface } from '../host/network-interface.ts';
import type { PreparedHost } from '../host/prepared-host.ts';
import { lookupRoute } from '../host/route-lookup.ts';
import { buildFrame, buildPacket, type PacketDescription } from '../packet/build.ts';
import { hasPorts, protocol as protocols } from '../packet/protocols.ts';
import type { LocalSender, PacketInput } from '../simulate/api.ts';
import type { PacketFields } from './rows/packet-rows.ts';

export interface CasePacket {
  readonly description: PacketDescription;
  readonly input: PacketInput;
}

/** Why there can be no such packet, in one lower-case sentence. */
export interface Impossible {
  readonly impossible: string;
}

/** A high port that no well-known service uses. */
const defaultSourcePort = 40_000;
/** Locally administered (RFC 7042): the far end of a cable whose neighbour entry is not known. */
const unknownMac = Uint8Array.of(2, 0, 0, 0, 0, 254);

export function buildCasePacket(host: PreparedHost, fields: PacketFields): CasePacket | Impossible {
  const description = describePacket(fields);
  if ('impossible' in description) return description;
  const input = inputOf(host, fields, description);
  return 'impossible' in input ? input : { description, input };
}

function describePacket(fields: PacketFields): PacketDescription | Impossible {
  const source = readAddress(fields.source);
  const destination = readAddress(fields.destination);
  if (source === undefined) return { impossible: 'the packet has no source' };
  if (destination === undefined) return { impossible: 'the packet has no destination' };
  if (source.length !== destination.length) {
    return { impossible: 'source and destination are of different families' };
  }
  const family = source.length === 4 ? 4 : 6;
  const given = fields.protocol ?? (fields.icmpType === undefined ? protocols.tcp : protocols.icmp);
  const protocol = given === protocols.icmp && family === 6 ? protocols.icmpv6 : given;
  const transport = describeTransport(fields, protocol, family);
  if ('impossible' in transport) return transport;
  return {
    source,
    destination,
    protocol,
    ...transport,
    ...(fields.ttl === undefined ? {} : { ttl: fields.ttl }),
    ...(fields.dscp === undefined ? {} : { dscp: fields.dscp }),
    ...(fields.length === undefined ? {} : { payload: countingBytes(fields.length) }),
  };
}

const readAddress = (text: string | undefined): Address | undefined =>
  text === undefined ? undefined : parseAddress(text);

function countingBytes(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => index & 255);
}

function describeTransport(
  fields: PacketFields,
  protocol: number,
  family: 4 | 6,
): Partial<PacketDescription> | Impossible {
  const isIcmp = protocol === protocols.icmp || protocol === protocols.icmpv6;
  if (!isIcmp && (fields.icmpType !== undefined || fields.icmpCode !== undefined)) {
    return { impossible: `protocol ${protocol} has no ICMP type or code` };
  }
  if (protocol !== protocols.tcp && fields.flags !== undefined) {
    return { impossible: `protocol ${protocol} has no TCP flags` };
  }
  if (isIcmp) return describeIcmp(fields, protocol, family);
  if (!hasPorts(protocol)) {
    if (fields.port === undefined && fields.sourcePort === undefined) return {};
    return { impossible: `protocol ${protocol} has no ports` };
  }
  if (fields.port === undefined) return { impossible: 'the packet has no port' };
  const flags = fields.flags ?? (fields.state === 'established' ? 'A' : 'S');
  return {
    sourcePort: fields.sourcePort ?? defaultSourcePort,
    destinationPort: fields.port,
    ...(protocol === protocols.tcp ? { flags } : {}),
  };
}

function describeIcmp(
  fields: PacketFields,
  protocol: number,
  family: 4 | 6,
): Partial<PacketDescription> | Impossible {
  if ((protocol === protocols.icmpv6) !== (family === 6)) {
    return { impossible: 'ICMP is for IPv4, ICMPv6 for IPv6' };
  }
  if (fields.port !== undefined || fields.sourcePort !== undefined) {
    return { impossible: 'ICMP has no ports' };
  }
  const type = icmpTypeNumber(fields.icmpType, family);
  if (typeof type !== 'number') return type;
  return {
    icmpType: type,
    ...(fields.icmpCode === undefined ? {} : { icmpCode: fields.icmpCode }),
    ...(fields.icmpId === undefined ? {} : { icmpId: fields.icmpId }),
  };
}

function icmpTypeNumber(text: string | undefined, family: 4 | 6): number | Impossible {
  if (text === undefined) return family === 4 ? 8 : 128;
  if (/^[0-9]+$/.test(text) && Number(text) < 256) return Number(text);
  const symbols = (family === 4 ? icmpTypeType : icmpv6TypeType).symbols ?? [];
  const symbol = symbols.find(({ name }) => name === text);
  if (symbol !== undefined) return Number(symbol.value);
  const near = closest(
    text,
    symbols.map(({ name }) => name),
  );
  const hint = near === undefined ? '' : `; did you mean ${near}?`;
  return { impossible: `${text} is no ICMP type${hint}` };
}

function senderOf({ mark, uid, gid, out }: PacketFields): LocalSender {
  return {
    ...(mark === undefined ? {} : { mark }),
    ...(uid === undefined ? {} : { uid }),
    ...(gid === undefined ? {} : { gid }),
    ...(out === undefined ? {} : { device: out }),
  };
}

const senderKeys = ['mark', 'uid', 'gid', 'out'] as const;

function inputOf(
  host: PreparedHost,
  fields: PacketFields,
  description: PacketDescription,
): PacketInput | Impossible {
  const own = fields.in === undefined && isOwnAddress(host, description.source);
  if (fields.local === true || own) {
    if (fields.in !== undefined) return { impossible: 'a local packet does not come in' };
    if (fields.out !== undefined && !host.interfacesByName.has(fields.out)) {
      return noInterface(host, fields.out);
    }
    return { kind: 'local', packet: buildPacket(description), sender: senderOf(fields) };
  }
  const wrong = senderKeys.find((key) => fields[key] !== undefined);
  if (wrong !== undefined) return { impossible: `'${wrong}' is of packets that the host sends` };
  const device = deviceOf(host, fields, description);
  if ('impossible' in device) return device;
  const mac = fields.sourceMac === undefined ? undefined : parseLinkLayerAddress(fields.sourceMac);
  return receivedOn(host, device, description, mac);
}

function noInterface(host: PreparedHost, name: string): Impossible {
  const near = closest(name, host.interfacesByName.keys());
  const hint = near === undefined ? '' : `; did you mean '${near}'?`;
  return { impossible: `the host has no interface '${name}'${hint}` };
}

function deviceOf(
  host: PreparedHost,
  fields: PacketFields,
  { source }: PacketDescription,
): NetworkInterface | Impossible {
  if (fields.in !== undefined) {
    return host.interfacesByName.get(fields.in) ?? noInterface(host, fields.in);
  }
  const lookup = lookupRoute(host, { destination: source });
  const from = formatAddress(source);
  if (lookup.kind !== 'found') {
    return { impossible: `no route leads back to ${from}: say where it comes in with 'in'` };
  }
  const name = lookup.nexthops[0].device;
  return host.interfacesByName.get(name) ?? noInterface(host, name);
}

/** A packet as it comes in on a device: with a link header where the device has one. */
export function receivedOn(
  host: PreparedHost,
  device: NetworkInterface,
  description: PacketDescription,
  mac?: Uint8Array,
): PacketInput {
  const packet = buildPacket(description);
  const hasHeader = device.linkType === 'ether' || device.linkType === 'loopback';
  if (!hasHeader) return { kind: 'received', device: device.name, frame: packet };
  const neighbour = host.host.neighbours.find(
    (entry) => entry.device === device.name && addressesEqual(entry.address, description.source),
  );
  const link = {
    source: mac ?? neighbour?.mac ?? unknownMac,
    destination: device.mac ?? new Uint8Array(6),
  };
  return { kind: 'received', device: device.name, frame: buildFrame(packet, link) };
}
