/** The numeric options of a packet: ranges checked, names of protocols, services and ICMP types accepted. */

import { closest } from '../../base/text.ts';
import { debianEnvironment } from '../../datatypes/environment.ts';
import type { Mistake } from './question.ts';

/** As typed. */
export interface OptionValues {
  readonly proto?: string;
  readonly sport?: string;
  readonly dport?: string;
  readonly ttl?: string;
  readonly mark?: string;
  readonly icmpType?: string;
  readonly icmpCode?: string;
  readonly length?: string;
}

export interface PacketNumbers {
  readonly protocol: number;
  readonly sourcePort?: number;
  readonly destinationPort?: number;
  readonly ttl?: number;
  readonly icmpType?: number;
  readonly icmpCode?: number;
  readonly payload?: Uint8Array;
}

/** Spellings beside /etc/protocols that people use. */
const protocolAliases: Readonly<Record<string, number>> = {
  icmpv6: 58,
  'ipv6-icmp': 58,
  ipip: 4,
  gre: 47,
};

const icmpTypes: Readonly<Record<4 | 6, Readonly<Record<string, number>>>> = {
  4: {
    'echo-reply': 0,
    'destination-unreachable': 3,
    redirect: 5,
    'echo-request': 8,
    'time-exceeded': 11,
    'parameter-problem': 12,
    'timestamp-request': 13,
    'timestamp-reply': 14,
  },
  6: {
    'destination-unreachable': 1,
    'packet-too-big': 2,
    'time-exceeded': 3,
    'parameter-problem': 4,
    'echo-request': 128,
    'echo-reply': 129,
    'nd-router-solicit': 133,
    'nd-router-advert': 134,
    'nd-neighbor-solicit': 135,
    'nd-neighbor-advert': 136,
  },
};

function readInteger(option: string, text: string, maximum: number): number | Mistake {
  const value = /^(0x[0-9a-f]+|[0-9]+)$/i.test(text) ? Number(text) : Number.NaN;
  if (Number.isInteger(value) && value <= maximum) return value;
  return { mistake: `--${option} ${text}: a number from 0 to ${maximum}` };
}

function readNamed(
  option: string,
  text: string,
  maximum: number,
  names: ReadonlyMap<string, number>,
): number | Mistake {
  if (/^[0-9]/.test(text)) return readInteger(option, text, maximum);
  const number = names.get(text.toLowerCase());
  if (number !== undefined) return number;
  const near = closest(text, names.keys());
  const hint = near === undefined ? '' : `; did you mean ${near}?`;
  return { mistake: `--${option} ${text}: not a known name${hint}` };
}

function readProtocol(text: string | undefined, family: 4 | 6): number | Mistake {
  if (text === undefined) return 6;
  if (text === 'icmp' && family === 6) return 58;
  const names = new Map([
    ...debianEnvironment.protocols.numbers,
    ...Object.entries(protocolAliases),
  ]);
  return readNamed('proto', text, 255, names);
}

/** Bytes of a number that count up, as tools that make test packets fill them. */
function payloadBytes(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => index & 255);
}

/** Reads every number; the first mistake ends it. */
export function readNumbers(options: OptionValues, family: 4 | 6): PacketNumbers | Mistake {
  const services = debianEnvironment.services.numbers;
  const types = new Map(Object.entries(icmpTypes[family]));
  const optional = (text: string | undefined, read: (text: string) => number | Mistake) =>
    text === undefined ? undefined : read(text);
  const values = {
    protocol: readProtocol(options.proto, family),
    sourcePort: optional(options.sport, (text) => readNamed('sport', text, 65535, services)),
    destinationPort: optional(options.dport, (text) => readNamed('dport', text, 65535, services)),
    ttl: optional(options.ttl, (text) => readInteger('ttl', text, 255)),
    icmpType: optional(options.icmpType, (text) => readNamed('icmp-type', text, 255, types)),
    icmpCode: optional(options.icmpCode, (text) => readInteger('icmp-code', text, 255)),
    payload: optional(options.length, (text) => readInteger('length', text, 65000)),
    mark: optional(options.mark, (text) => readInteger('mark', text, 0xffffffff)),
  };
  const numbers: Record<string, number> = {};
  for (const [name, value] of Object.entries(values)) {
    if (typeof value === 'object') return value;
    if (value !== undefined) numbers[name] = value;
  }
  const { protocol = 6, payload, mark: _mark, ...rest } = numbers;
  return {
    protocol,
    ...rest,
    ...(payload === undefined ? {} : { payload: payloadBytes(payload) }),
  };
}
