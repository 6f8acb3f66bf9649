/** Lists a constant by its datatype. */

import { addressFromBigInt, formatAddress, formatLinkLayerAddress } from '../base/address.ts';
import type { Datatype } from './datatype.ts';
import { defaultFormatOptions, type FormatOptions } from './format-options.ts';
import { formatDate, formatDuration, formatHour } from './format-time.ts';
import type { NameTable } from './names/name-table.ts';

/** A constant of a known width; `bits` may be less than the datatype's (masked fields). */
interface Constant {
  readonly type: Datatype;
  readonly value: bigint;
  readonly bits: number;
}

type Formatter = (constant: Constant, options: FormatOptions) => string;

/** The text that `nft list` prints for the value (datatype_print): names where there are some, quotes where it quotes. */
export function formatValue(
  type: Datatype,
  value: bigint | string,
  bits: number,
  options: FormatOptions = defaultFormatOptions,
): string {
  if (typeof value === 'string') return `"${value}"`;
  return (formatters[formatterKey(type)] ?? formatSymbol)({ type, value, bits }, options);
}

function formatterKey(type: Datatype): string | number {
  return type.name === 'xinteger' || type.number === 0 ? type.name : type.number;
}

function formatSymbol(constant: Constant, options: FormatOptions): string {
  const name = options.numericSymbols ? undefined : symbolName(constant.type, constant.value);
  return name ?? formatNumber(constant);
}

/** The first symbol of the datatype with this value. */
export function symbolName(type: Datatype, value: bigint): string | undefined {
  return type.symbols?.find((symbol) => symbol.value === value)?.name;
}

/** In the base and width of the datatype (nft: basefmt). */
export function formatNumber({ type, value }: { type: Datatype; value: bigint }): string {
  const digits = hexadecimalDigits[type.number];
  if (digits !== undefined) return hexadecimal(value, digits);
  return type.base === 'bitmask' ? hexadecimal(value, 1) : String(value);
}

function hexadecimal(value: bigint, digits: number): string {
  return `0x${value.toString(16).padStart(digits, '0')}`;
}

/** Least number of hexadecimal digits by nft's type number: ether_type, mark, dscp, ecn. */
const hexadecimalDigits: Readonly<Record<number, number>> = { 10: 4, 19: 8, 36: 2, 37: 1 };

function fromTable(pick: (options: FormatOptions) => NameTable): Formatter {
  return (constant, options) => {
    const name = pick(options).names.get(Number(constant.value));
    if (name === undefined || options.numericSymbols) return formatNumber(constant);
    return `"${name}"`;
  };
}

function formatLinkLayer({ value, bits }: Constant): string {
  const bytes = Math.ceil(bits / 8);
  const digits = value.toString(16).padStart(2 * bytes, '0');
  return formatLinkLayerAddress(
    Uint8Array.from({ length: bytes }, (_, index) =>
      Number.parseInt(digits.slice(2 * index, 2 * index + 2), 16),
    ),
  );
}

function formatProtocol({ value }: Constant, options: FormatOptions): string {
  const name = options.environment.protocols.names.get(Number(value));
  return name === undefined || options.numericProtocols ? String(value) : name;
}

function formatService({ value }: Constant, options: FormatOptions): string {
  const name = options.services ? options.environment.services.names.get(Number(value)) : undefined;
  return name === undefined ? String(value) : `"${name}"`;
}

/** Indexes are signed (nft: ifindex_type_print). */
function formatInterface({ value }: Constant, options: FormatOptions): string {
  const name = options.environment.interfaces.names.get(Number(value));
  return name === undefined ? String(BigInt.asIntN(32, value)) : `"${name}"`;
}

/** nft: tchandle_type_print */
function formatClassid({ value }: Constant): string {
  if (value === 0xffffffffn) return 'root';
  if (value === 0n) return 'none';
  const major = (value >> 16n).toString(16);
  const minor = (value & 0xffffn).toString(16);
  return `${major}:${minor}`;
}

function formatIdentity(pick: (options: FormatOptions) => NameTable): Formatter {
  return ({ value }, options) => {
    const name = options.identityNames ? pick(options).names.get(Number(value)) : undefined;
    return name === undefined ? String(value) : `"${name}"`;
  };
}

/** A label is listed by the name or number of its lowest bit. */
function formatLabel({ value }: Constant, options: FormatOptions): string {
  const bit = lowestBit(value);
  const name = options.environment.connectionLabels.names.get(bit);
  return name === undefined ? String(bit) : `"${name}"`;
}

function lowestBit(value: bigint): number {
  return value === 0n ? -1 : (value & -value).toString(2).length - 1;
}

function formatDay(constant: Constant, options: FormatOptions): string {
  const name = symbolName(constant.type, constant.value);
  const numeric = options.numericTime || options.numericSymbols;
  return name === undefined || numeric ? formatNumber(constant) : `"${name}"`;
}

/** By nft's type number, or by name where several datatypes share a number. */
const formatters: Readonly<Record<string | number, Formatter>> = {
  xinteger: ({ value }) => hexadecimal(value, 1),
  invalid: ({ value }) => `${hexadecimal(value, 1)} [invalid type]`,
  6: formatLinkLayer,
  7: ({ value }) => formatAddress(addressFromBigInt(value, 4)),
  8: ({ value }) => formatAddress(addressFromBigInt(value, 6)),
  9: formatLinkLayer,
  12: formatProtocol,
  13: formatService,
  18: ({ value }, options) =>
    formatDuration(Number(value), options.numericTime || options.durationsInSeconds),
  19: fromTable((options) => options.environment.marks),
  20: formatInterface,
  22: fromTable((options) => options.environment.realms),
  23: formatClassid,
  24: formatIdentity((options) => options.environment.users),
  25: formatIdentity((options) => options.environment.groups),
  30: formatLabel,
  32: formatNumber,
  33: formatNumber,
  34: formatNumber,
  35: fromTable((options) => options.environment.deviceGroups),
  43: ({ value }, options) => (options.numericTime ? String(value) : formatDate(value)),
  44: ({ value }, options) => (options.numericTime ? String(value) : formatHour(Number(value))),
  45: formatDay,
  46: fromTable((options) => options.environment.controlGroups),
};
