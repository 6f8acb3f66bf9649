/** Operations of a comparison (nft: netlink_gen_relational()). */

import type { CompareOperator } from '../../model/operations.ts';
import { numberBytes, prefixMask, valueBytes } from '../bytes.ts';
import type { ComparisonOperator, MatchItem } from '../context.ts';
import { operationBytes, operationRangeBytes } from '../shape/pass.ts';
import { rootType, type TypedPrefix, type TypedValue } from '../typed.ts';
import { isFlags } from '../types.ts';
import { type Emitter, registerAt, unitsOf } from './emitter.ts';
import { hostData, isHostNumber } from './host-data.ts';
import { generateLoad } from './load.ts';

const compareOperators: Readonly<Record<ComparisonOperator, CompareOperator>> = {
  in: 'eq',
  '==': 'eq',
  '!=': 'neq',
  '<': 'lt',
  '>': 'gt',
  '<=': 'lte',
  '>=': 'gte',
  '!': 'eq',
};

export function generateMatch(emitter: Emitter, item: MatchItem): void {
  const unit = emitter.low;
  const units = unitsOf(item.left);
  emitter.low += units;
  generateComparison(emitter, item, unit);
  emitter.low -= units;
}

function generateComparison(emitter: Emitter, item: MatchItem, unit: number): void {
  const { left, right, operator, span } = item;
  const source = registerAt(unit);
  switch (right.kind) {
    case 'range':
      generateLoad(emitter, left, unit);
      emitter.operations.push({
        kind: 'range',
        operator: operator === '!=' ? 'neq' : 'eq',
        source,
        from: operationRangeBytes(right.from),
        to: operationRangeBytes(right.to),
        span,
      });
      return;
    case 'set-reference':
      generateLoad(emitter, left, unit);
      emitter.operations.push({
        kind: 'lookup',
        set: right.set.name,
        source,
        inverted: operator === '!=',
        span,
      });
      return;
    case 'prefix':
      generatePrefix(emitter, item, right, unit);
      return;
    case 'value':
      if ((operator === 'in' || operator === '!') && isFlags(right.type)) {
        generateFlags(emitter, item, right, unit);
        return;
      }
      generateLoad(emitter, left, unit);
      compare(emitter, item, right, operationBytes(right), source);
      return;
    default:
      throw new Error(`cannot compare with ${right.kind}`);
  }
}

function compare(
  emitter: Emitter,
  item: MatchItem,
  right: TypedValue,
  data: Uint8Array,
  source: number,
): void {
  const { span } = item;
  const operator = compareOperators[item.operator];
  emitter.operations.push(
    isHostNumber(right)
      ? { kind: 'cmp', operator, source, data, hostOrder: true, span }
      : { kind: 'cmp', operator, source, data, span },
  );
}

/** Whole bytes of network order are compared as a shorter load, anything else is masked. */
function generatePrefix(
  emitter: Emitter,
  item: MatchItem,
  prefix: TypedPrefix,
  unit: number,
): void {
  const { left } = item;
  const { base, length, bits, order } = prefix;
  const source = registerAt(unit);
  const masked =
    rootType(left.type) !== 'string' && (order !== 'big' || length === 0 || length % 8 !== 0);
  const bytes = Math.ceil(bits / 8);
  if (masked) {
    generateLoad(emitter, left, unit);
    emitter.operations.push({
      kind: 'bitwise',
      operator: 'mask-xor',
      source,
      destination: source,
      length: bytes,
      mask: numberBytes(prefixMask(bits, length), order, bytes),
      xor: new Uint8Array(bytes),
      ...hostData(prefix),
    });
    compare(emitter, item, base, operationBytes(base, bytes), source);
    return;
  }
  generateLoad(emitter, { ...left, bits: length }, unit);
  compare(emitter, item, base, operationBytes(base, bytes, Math.ceil(length / 8)), source);
}

/** Any of the flags, or none of them (nft: netlink_gen_flagcmp()). */
function generateFlags(emitter: Emitter, item: MatchItem, right: TypedValue, unit: number): void {
  const { left, operator, span } = item;
  generateLoad(emitter, left, unit);
  const source = registerAt(unit);
  const data = valueBytes(right);
  if (left.kind === 'binary') {
    emitter.operations.push({
      kind: 'cmp',
      operator: 'eq',
      source,
      data,
      ...hostData(right),
      span,
    });
    return;
  }
  const length = Math.ceil(left.bits / 8);
  const zero = new Uint8Array(length);
  emitter.operations.push({
    kind: 'bitwise',
    operator: 'mask-xor',
    source,
    destination: source,
    length,
    mask: data,
    xor: zero,
    ...hostData(right),
  });
  emitter.operations.push({
    kind: 'cmp',
    operator: operator === '!' ? 'eq' : 'neq',
    source,
    data: zero,
    ...hostData(right),
    span,
  });
}
