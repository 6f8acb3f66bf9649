/** The kinds of values that options take: numbers, ranges, marks, addresses, ports (libxtables' XTTYPE_*). */

import { type Address, parseLinkLayerAddress } from '../../base/address.ts';
import { parseClassicIpv4 } from '../../datatypes/parse-value.ts';
import type { ValueKind, ValueSite } from './extension.ts';
import { parseHost, parseMask, parseNetwork } from './networks.ts';
import { parseNumber } from './numbers.ts';
import { protocolByName } from './protocols.ts';
import { serviceOfProtocol, serviceToPort } from './services.ts';
import type { IptablesFamily } from './written.ts';

/** A kind that takes one word; `certain` as in ValueKind. */
function word<Value>(
  read: (text: string, site: ValueSite) => Value | undefined,
  certain?: (text: string) => boolean,
): ValueKind<Value> {
  return {
    words: 1,
    ...(certain && { certain }),
    read: ([text], site) =>
      text === undefined ? site.problem(`'${site.option}' requires an argument`) : read(text, site),
  };
}

export const oneWord = word;

export const flag: ValueKind<true> = { words: 0, read: () => true };

/** Free text of limited length (in UTF-16 units, which is bytes for ASCII). */
export function text(maximum = Number.POSITIVE_INFINITY, minimum = 0): ValueKind<string> {
  const fits = (value: string) => value.length <= maximum && value.length >= minimum;
  return word((value, site) => {
    if (fits(value)) return value;
    return value.length > maximum
      ? site.problem(`'${site.option}' takes at most ${maximum} characters`)
      : site.problem(`'${site.option}' takes at least ${minimum} characters`);
  }, fits);
}

/** Free text that is kept as far as it fits. */
export function cutText(length: number): ValueKind<string> {
  return word(
    (value) => value.slice(0, length),
    () => true,
  );
}

const plainSetName = /^[\w:.-]{1,31}$/;

/** Two words, such as a set's name and its directions. */
export const twoWords: ValueKind<readonly [string, string]> = {
  words: 2,
  certain: (text) => plainSetName.test(text),
  read: ([first, second], site) =>
    first === undefined || second === undefined
      ? site.problem(`'${site.option}' requires two arguments`)
      : [first, second],
};

function outOfRange(value: string, site: ValueSite, minimum: bigint, maximum: bigint): undefined {
  return site.problem(
    `bad value '${value}' for '${site.option}', or out of range (${minimum}-${maximum})`,
  );
}

export function number(maximum: number, minimum = 0): ValueKind<number> {
  return word((value, site) => {
    const parsed = parseNumber(value);
    return parsed === undefined || parsed > BigInt(maximum) || parsed < BigInt(minimum)
      ? outOfRange(value, site, BigInt(minimum), BigInt(maximum))
      : Number(parsed);
  });
}

export function bigNumber(maximum: bigint): ValueKind<bigint> {
  return word((value, site) => {
    const parsed = parseNumber(value);
    return parsed === undefined || parsed > maximum ? outOfRange(value, site, 0n, maximum) : parsed;
  });
}

export const maximum8 = 0xff;
export const maximum16 = 0xffff;
export const maximum32 = 0xffffffff;
export const maximum64 = 0xffffffffffffffffn;

export interface NumberRange {
  readonly from: number;
  readonly to: number;
  /** One number was written, not `from:to`. */
  readonly single: boolean;
}

/** `3`, `3:4`, `:4`, `3:` or `:`; an end left out is the least or greatest value. */
export function numberRange(maximum: number): ValueKind<NumberRange> {
  return word((value, site) => {
    const range = readRange(value, BigInt(maximum), site);
    return range === undefined
      ? undefined
      : { from: Number(range.from), to: Number(range.to), single: range.single };
  });
}

export function bigNumberRange(
  maximum: bigint,
): ValueKind<{ readonly from: bigint; readonly to: bigint; readonly single: boolean }> {
  return word((value, site) => readRange(value, maximum, site));
}

