/** Rows of `fields/` found by what the kernel names them: numbers, offsets, keys of listings. */

import type { Expression } from '../ast/nft/expressions.ts';
import { generatedSpan } from '../base/span.ts';
import { booleanType, integerType, invalidType } from '../datatypes/basic.ts';
import type { Datatype } from '../datatypes/datatype.ts';
import { fieldDatatype } from '../datatypes/registry.ts';
import { type CtKey, ctKeys } from '../fields/ct.ts';
import { extensionHeaders } from '../fields/extension-headers.ts';
import type { ExtensionField, ExtensionRows } from '../fields/header.ts';
import { type MetaKey, metaKeys } from '../fields/meta.ts';
import { ipOptions, tcpOptions } from '../fields/options.ts';
import { sctpChunks } from '../fields/sctp-chunks.ts';
import type { ExthdrTree } from './tree.ts';

const metaByListing: ReadonlyMap<string, MetaKey> = new Map(
  metaKeys.map((row) => [row.listing, row]),
);
const ctByListing: ReadonlyMap<string, CtKey> = new Map(ctKeys.map((row) => [row.listing, row]));

/** `key` is the kernel's name as bytecode listings show it. */
export function metaKeyByListing(key: string): MetaKey | undefined {
  return metaByListing.get(key);
}

export function ctKeyByListing(key: string): CtKey | undefined {
  return ctByListing.get(key);
}

/** nft looks extension headers up by number: all routing headers read as `rt` first, then as `srh`. */
const ipv6Order = ['rt', 'srh'];
const ipv6Headers = [
  ...extensionHeaders.filter(({ name }) => !['rt', 'rt0', 'rt2', 'srh'].includes(name)),
  ...ipv6Order.flatMap((name) => extensionHeaders.find((rows) => rows.name === name) ?? []),
];

const rowsByOperator: Readonly<Record<ExthdrTree['operator'], readonly ExtensionRows[]>> = {
  ipv6: ipv6Headers,
  tcpopt: tcpOptions.filter(({ name }) => name !== 'echo'),
  ipv4: ipOptions,
  sctp: sctpChunks,
  dccp: [],
};

interface FoundField {
  readonly rows: ExtensionRows;
  readonly field: ExtensionField;
  /** Repeated fields: which one, from 1. */
  readonly index?: number;
}

/** The row at exactly this place of the header, option or chunk. */
export function extensionField(
  operator: ExthdrTree['operator'],
  type: number,
  offset: number,
  bits: number,
): FoundField | undefined {
  for (const rows of rowsByOperator[operator]) {
    if (rows.type !== type) continue;
    for (const field of rows.fields) {
      if (field.bits !== bits) continue;
      if (field.offset === offset && field.stride === undefined) return { rows, field };
      const index = repetition(field, offset);
      if (index !== undefined) return { rows, field, index };
    }
  }
  return undefined;
}

function repetition(field: ExtensionField, offset: number): number | undefined {
  if (field.stride === undefined || offset < field.offset) return undefined;
  const distance = offset - field.offset;
  return distance % field.stride === 0 ? distance / field.stride + 1 : undefined;
}

/** The datatype that the field gives (nft: exthdr_init_raw, tcpopt_init_raw). */
export function extensionDatatype(tree: ExthdrTree): Datatype {
  if (tree.present) return booleanType;
  const found = extensionField(tree.operator, tree.header, tree.offset, tree.bits);
  if (found === undefined) {
    return tree.operator === 'ipv6' || tree.operator === 'ipv4' ? invalidType : integerType;
  }
  return fieldDatatype(found.field.type, 'big');
}

/** The name of a header, option or chunk as an existence test shows it. */
function headerName(tree: ExthdrTree): string | undefined {
  return rowsByOperator[tree.operator].find((rows) => rows.type === tree.header)?.name;
}

const span = generatedSpan;

export function extensionExpression(tree: ExthdrTree): Expression {
  const found =
    tree.present || tree.unknown
      ? undefined
      : extensionField(tree.operator, tree.header, tree.offset, tree.bits);
  const name = found?.rows.name ?? headerName(tree) ?? String(tree.header);
  const known = headerName(tree) !== undefined && !tree.present;
  const field =
    found !== undefined ? { field: found.field.name } : known ? { field: 'unknown' } : {};
  switch (tree.operator) {
    case 'ipv6': {
      const index = found?.index === undefined ? {} : { index: found.index };
      return { kind: 'exthdr', header: name, ...field, ...index, span };
    }
    case 'tcpopt':
      if (found !== undefined || tree.present || known) {
        return { kind: 'tcp-option', option: name, ...field, span };
      }
      return {
        kind: 'tcp-option',
        option: name,
        raw: { type: tree.header, offset: tree.offset, bits: tree.bits },
        span,
      };
    case 'ipv4':
      return { kind: 'ip-option', option: name, ...field, span };
    case 'sctp':
      return { kind: 'sctp-chunk', chunk: name, ...field, span };
    case 'dccp':
      return { kind: 'dccp-option', type: tree.header, span };
  }
}
