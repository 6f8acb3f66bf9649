/** Reads the text of a constant by its datatype. */

import { addressToBigInt, parseIpv4, parseIpv6, parseLinkLayerAddress } from '../base/address.ts';
import type { Datatype } from './datatype.ts';
import type { NameEnvironment } from './environment.ts';
import type { NameTable } from './names/name-table.ts';
import { parseInteger, parseUnsigned } from './parse-integer.ts';
import { type ParseResult, parsed, unparsed } from './parse-result.ts';
import { parseDate, parseDay, parseHour, parseTime } from './parse-time.ts';

/** What is said of a name that no interface has. */
export const unknownInterface = 'interface does not exist';

type Parser = (text: string, type: Datatype, environment: NameEnvironment) => ParseResult;

/**
 * The value of a word or number as nft's datatype parsers read it (symbol_parse); for strings the text itself.
 * Ranges are not checked here: `256` is read for an 8-bit integer, and its evaluation refuses it.
 */
export function parseValue(
  type: Datatype,
  text: string,
  environment: NameEnvironment,
): ParseResult {
  return (parsers[type.number] ?? parsePlain)(text, type, environment);
}

function parsePlain(text: string, type: Datatype): ParseResult {
  if (type.base === 'string') return parsed(text, (byteLength(text) + 1) * 8);
  const symbol = type.symbols?.find(({ name }) => name === text);
  if (symbol !== undefined) return parsed(symbol.value, type.bits);
  const number = parseInteger(text);
  if (number !== undefined) return parsed(number, 0);
  return unparsed(`could not parse ${type.description}`, namesOf(type));
}

function namesOf(type: Datatype): readonly string[] {
  return type.symbols?.map(({ name }) => name) ?? [];
}

const encoder = new TextEncoder();

function byteLength(text: string): number {
  return encoder.encode(text).length;
}

function parseIpv4Value(text: string): ParseResult {
  const address = parseIpv4(text) ?? parseClassicIpv4(text);
  if (address === undefined) return unparsed('could not resolve hostname');
  return parsed(addressToBigInt(address), 32);
}

/** The short, octal and hexadecimal notations that getaddrinfo() takes through inet_aton(). */
export function parseClassicIpv4(text: string): Uint8Array | undefined {
  const parts = text.split('.').map(parseUnsigned);
  if (parts.length > 4) return undefined;
  let value = 0n;
  for (const [index, part] of parts.entries()) {
    if (part === undefined) return undefined;
    const width = index === parts.length - 1 ? BigInt(8 * (5 - parts.length)) : 8n;
    if (part >= 1n << width) return undefined;
    value = (value << width) | part;
  }
  const number = Number(value);
  return Uint8Array.of(number >>> 24, (number >>> 16) & 255, (number >>> 8) & 255, number & 255);
}

function parseIpv6Value(text: string): ParseResult {
  const address = parseIpv6(text);
  if (address === undefined) return unparsed('could not resolve hostname');
  return parsed(addressToBigInt(address), 128);
}

function parseLinkLayerValue(text: string): ParseResult {
  const address = parseLinkLayerAddress(text);
  if (address === undefined) return unparsed('invalid link layer address');
  return parsed(addressToBigInt(address), address.length * 8);
}

function parseProtocol(text: string, _type: Datatype, environment: NameEnvironment): ParseResult {
  const number = parseUnsigned(text);
  if (number !== undefined) {
    return number > 255n ? unparsed('protocol out of range') : parsed(number, 8);
  }
  return named(environment.protocols, text, 8, 'could not resolve protocol name');
}

function parseService(text: string, _type: Datatype, environment: NameEnvironment): ParseResult {
  const number = parseDecimal(text);
  if (number !== undefined) {
    return number > 65535n ? unparsed('service out of range') : parsed(number, 16);
  }
  return named(environment.services, text, 16, 'could not resolve service');
}

function named(table: NameTable, text: string, bits: number, message: string): ParseResult {
  const number = table.numbers.get(text);
  return number === undefined
    ? unparsed(message, [...table.numbers.keys()])
    : parsed(BigInt(number), bits);
}

/** Names first, then numbers: for tables that the administrator writes. */
function nameOrNumber(pick: (environment: NameEnvironment) => NameTable): Parser {
  return (text, type, environment) => {
    const table = pick(environment);
    const number = table.numbers.get(text);
    if (number !== undefined) return parsed(BigInt(number), type.bits);
    const integer = parseInteger(text);
    if (integer !== undefined) return parsed(integer, 0);
    return unparsed(`could not parse ${type.description}`, [...table.numbers.keys()]);
  };
}