function readRange(
  value: string,
  maximum: bigint,
  site: ValueSite,
): { from: bigint; to: bigint; single: boolean } | undefined {
  const colon = value.indexOf(':');
  const fromText = colon < 0 ? value : value.slice(0, colon);
  const toText = colon < 0 ? '' : value.slice(colon + 1);
  const from = fromText === '' ? 0n : parseNumber(fromText);
  if (from === undefined || from > maximum) return outOfRange(fromText, site, 0n, maximum);
  if (colon < 0) return { from, to: from, single: true };
  const to = toText === '' ? maximum : parseNumber(toText);
  if (to === undefined || to > maximum || to < from) return outOfRange(toText, site, from, maximum);
  return { from, to, single: false };
}

/** A number with decimals within bounds. */
export function decimal(minimum: number, maximum: number): ValueKind<number> {
  return word(
    (value, site) => {
      const parsed = /^\d*\.?\d+([eE][+-]?\d+)?$/.test(value) ? Number(value) : Number.NaN;
      return parsed >= minimum && parsed <= maximum
        ? parsed
        : site.problem(
            `bad value '${value}' for '${site.option}', or out of range (${minimum}-${maximum})`,
          );
    },
    (value) => minimum <= 0 && maximum >= 1 && plainFraction.test(value),
  );
}

const plainFraction = /^0\.\d+$/;

export interface MaskedNumber {
  readonly value: number;
  readonly mask: number;
}

/** `value[/mask]`; without a mask all bits count. */
const plainMark = /^0x[0-9a-f]{1,8}(\/0x[0-9a-f]{1,8})?$/;

function isPlainMark(value: string): boolean {
  return plainMark.test(value);
}

export function masked(maximum: number): ValueKind<MaskedNumber> {
  return word(
    (value, site) => {
      const slash = value.indexOf('/');
      const parsed = parseNumber(slash < 0 ? value : value.slice(0, slash));
      const mask = slash < 0 ? BigInt(maximum) : parseNumber(value.slice(slash + 1));
      if (parsed === undefined || parsed > BigInt(maximum)) {
        return site.problem(`bad integer '${value}' for '${site.option}', or out of range`);
      }
      if (mask === undefined || mask > BigInt(maximum)) {
        return site.problem(`bad mask '${value}' for '${site.option}', or out of range`);
      }
      return { value: Number(parsed), mask: Number(mask) };
    },
    maximum === maximum32 ? isPlainMark : undefined,
  );
}

export const mark32 = masked(maximum32);

/** getaddrinfo() reads short forms as inet_aton() does: `10.1` is 10.0.0.1. */
function resolvedHost(value: string, family: IptablesFamily): Address | undefined {
  return (family === 'ip' ? parseClassicIpv4(value) : undefined) ?? parseHost(value, family);
}

export const host: ValueKind<Address> = word(
  (value, site) =>
    resolvedHost(value, site.family) ??
    site.problem(`no address '${value}' for '${site.option}'`, 'host names are not resolved'),
);

export interface MaskedAddress {
  readonly address: Address;
  readonly mask: Address;
}

/** A mask by its length, or as getaddrinfo() reads an address: `0xffff` is 0.0.255.255 (xtopt_parse_plenmask()). */
export function resolvedMask(value: string, family: IptablesFamily): Address | undefined {
  return parseMask(value, family) ?? (family === 'ip' ? parseClassicIpv4(value) : undefined);
}

/** As XTTYPE_HOSTMASK reads it. */
export function resolvedNetwork(value: string, family: IptablesFamily): MaskedAddress | undefined {
  return parseNetwork(value, family, resolvedHost, resolvedMask);
}

/** `address[/mask]`; the address keeps its host bits. */
export const network: ValueKind<MaskedAddress> = word(
  (value, site) =>
    resolvedNetwork(value, site.family) ??
    site.problem(`no network '${value}' for '${site.option}'`, 'host names are not resolved'),
);

