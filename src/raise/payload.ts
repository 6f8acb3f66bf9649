/** From bits of a packet back to named fields (nft: payload.c). */

import { hexIntegerType } from '../datatypes/basic.ts';
import { fieldDatatype } from '../datatypes/registry.ts';
import type { HeaderField, HeaderRows } from '../fields/header.ts';
import { headerByName } from '../fields/headers.ts';
import { countOnes, lowestOne, lowestZero } from './bits.ts';
import {
  inetHeader,
  isProtocolKey,
  layerOf,
  matchesMessage,
  type ProtocolContext,
  unknownHeader,
} from './protocol-context.ts';
import type { PayloadTree, ValueTree } from './tree.ts';

export function isKnown(tree: PayloadTree): boolean {
  return tree.header !== undefined && tree.field !== undefined;
}

/** A payload as the kernel has it: ports of the transport header are recognised even so (nft: payload_init_raw). */
export function rawPayload(base: PayloadTree['base'], offset: number, bits: number): PayloadTree {
  const raw: PayloadTree = {
    kind: 'payload',
    base: base === 'tunnel' ? 'inner' : base,
    offset,
    bits,
    type: hexIntegerType,
    order: 'none',
    protocolKey: false,
  };
  const ports = headerByName('th');
  const port = ports?.fields.find((field) => field.offset === offset && field.bits === bits);
  if (base === 'transport' && port !== undefined) {
    raw.header = ports;
    raw.field = port;
    raw.type = fieldDatatype('inet_service', 'big');
  }
  return raw;
}

export function fieldPayload(header: HeaderRows, field: HeaderField): PayloadTree {
  const base = header.layer;
  return {
    kind: 'payload',
    base,
    offset: field.offset,
    bits: field.bits,
    header,
    field,
    type: fieldDatatype(field.type, field.byteOrder ?? 'big'),
    order: field.byteOrder ?? 'big',
    protocolKey: isProtocolKey(header, field),
  };
}

/** The header that the bits lie in, and how many bits of lower stacked headers lie before it. */
function stackedHeader(
  context: ProtocolContext,
  top: HeaderRows,
  tree: PayloadTree,
): { readonly header: HeaderRows; readonly skip: number } {
  let offset = tree.offset;
  if (tree.base !== 'link' || offset < (top.length ?? 0)) return { header: top, skip: 0 };
  let skip = 0;
  for (const stacked of context.stacked) {
    const length = stacked.length ?? 0;
    if (offset < length) return { header: stacked, skip };
    offset -= length;
    skip += length;
  }
  return { header: top, skip };
}

function headerAt(context: ProtocolContext, tree: PayloadTree) {
  const header = context.headers[layerOf[tree.base]];
  if (header === undefined || header === inetHeader) return undefined;
  return stackedHeader(context, header, tree);
}

function fits(context: ProtocolContext, field: HeaderField): boolean {
  return context.icmpType === 0 || matchesMessage(field, context.icmpType);
}

/** Names the field that is exactly these bits; nothing changes where there is none. */
export function completePayload(tree: PayloadTree, context: ProtocolContext): void {
  const place = headerAt(context, tree);
  if (place === undefined) return;
  const offset = tree.offset - place.skip;
  const field = place.header.fields.find(
    (row) => row.offset === offset && row.bits === tree.bits && fits(context, row),
  );
  if (field === undefined) return;
  tree.header = place.header;
  tree.field = field;
  tree.type = fieldDatatype(field.type, field.byteOrder ?? 'big');
  tree.order = field.byteOrder ?? 'big';
}

/** Position after the run of ones that starts at the mask's lowest one. */
function maskLength(mask: ValueTree): number {
  return lowestZero(mask.value, lowestOne(mask.value) + 1);
}

function roundToBytes(bits: number): number {
  return Math.ceil(bits / 8) * 8;
}

/**
 * Narrows the payload to the field that the mask selects; returns how far its values must be shifted, undefined when
 * the mask means something else.
 */
export function trimPayload(
  tree: PayloadTree,
  mask: ValueTree,
  context: ProtocolContext,
): number | undefined {
  const top = context.headers[layerOf[tree.base]];
  if (top === undefined || mask.value === 0n) return undefined;
  const { header, skip } = stackedHeader(context, top, tree);
  const maskOffset = lowestOne(mask.value);
  const maskEnd = maskLength(mask);
  const lead = roundToBytes(mask.bits) - maskEnd;
  let offset = tree.offset - skip + lead;
  let rest = tree.bits;
  let length = 0;
  for (const field of header.fields) {
    if (field.offset !== offset) continue;
    if (field.bits > rest) return undefined;
    rest -= field.bits;
    offset += field.bits;
    length += field.bits;
    if (rest === 0) return undefined;
    if (maskOffset + length === maskEnd) {
      tree.offset += lead;
      tree.bits = length;
      return maskOffset;
    }
  }
  return undefined;
}

/** Narrows a payload of no known field to the mask's bits (`@th,16,6`); returns the shift. */
export function forceTrimPayload(tree: PayloadTree, mask: ValueTree): number | undefined {
  if (mask.value === 0n || isKnown(tree)) return undefined;
  const end = maskLength(mask);
  if (tree.bits <= end) return undefined;
  const offset = tree.offset + roundToBytes(mask.bits) - end;
  const ones = countOnes(mask.value);
  if (roundToBytes(offset) > 255 || ones > tree.bits) return undefined;
  tree.offset = offset;
  tree.bits = ones;
  return lowestOne(mask.value);
}

/** Splits a payload of several adjacent fields into them (nft merges such matches when it loads a rule). */
export function expandPayload(tree: PayloadTree, context: ProtocolContext): PayloadTree[] {
  const header = context.headers[layerOf[tree.base]];
  let offset = tree.offset;
  let rest = tree.bits;
  const parts: PayloadTree[] = [];
  if (header !== undefined && header !== unknownHeader) {
    const place = stackedHeader(context, header, tree);
    offset -= place.skip;
    for (const field of place.header.fields) {
      if (field.offset !== offset || !fits(context, field)) continue;
      const part = fieldPayload(place.header, field);
      parts.push(part);
      if (field.bits >= rest) {
        part.bits = rest;
        return parts;
      }
      rest -= field.bits;
      offset += field.bits;
    }
  }
  parts.push(rawPayload(tree.base, offset, rest));
  return parts;
}
