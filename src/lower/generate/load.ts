/** Operations that compute an expression into a register (nft: netlink_gen_expr()). */

import type {
  MetaOperation,
  Operation,
  PayloadOperation,
  Register,
} from '../../model/operations.ts';
import { bitmask, numberBytes, registerUnits } from '../bytes.ts';
import { operationBytes } from '../shape/pass.ts';
import {
  rootType,
  type TypedBinary,
  type TypedByteorder,
  type TypedConcat,
  type TypedExpression,
  type TypedExthdr,
  type TypedJhash,
  type TypedMap,
  type TypedMeta,
  type TypedPayload,
  type TypedValue,
} from '../typed.ts';
import { type Emitter, registerAt, withRegister } from './emitter.ts';
import { hostData } from './host-data.ts';

export function generateLoad(emitter: Emitter, expression: TypedExpression, unit: number): void {
  const destination = registerAt(unit);
  const { operations } = emitter;
  switch (expression.kind) {
    case 'payload':
      operations.push(inTunnel(expression, payloadLoad(expression, destination)));
      return;
    case 'meta':
      operations.push(inTunnel(expression, metaLoad(expression, destination)));
      return;
    case 'ct': {
      const { key, direction } = expression;
      operations.push({
        kind: 'ct',
        key: key.listing,
        destination,
        ...(direction === undefined ? {} : { direction }),
      });
      return;
    }
    case 'exthdr':
      operations.push(exthdrLoad(expression, destination));
      return;
    case 'load':
      operations.push(expression.make(destination));
      return;
    case 'value':
      operations.push(immediate(expression, destination));
      return;
    case 'concat':
      generateConcat(emitter, expression, unit);
      return;
    case 'binary':
      generateBinary(emitter, expression, unit);
      return;
    case 'byteorder':
      generateByteorder(emitter, expression, unit);
      return;
    case 'map':
      generateMap(emitter, expression, unit);
      return;
    case 'jhash':
      generateJhash(emitter, expression, unit);
      return;
    default:
      throw new Error(`${expression.kind} cannot be loaded`);
  }
}

/** Loads are the same in rule after rule: one object serves all of them. */
const sharedPayloads = new Map<number, PayloadOperation>();
const sharedMetas = new Map<string, MetaOperation>();

const baseNumber = { link: 0, network: 1, transport: 2, inner: 3, tunnel: 4 } as const;

function payloadLoad(payload: TypedPayload, destination: Register): PayloadOperation {
  const { base } = payload;
  const offset = Math.floor(payload.offset / 8);
  const length = Math.ceil(payload.bits / 8);
  const key = ((offset * 64 + length) * 8 + baseNumber[base]) * 32 + destination;
  const shared = sharedPayloads.get(key);
  if (shared !== undefined) return shared;
  const operation: PayloadOperation = { kind: 'payload', base, offset, length, destination };
  if (sharedPayloads.size < 4096) sharedPayloads.set(key, operation);
  return operation;
}

function metaLoad(meta: TypedMeta, destination: Register): MetaOperation {
  const key = destination === 1 ? meta.key.listing : `${meta.key.listing} ${destination}`;
  const shared = sharedMetas.get(key);
  if (shared !== undefined) return shared;
  const operation: MetaOperation = { kind: 'meta', key: meta.key.listing, destination };
  sharedMetas.set(key, operation);
  return operation;
}

function inTunnel(
  expression: TypedPayload | TypedMeta,
  operation: PayloadOperation | MetaOperation,
): Operation {
  const tunnel = expression.tunnel?.tunnel;
  if (tunnel === undefined) return operation;
  const { type, headerSize, flags } = tunnel;
  return { kind: 'inner', type, headerSize, flags, operation };
}

function exthdrLoad(exthdr: TypedExthdr, destination: Register): Operation {
  return {
    kind: 'exthdr',
    operator: exthdr.operator,
    type: exthdr.number,
    offset: Math.floor(exthdr.offset / 8),
    length: Math.ceil(exthdr.bits / 8),
    present: exthdr.present,
    destination,
  };
}

function immediate(value: TypedValue, destination: Register): Operation {
  return { kind: 'immediate', destination, data: operationBytes(value), ...hostData(value) };
}

function generateConcat(emitter: Emitter, concat: TypedConcat, unit: number): void {
  let next = unit;
  for (const part of concat.parts) {
    generateLoad(emitter, part, next);
    next += registerUnits(part.bits);
  }
}

