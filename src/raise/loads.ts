/** Operations that load a register, as trees. */

import type { Expression } from '../ast/nft/expressions.ts';
import { generatedSpan } from '../base/span.ts';
import { booleanType, hostIntegerType, invalidType } from '../datatypes/basic.ts';
import type { ByteOrder, Datatype } from '../datatypes/datatype.ts';
import { fieldDatatype } from '../datatypes/registry.ts';
import {
  fibResults,
  ipsecKeys,
  type KeyRow,
  osfKeys,
  rtKeys,
  socketKeys,
  tunnelKeys,
} from '../fields/other-keys.ts';
import type {
  FibOperation,
  OsfOperation,
  RtOperation,
  SocketOperation,
  TunnelOperation,
  XfrmOperation,
} from '../model/operations.ts';
import { ctKeyByListing, extensionDatatype, metaKeyByListing } from './fields.ts';
import type { CtTree, ExthdrTree, LeafTree, MetaTree } from './tree.ts';

const span = generatedSpan;

function leaf(expression: Expression, type: Datatype, bits: number, order: ByteOrder): LeafTree {
  return { kind: 'leaf', expression, type, bits, order };
}

function rowLeaf(expression: Expression, row: KeyRow | undefined): LeafTree {
  if (row === undefined) return leaf(expression, invalidType, 32, 'none');
  const type = fieldDatatype(row.type, row.byteOrder);
  return leaf(expression, type, row.bits, row.byteOrder);
}

function byListing(rows: readonly KeyRow[], listing: string): KeyRow | undefined {
  return rows.find((row) => row.listing === listing);
}

export function metaTree(listing: string, tunnel: MetaTree['tunnel']): MetaTree {
  const row = metaKeyByListing(listing);
  const order = row?.byteOrder ?? 'host';
  const bits = row?.bits ?? 32;
  return {
    kind: 'meta',
    key: row?.name ?? listing,
    tunnel,
    bits,
    order,
    type: fieldDatatype(row?.type ?? 'integer', order),
  };
}

/** Keys that the kernel gives no direction back for. */
const undirected: ReadonlySet<string> = new Set(['protocol', 'l3protocol']);

export function ctTree(listing: string, direction: CtTree['direction']): CtTree {
  const row = ctKeyByListing(listing);
  const order = row?.byteOrder ?? 'host';
  const bits = row?.bits ?? 0;
  return {
    kind: 'ct',
    key: row?.name ?? listing,
    direction: undirected.has(listing) ? undefined : direction,
    bits,
    order,
    type: fieldDatatype(row?.type ?? 'integer', order),
  };
}

export function exthdrTree(
  operator: ExthdrTree['operator'],
  header: number,
  offset: number,
  length: number,
  present: boolean,
): ExthdrTree {
  const tree: ExthdrTree = {
    kind: 'exthdr',
    operator,
    header,
    offset: offset * 8,
    bits: length * 8,
    present,
    type: invalidType,
    order: 'big',
  };
  tree.type = extensionDatatype(tree);
  return tree;
}

export function rtLeaf({ key }: RtOperation): LeafTree {
  const row = byListing(rtKeys, key);
  const [family, name] =
    row?.name.startsWith('ip') && row.name.includes(' ') ? row.name.split(' ') : [];
  const expression: Expression =
    (family === 'ip' || family === 'ip6') && name !== undefined
      ? { kind: 'rt', key: name, family, span }
      : { kind: 'rt', key: row?.name ?? key, span };
  return rowLeaf(expression, row);
}

export function fibLeaf({ flags, result, present }: FibOperation): LeafTree {
  const word = result === 'addrtype' ? 'type' : result;
  if (present) {
    return leaf({ kind: 'fib', flags, result: 'check', span }, booleanType, 8, 'host');
  }
  return rowLeaf({ kind: 'fib', flags, result: word, span }, byListing(fibResults, word));
}

export function socketLeaf({ key, level }: SocketOperation): LeafTree {
  const shown = key === 'cgroupv2' && level !== undefined ? { level } : {};
  return rowLeaf({ kind: 'socket', key, ...shown, span }, byListing(socketKeys, key));
}

const osfTtl = [undefined, 'loose', 'skip'] as const;

export function osfLeaf(operation: OsfOperation): LeafTree {
  const key = operation.version ? 'version' : 'name';
  const ttl = osfTtl[operation.ttl];
  const expression: Expression = { kind: 'osf', key, ...(ttl === undefined ? {} : { ttl }), span };
  return rowLeaf(expression, byListing(osfKeys, key));
}

export function xfrmLeaf({ direction, spnum, key }: XfrmOperation): LeafTree {
  const row = byListing(ipsecKeys, key);
  const [family, name] = row?.name.split(' ') ?? [];
  const base = { kind: 'ipsec', direction, span, ...(spnum === 0 ? {} : { spnum }) } as const;
  const expression: Expression =
    (family === 'ip' || family === 'ip6') && name !== undefined
      ? { ...base, key: name, family }
      : { ...base, key };
  return rowLeaf(expression, row);
}

export function tunnelLeaf({ key }: TunnelOperation): LeafTree {
  return rowLeaf({ kind: 'tunnel', key, span }, byListing(tunnelKeys, key));
}

/** numgen and symhash give a number of host byte order. */
export function numberLeaf(expression: Expression): LeafTree {
  return leaf(expression, hostIntegerType, 32, 'host');
}
