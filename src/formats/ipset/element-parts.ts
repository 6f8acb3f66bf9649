/** Elements of ipsets between text (`10.0.0.0/8,tcp:80`) and parts. */

import {
  formatAddress,
  formatLinkLayerAddress,
  formatPrefix,
  parseAddress,
  parseLinkLayerAddress,
  parsePrefix,
} from '../../base/address.ts';
import type { IpSetPart, IpSetType } from '../../host/ipset.ts';
import { dimensionsOfType, type IpSetDimension } from '../../host/ipset-index.ts';
import { parseUnsigned } from '../host-text/lines.ts';
import {
  formatIcmpPort,
  ipsetProtocolName,
  ipsetProtocolNumber,
  parseIcmpPort,
} from './port-names.ts';

/** The parts of an element of that type; undefined if the text is none. bitmap:ip,mac may lack its MAC. */
export function parseElementParts(text: string, type: IpSetType): readonly IpSetPart[] | undefined {
  if (type === 'list:set') return [{ kind: 'set', name: text }];
  const dimensions = dimensionsOfType[type];
  const texts = text.split(',');
  const mayLackMac = type === 'bitmap:ip,mac' && texts.length === 1;
  if (texts.length !== dimensions.length && !mayLackMac) return undefined;
  const parts = texts.map((part, position) => {
    const dimension = dimensions[position];
    return dimension === undefined ? undefined : readers[dimension](part);
  });
  return parts.every((part) => part !== undefined) ? parts : undefined;
}

const readers: Readonly<Record<IpSetDimension, (text: string) => IpSetPart | undefined>> = {
  address: readAddress,
  port: readPort,
  mac: (text) => {
    const mac = parseLinkLayerAddress(text);
    return mac?.length === 6 ? { kind: 'mac', mac } : undefined;
  },
  mark: (text) => {
    const mark = parseUnsigned(text);
    return mark === undefined ? undefined : { kind: 'mark', mark };
  },
  interface: (text) => {
    const physical = text.startsWith('physdev:');
    const name = physical ? text.slice('physdev:'.length) : text;
    return name === '' ? undefined : { kind: 'interface', name, physical, wildcard: false };
  },
};

function readAddress(text: string): IpSetPart | undefined {
  const plain = text.startsWith('[') ? text.replace(/^\[(.*)\]/, '$1') : text;
  const dash = plain.indexOf('-');
  if (dash < 0) {
    const prefix = parsePrefix(plain);
    return prefix === undefined ? undefined : { kind: 'net', ...prefix };
  }
  const from = parseAddress(plain.slice(0, dash));
  const to = parseAddress(plain.slice(dash + 1));
  if (from === undefined || to === undefined || from.length !== to.length) return undefined;
  return { kind: 'range', from, to };
}

function readPort(text: string): IpSetPart | undefined {
  const colon = text.indexOf(':');
  if (colon < 0) return portRange(text, {});
  const protocolName = text.slice(0, colon);
  const protocol = ipsetProtocolNumber(protocolName);
  if (protocol === undefined) return undefined;
  const port = text.slice(colon + 1);
  if (protocol !== 1 && protocol !== 58) return portRange(port, { protocol, protocolName });
  const icmp = parseIcmpPort(port, protocol);
  return icmp === undefined
    ? undefined
    : { kind: 'port', protocol, protocolName, from: icmp, to: icmp };
}

function portRange(
  text: string,
  protocol: { protocol?: number; protocolName?: string },
): IpSetPart | undefined {
  const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text);
  const from = Number(match?.[1]);
  const to = Number(match?.[2] ?? match?.[1]);
  return match === null || from > 65535 || to > 65535
    ? undefined
    : { kind: 'port', ...protocol, from, to };
}

export function formatElementParts(parts: readonly IpSetPart[]): string {
  return parts.map(formatPart).join(',');
}

function formatPart(part: IpSetPart): string {
  switch (part.kind) {
    case 'net':
      return formatPrefix(part);
    case 'range':
      return `${formatAddress(part.from)}-${formatAddress(part.to)}`;
    case 'port':
      return formatPort(part);
    case 'mac':
      return formatLinkLayerAddress(part.mac).toUpperCase();
    case 'mark':
      return `0x${part.mark.toString(16).padStart(8, '0')}`;
    case 'interface':
      return part.physical ? `physdev:${part.name}` : part.name;
    case 'set':
      return part.name;
  }
}

function formatPort(part: Extract<IpSetPart, { kind: 'port' }>): string {
  const range = part.from === part.to ? String(part.from) : `${part.from}-${part.to}`;
  if (part.protocol === undefined) return range;
  const name = part.protocolName ?? ipsetProtocolName(part.protocol);
  const icmp = part.protocol === 1 || part.protocol === 58 ? part.protocol : undefined;
  return `${name}:${icmp === undefined ? range : formatIcmpPort(part.from, icmp)}`;
}
