/** Address translation and transparent proxying read back (nft: netlink_parse_nat and its siblings). */

import type { Expression } from '../ast/nft/expressions.ts';
import type { NatStatement } from '../ast/nft/statements.ts';
import { generatedSpan } from '../base/span.ts';
import { ipv4AddressType, ipv6AddressType } from '../datatypes/address.ts';
import { inetServiceType } from '../datatypes/protocol.ts';
import type {
  MasqOperation,
  NatOperation,
  RedirOperation,
  Register,
  TproxyOperation,
} from '../model/operations.ts';
import { rangePrefixLength } from './bits.ts';
import { getRegister, optionalRegister, type Reader } from './reader.ts';
import { prefixTree, rangeTree, setType, type Tree } from './tree.ts';

const span = generatedSpan;

/** NF_NAT_RANGE_* bits that are listed as words. */
const flagWords = [
  [0x4, 'random'],
  [0x10, 'fully-random'],
  [0x8, 'persistent'],
] as const;

const netmapFlag = 0x40;

function flagNames(flags: number): readonly string[] {
  return flagWords.filter(([bit]) => (flags & bit) !== 0).map(([, word]) => word);
}

function typed(tree: Tree | undefined, type: Tree['type']): Tree | undefined {
  if (tree !== undefined) setType(tree, type, 'big');
  return tree;
}

/** A range of constants that is one prefix is listed so. */
function addressRange(from: Tree, to: Tree): Tree {
  if (from.kind !== 'value' || to.kind !== 'value') return rangeTree(from, to);
  const length = rangePrefixLength(from.value, to.value, from.bits);
  return length === undefined || length === from.bits
    ? rangeTree(from, to)
    : prefixTree(from, length);
}

function ports(
  reader: Reader,
  min: Register | undefined,
  max: Register | undefined,
): Tree | undefined {
  const from = typed(optionalRegister(reader, min), inetServiceType);
  if (max === undefined || max === min) return from;
  const to = typed(getRegister(reader, max), inetServiceType);
  if (to === undefined) return from;
  return from === undefined ? to : rangeTree(from, to);
}

type NatTypeFlags = NonNullable<NatStatement['typeFlags']>;

interface NatShape {
  readonly type: NatStatement['type'];
  readonly flags: number;
  readonly family?: 'ip' | 'ip6' | undefined;
  readonly typeFlags?: NatTypeFlags;
}

function pushNat(
  reader: Reader,
  shape: NatShape,
  address: Tree | undefined,
  port: Tree | undefined,
): void {
  const { type, family, typeFlags } = shape;
  const flags = flagNames(shape.flags);
  reader.drafts.push({
    kind: 'plain',
    operands: [address, port],
    build: ([addressNode, portNode]: readonly (Expression | undefined)[]) => ({
      kind: 'nat',
      type,
      ...(family === undefined ? {} : { family }),
      ...(addressNode === undefined ? {} : { address: addressNode }),
      ...(portNode === undefined ? {} : { port: portNode }),
      ...(flags.length === 0 ? {} : { flags }),
      ...(typeFlags === undefined || typeFlags.length === 0 ? {} : { typeFlags }),
      span,
    }),
  });
}

/** How wide the data of the address's map is, in bits; undefined when it is no map of data. */
function mapDataBits(address: Tree | undefined): { bits: number; interval: boolean } | undefined {
  const map = address?.kind === 'map' ? address.set.set.map : undefined;
  if (map?.kind !== 'data') return undefined;
  return { bits: map.length * 8, interval: map.interval };
}

/** Maps to address ranges, or to address and port, hold all registers of the statement. */
function mapShape(address: Tree | undefined, family: 'ip' | 'ip6'): NatTypeFlags | undefined {
  const data = mapDataBits(address);
  if (data === undefined) return undefined;
  const bits = family === 'ip' ? 32 : 128;
  if (data.interval) {
    if (data.bits === bits || data.bits === 2 * bits) return ['interval'];
    return ['interval', 'concat'];
  }
  return data.bits === bits + 32 ? ['concat'] : undefined;
}

export function readNat(operation: NatOperation, reader: Reader): void {
  const ip: 'ip' | 'ip6' = operation.family === 'ip6' ? 'ip6' : 'ip';
  const addressType = ip === 'ip' ? ipv4AddressType : ipv6AddressType;
  const inet = reader.family === 'inet' && operation.family !== 'inet';
  const prefix: NatTypeFlags = (operation.flags & netmapFlag) === 0 ? [] : ['prefix'];
  const first = typed(optionalRegister(reader, operation.addressMin), addressType);
  const mapped = mapShape(first, ip);
  if (mapped !== undefined) {
    const typeFlags = [...prefix, ...mapped];
    pushNat(
      reader,
      { type: operation.type, flags: operation.flags, family: ip, typeFlags },
      first,
      undefined,
    );
    return;
  }
  let address = first;
  const max = operation.addressMax;
  if (max !== undefined && max !== operation.addressMin) {
    const last = typed(getRegister(reader, max), addressType);
    if (last !== undefined) address = first === undefined ? last : addressRange(first, last);
  }
  const port = ports(reader, operation.protocolMin, operation.protocolMax);
  const family: NatShape['family'] = inet ? ip : undefined;
  const { type, flags } = operation;
  pushNat(reader, { type, flags, family, typeFlags: prefix }, address, port);
}

export function readMasq(operation: MasqOperation, reader: Reader): void {
  const port = ports(reader, operation.protocolMin, operation.protocolMax);
  pushNat(reader, { type: 'masquerade', flags: operation.flags }, undefined, port);
}

export function readRedir(operation: RedirOperation, reader: Reader): void {
  const port = ports(reader, operation.protocolMin, operation.protocolMax);
  pushNat(reader, { type: 'redirect', flags: operation.flags }, undefined, port);
}

export function readTproxy(operation: TproxyOperation, reader: Reader): void {
  const { family } = operation;
  const addressType = family === 'ip6' ? ipv6AddressType : ipv4AddressType;
  const address = typed(optionalRegister(reader, operation.address), addressType);
  const port = typed(optionalRegister(reader, operation.port), inetServiceType);
  const shown = reader.family === 'inet' && family !== 'unspec' ? { family } : {};
  reader.drafts.push({
    kind: 'plain',
    operands: [address, port],
    resetBefore: 1,
    build: ([addressNode, portNode]: readonly (Expression | undefined)[]) => ({
      kind: 'tproxy',
      ...shown,
      ...(addressNode === undefined ? {} : { address: addressNode }),
      ...(portNode === undefined ? {} : { port: portNode }),
      span,
    }),
  });
}