/** A link-layer address of six bytes. */
export const mac: ValueKind<Uint8Array> = word((value, site) => {
  const bytes = parseLinkLayerAddress(value);
  return bytes?.length === 6 ? bytes : site.problem(`no link-layer address '${value}'`);
});

/** A port as a number or a service name. */
export function readPort(value: string, site: ValueSite): number | undefined {
  const parsed = parseNumber(value);
  const port =
    parsed === undefined ? serviceOfProtocol(value, site.protocol?.number) : Number(parsed);
  return port === undefined || port > 65535
    ? site.problem(`no port or service '${value}' for '${site.option}'`)
    : port;
}

export interface PortRange {
  readonly from: number;
  readonly to: number;
}

/** `22`, `22:80`, `:80`, `22:` with service names (parse_port of the tcp, udp, sctp and dccp matches). */
export const portRange: ValueKind<PortRange> = word(
  (value, site) => readPortRange(value, site, readPort),
  isPlainPort,
);

/** A port as getaddrinfo() reads it: a decimal int that is not negative, cut to sixteen bits, or a service name. */
export function resolvePort(value: string, site: ValueSite): number | undefined {
  if (value === '') return 0;
  const number = /^\s*[+-]?\d+$/.test(value) ? portNumber(value) : serviceToPort(value);
  return number === undefined || number < 0
    ? site.problem(`port '${value}' for '${site.option}' does not resolve`)
    : number % 65536;
}

/** strtoul() says its greatest value, -1 as an int, of what has more than 64 bits. */
function portNumber(value: string): number {
  const number = BigInt(value.trim().replace('+', ''));
  const isLong = number <= -(1n << 64n) || number >= 1n << 64n;
  return isLong ? -1 : Number(BigInt.asIntN(32, number));
}

/** As `portRange`, for matches whose options libxtables itself reads (XTTYPE_PORTRC). */
export const resolvedPortRange: ValueKind<PortRange> = word(
  (value, site) => readPortRange(value, site, resolvePort),
  isPlainPort,
);

function readPortRange(
  value: string,
  site: ValueSite,
  read: typeof readPort,
): PortRange | undefined {
  const colon = value.indexOf(':');
  if (colon < 0) {
    const port = read(value, site);
    return port === undefined ? undefined : { from: port, to: port };
  }
  const [low, high] = [value.slice(0, colon), value.slice(colon + 1)];
  const from = low === '' ? 0 : read(low, site);
  const to = high === '' ? 65535 : read(high, site);
  if (from === undefined || to === undefined) return undefined;
  return from > to
    ? site.problem(`invalid port range '${value}' (minimum above maximum)`)
    : { from, to };
}

const plainPort = /^(0|[1-9]\d{0,3}|[1-5]\d{4}|6[0-4]\d{3}|65[0-4]\d\d|655[0-2]\d|6553[0-5])$/;

/** A port as a plain decimal number. */
export function isPlainPort(value: string): boolean {
  return plainPort.test(value);
}

/** A protocol by number or name, as `-p` takes it. */
export function readProtocol(value: string): number | undefined {
  const lower = value.toLowerCase();
  const parsed = parseNumber(lower);
  if (parsed !== undefined) return parsed > 255n ? undefined : Number(parsed);
  return protocolByName(lower);
}

export const protocol: ValueKind<number> = word(
  (value, site) => readProtocol(value) ?? site.problem(`unknown protocol '${value}'`),
);

/** One of a list of words, optionally without regard to case; gives its place. */
export function oneOf<const Names extends readonly string[]>(
  names: Names,
  { anyCase = false } = {},
): ValueKind<Names[number]> {
  return word((value, site) => {
    const wanted = anyCase ? value.toLowerCase() : value;
    const found = names.find((name) => (anyCase ? name.toLowerCase() : name) === wanted);
    return found ?? site.problem(`bad value '${value}' for '${site.option}'`, names.join(', '));
  });
}