function generateByteorder(emitter: Emitter, node: TypedByteorder, unit: number): void {
  generateLoad(emitter, node.argument, unit);
  const { bits } = node.argument;
  const register = registerAt(unit);
  emitter.operations.push({
    kind: 'byteorder',
    operator: node.operator,
    source: register,
    destination: register,
    length: Math.ceil(node.bits / 8),
    size: bits % 64 === 0 ? 8 : bits % 32 === 0 ? 4 : 2,
  });
}

function generateBinary(emitter: Emitter, node: TypedBinary, unit: number): void {
  if (node.operator === '<<' || node.operator === '>>') generateShift(emitter, node, unit);
  else if (node.right.kind === 'value') generateMaskXor(emitter, node, unit);
  else generateRegisters(emitter, node, unit);
}

/** Both operands computed (kernel 6.13 and later). */
function generateRegisters(emitter: Emitter, node: TypedBinary, unit: number): void {
  generateLoad(emitter, node.left, unit);
  const source = registerAt(unit);
  const { operator, right, bits } = node;
  withRegister(emitter, right, (second) => {
    generateLoad(emitter, right, second);
    emitter.operations.push({
      kind: 'bitwise',
      operator: operator === '&' ? 'and' : operator === '|' ? 'or' : 'xor',
      source,
      source2: registerAt(second),
      destination: source,
      length: Math.ceil(bits / 8),
    });
  });
}

function generateShift(emitter: Emitter, node: TypedBinary, unit: number): void {
  generateLoad(emitter, node.left, unit);
  const register = registerAt(unit);
  emitter.operations.push({
    kind: 'bitwise',
    operator: node.operator === '<<' ? 'lshift' : 'rshift',
    source: register,
    destination: register,
    length: Math.ceil(node.bits / 8),
    bits: node.right.kind === 'value' ? Number(node.right.value) : 0,
  });
}

/** A chain of masks, ors and xors with constants becomes one operation (nft: netlink_gen_bitwise_mask_xor()). */
function generateMaskXor(emitter: Emitter, node: TypedBinary, unit: number): void {
  const chain: TypedBinary[] = [];
  let source: TypedExpression = node;
  while (
    source.kind === 'binary' &&
    source.right.kind === 'value' &&
    source.operator !== '<<' &&
    source.operator !== '>>'
  ) {
    chain.push(source);
    source = source.left;
  }
  generateLoad(emitter, source, unit);
  const all = bitmask(node.bits);
  let mask = all;
  let xor = 0n;
  for (const step of chain.reverse()) {
    const value = step.right.kind === 'value' ? step.right.value : 0n;
    const keep = step.operator === '&' ? value : step.operator === '|' ? ~value & all : all;
    const flip = step.operator === '&' ? 0n : value;
    xor = flip ^ (xor & keep);
    mask &= keep;
  }
  const length = Math.ceil(node.bits / 8);
  const register = registerAt(unit);
  // nft writes numbers that were text with the highest byte first.
  const order = rootType(node.type) === 'string' ? 'big' : node.order;
  emitter.operations.push({
    kind: 'bitwise',
    operator: 'mask-xor',
    source: register,
    destination: register,
    length,
    mask: numberBytes(mask, order, length),
    xor: numberBytes(xor, order, length),
    ...hostData(node),
  });
}

function generateJhash(emitter: Emitter, node: TypedJhash, unit: number): void {
  const { source, modulus, offset, seed } = node;
  withRegister(emitter, source, (register) => {
    generateLoad(emitter, source, register);
    emitter.operations.push({
      kind: 'hash',
      type: 'jenkins',
      source: registerAt(register),
      length: Math.ceil(source.bits / 8),
      modulus,
      offset,
      destination: registerAt(unit),
      ...(seed === undefined ? {} : { seed }),
    });
  });
}

/** A lookup whose data lands where the key was. */
function generateMap(emitter: Emitter, map: TypedMap, unit: number): void {
  const space = map.key.kind === 'concat' ? registerUnits(map.key.bits) : 0;
  emitter.low += space;
  generateLoad(emitter, map.key, unit);
  emitter.low -= space;
  const register = registerAt(unit);
  emitter.operations.push({
    kind: 'lookup',
    set: map.set.name,
    source: register,
    destination: register,
    inverted: false,
  });
}

/** `KEY vmap …`: the verdict lands in register 0. */
export function generateVerdictMap(emitter: Emitter, map: TypedMap): void {
  withRegister(emitter, map.key, (unit) => {
    generateLoad(emitter, map.key, unit);
    emitter.operations.push({
      kind: 'lookup',
      set: map.set.name,
      source: registerAt(unit),
      destination: 0,
      inverted: false,
    });
  });
}
