/** What a datatype is: its basic types, its symbols and how they are written, as `nft describe` tells it. */

import type { ByteOrder, Datatype, DatatypeSymbol } from '../../datatypes/datatype.ts';
import type { NameEnvironment } from '../../datatypes/environment.ts';
import type { NameTable } from '../../datatypes/names/name-table.ts';

export interface SymbolInfo {
  readonly notation: 'hexadecimal' | 'decimal';
  /** The file the names come from; absent: nft knows them itself. */
  readonly from?: string;
  readonly names: readonly DatatypeSymbol[];
  /** Bits of a hexadecimal constant. */
  readonly bits: number;
}

export interface DatatypeInfo {
  readonly name: string;
  readonly description: string;
  /** From the next one down to the root. */
  readonly basetypes: readonly string[];
  /** 0 where the expression decides. */
  readonly bits: number;
  readonly byteOrder: ByteOrder;
  readonly symbols?: SymbolInfo;
}

/** Datatypes whose constants nft shows in hexadecimal besides bit masks. */
const hexadecimal: ReadonlySet<string> = new Set([
  'ether_type',
  'arp_op',
  'dccp_pkttype',
  'iface_type',
  'dscp',
  'ecn',
]);

/** Reject codes are read by name in matches, but are not described: they are listed by number. */
const undescribed: ReadonlySet<string> = new Set(['icmp_code', 'icmpv6_code', 'icmpx_code']);

const files: Readonly<
  Record<string, readonly [file: string, pick: (from: NameEnvironment) => NameTable]>
> = {
  mark: ['/etc/iproute2/rt_marks', (from) => from.marks],
  realm: ['/etc/iproute2/rt_realms', (from) => from.realms],
  devgroup: ['/etc/iproute2/group', (from) => from.deviceGroups],
  ct_label: ['/etc/connlabel.conf', (from) => from.connectionLabels],
  inet_proto: ['/etc/protocols', (from) => from.protocols],
};

export function datatypeInfo(
  type: Datatype,
  bits: number,
  environment: NameEnvironment,
): DatatypeInfo {
  const { description, byteOrder } = type;
  const symbols = symbolInfo(type, bits, environment);
  return {
    name: type.name === 'xinteger' || type.number === 4 ? 'integer' : type.name,
    description,
    basetypes: basetypes(type),
    bits: type.bits,
    byteOrder,
    ...(symbols === undefined ? {} : { symbols }),
  };
}

/** nft: the chain of basetype pointers. */
function basetypes(type: Datatype): readonly string[] {
  const { name, base } = type;
  if (name === 'ether_addr') return ['link layer address', 'integer'];
  if (name === 'bitmask') return ['integer'];
  if (base === 'bitmask') return ['bitmask', 'integer'];
  if (type.number === 4 && type.symbols !== undefined) return ['integer'];
  return name === base || base === 'concat' || base === 'set' ? [] : [base];
}

function symbolInfo(
  type: Datatype,
  bits: number,
  environment: NameEnvironment,
): SymbolInfo | undefined {
  const notation =
    type.base === 'bitmask' || hexadecimal.has(type.name) ? 'hexadecimal' : 'decimal';
  if (type.symbols !== undefined && !undescribed.has(type.name)) {
    return { notation, names: type.symbols, bits: type.bits || bits };
  }
  const file = files[type.name];
  if (file === undefined) return undefined;
  const [from, pick] = file;
  const names = [...pick(environment).names].map(([value, name]) => ({
    name,
    value: BigInt(value),
  }));
  if (names.length === 0) return undefined;
  return { notation: 'decimal', from, names, bits: type.bits };
}

/** `datatype ipv4_addr (IPv4 address) (basetype integer), 32 bits`: nft's own line. */
export function datatypeLine(info: DatatypeInfo, bits: number): string {
  const { name, description, basetypes } = info;
  const below = basetypes.length === 0 ? '' : ` (basetype ${basetypes.join(', ')})`;
  const text = basetypes.includes('string') || name === 'string';
  const width = text && bits > 0 ? `${bits / 8} characters` : `${bits} bits`;
  const untyped = name === 'invalid' && bits === 0;
  return `datatype ${name} (${description})${below}${untyped ? '' : `, ${width}`}`;
}

/** The table of symbols, as nft prints it. */
export function symbolLines(symbols: SymbolInfo): readonly string[] {
  const { notation, from, names, bits } = symbols;
  const source = from === undefined ? '' : ` from ${from}`;
  const digits = 2 * Math.ceil(bits / 8);
  const shown = (value: bigint) =>
    notation === 'decimal'
      ? String(value).padStart(20)
      : `0x${value.toString(16).padStart(digits, '0')}`;
  return [
    `pre-defined symbolic constants${source} (in ${notation}):`,
    ...names.map(({ name, value }) => `\t${name.padEnd(30)}\t${shown(value)}`),
  ];
}