function parseIdentity(
  pick: (environment: NameEnvironment) => NameTable,
  parseNumber: (text: string) => bigint | undefined,
): Parser {
  return (text, type, environment) => {
    const number = pick(environment).numbers.get(text) ?? parseNumber(text);
    if (number === undefined) return unparsed(`${type.description} does not exist`);
    if (BigInt(number) > 0xffffffffn) return unparsed('value too large');
    return parsed(BigInt(number), 32);
  };
}

/** nft's scanner reads `010` as octal; `08` is a word, which is then read as decimal. */
function parseDecimal(text: string): bigint | undefined {
  return parseUnsigned(text) ?? (/^0\d+$/.test(text) ? BigInt(text) : undefined);
}

function parseInterface(text: string, _type: Datatype, environment: NameEnvironment): ParseResult {
  const index = environment.interfaces.numbers.get(text);
  if (index !== undefined) return parsed(BigInt(index), 32);
  const number = parseDecimal(text);
  // An index is a positive int.
  if (number === undefined || number > 0x7fffffffn) {
    return unparsed(unknownInterface, [...environment.interfaces.numbers.keys()]);
  }
  return parsed(number, 32);
}

/** What strtoull() has of a number, in 32 bits. */
function cutNumber(number: bigint): bigint {
  return number >= 1n << 64n ? 0xffffffffn : BigInt.asUintN(32, number);
}

/** `root`, `none`, `MAJOR:`, `:MINOR`, `MAJOR:MINOR` in hexadecimal, or a number (nft: tchandle_type_parse). */
function parseClassid(text: string): ParseResult {
  if (text === 'root') return parsed(0xffffffffn, 32);
  if (text === 'none') return parsed(0n, 32);
  const halves = /^(?:0[xX])?([0-9a-fA-F]{0,4}):(?:0[xX])?([0-9a-fA-F]{0,4})$/.exec(text);
  if (halves !== null && text !== ':') {
    const major = Number.parseInt(halves[1] || '0', 16);
    return parsed(BigInt(major * 65536 + Number.parseInt(halves[2] || '0', 16)), 32);
  }
  if (text.includes(':')) return unparsed('could not parse tc handle');
  // strtoull() stops at what is no digit.
  const digits = /^(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9]\d*)/.exec(text)?.[0] ?? '0';
  return parsed(cutNumber(parseUnsigned(digits) ?? 0n), 32);
}

function parseLabel(text: string, type: Datatype, environment: NameEnvironment): ParseResult {
  const bit = environment.connectionLabels.numbers.get(text) ?? parseUnsigned(text);
  if (bit === undefined) return unparsed(`could not parse ${type.description}`);
  if (bit > 127) return unparsed('label out of range');
  return parsed(1n << BigInt(bit), 128);
}

function parseBoolean(text: string, type: Datatype): ParseResult {
  const result = parsePlain(text, type);
  return result.kind === 'value' ? parsed(result.value === 0n ? 0n : 1n, 1) : result;
}

function parseControlGroup(
  text: string,
  _type: Datatype,
  environment: NameEnvironment,
): ParseResult {
  // The number of the folder's inode stands for a path (nft: cgroupv2_type_parse).
  const number = parseUnsigned(text);
  if (number === undefined)
    return named(environment.controlGroups, text, 64, 'no such control group');
  return number < 1n << 64n ? parsed(number, 64) : unparsed('value too large');
}

/** By nft's type number; a datatype without an entry is read by its symbols or as an integer. */
const parsers: Readonly<Record<number, Parser>> = {
  1: () => unparsed('could not parse netfilter verdict', ['accept', 'drop', 'continue', 'return']),
  6: parseLinkLayerValue,
  7: parseIpv4Value,
  8: parseIpv6Value,
  9: parseLinkLayerValue,
  12: parseProtocol,
  13: parseService,
  18: parseTime,
  19: nameOrNumber((environment) => environment.marks),
  20: parseInterface,
  22: nameOrNumber((environment) => environment.realms),
  23: parseClassid,
  24: parseIdentity((environment) => environment.users, parseDecimal),
  25: parseIdentity((environment) => environment.groups, parseUnsigned),
  30: parseLabel,
  35: nameOrNumber((environment) => environment.deviceGroups),
  39: parseBoolean,
  43: parseDate,
  44: parseHour,
  45: parseDay,
  46: parseControlGroup,
};
