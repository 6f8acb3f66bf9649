/** Shapes of the values that packets and expectations are made of. */

import { formatAddress, parseAddress, parseLinkLayerAddress } from '../../base/address.ts';
import { debianEnvironment } from '../../datatypes/environment.ts';
import { integer, parsedText } from '../shape/leaves.ts';
import type { Shape } from '../shape/shape.ts';

/** An address in canonical text. */
export const address: Shape<string> = parsedText({
  what: 'an IPv4 or IPv6 address',
  pattern: '^[0-9a-fA-F.:]+$',
  parse(value) {
    const parsed = parseAddress(value);
    return parsed === undefined ? undefined : formatAddress(parsed);
  },
});

export const mac: Shape<string> = parsedText({
  what: 'a MAC address',
  pattern: '^[0-9a-fA-F]{1,2}(:[0-9a-fA-F]{1,2}){5}$',
  hint: 'quote it: YAML reads digits with colons as a number',
  parse: (value) => (parseLinkLayerAddress(value)?.length === 6 ? value : undefined),
});

/** An end of a connection: an address, a port, or both; `none`: NAT left it alone. */
export interface Endpoint {
  readonly address?: string;
  readonly port?: number;
}

function portNumber(text: string): number | undefined {
  return /^[0-9]{1,5}$/.test(text) && Number(text) < 65536 ? Number(text) : undefined;
}

/** `10.0.0.1`, `10.0.0.1:80`, `[2001:db8::1]:80`, `:80`, `none`. */
export function parseEndpoint(text: string): Endpoint | 'none' | undefined {
  if (text === 'none') return 'none';
  const bare = parseAddress(text);
  if (bare !== undefined) return { address: formatAddress(bare) };
  const match = /^(?:\[([^\]]+)\]|([^:]*)):([0-9]+)$/.exec(text);
  const port = portNumber(match?.[3] ?? '');
  if (match === null || port === undefined) return undefined;
  const host = match[1] ?? match[2] ?? '';
  if (host === '') return { port };
  const parsed = parseAddress(host);
  return parsed === undefined ? undefined : { address: formatAddress(parsed), port };
}

export const endpoint: Shape<Endpoint | 'none'> = parsedText({
  what: 'an endpoint such as 10.0.0.1:80, :80, 10.0.0.1, or none',
  parse: parseEndpoint,
});

/** An exact share: `1/3`, `0.25`, `50%`. */
export const share: Shape<number> = parsedText({
  what: 'a probability such as 1/3, 0.25 or 50%',
  parse(value) {
    const fraction = /^([0-9]+)\s*\/\s*([1-9][0-9]*)$/.exec(value);
    const percent = /^([0-9.]+)\s*%$/.exec(value);
    const number =
      fraction !== null
        ? Number(fraction[1]) / Number(fraction[2])
        : percent !== null
          ? Number(percent[1]) / 100
          : Number(value);
    return number >= 0 && number <= 1 ? number : undefined;
  },
});

/** Seconds: `30`, `1.5s`, `2m`, `1h`, `3d`. */
export const duration: Shape<number> = parsedText({
  what: 'a time such as 30s, 2m, 1h or 1d',
  parse(value) {
    const match = /^([0-9]+(?:\.[0-9]+)?)(ms|s|m|h|d)?$/.exec(value);
    if (match === null) return undefined;
    const units = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86400 } as const;
    const unit = Object.entries(units).find(([name]) => name === (match[2] ?? 's'));
    return Number(match[1]) * (unit?.[1] ?? 1);
  },
});

/** Spellings beside those of /etc/protocols that people use. */
const protocolNames = new Map([
  ...debianEnvironment.protocols.numbers,
  ...Object.entries({ icmpv6: 58, 'ipv6-icmp': 58, ipip: 4, gre: 47 }),
]);

export const protocolNumber = integer({
  what: 'an IP protocol',
  maximum: 255,
  names: new Map([...protocolNames].map(([name, number]) => [name.toLowerCase(), number])),
});

export const port = integer({
  what: 'a port',
  maximum: 65535,
  names: debianEnvironment.services.numbers,
});

export const mark = integer({ what: 'a mark', maximum: 0xffffffff });

export const tcpFlags: Shape<string> = parsedText({
  what: 'letters of FSRPAUEC',
  pattern: '^[FSRPAUECfsrpauec]*$',
  parse: (value) => (/^[FSRPAUEC]*$/i.test(value) ? value.toUpperCase() : undefined),
});
