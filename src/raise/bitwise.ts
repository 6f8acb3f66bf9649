/** Bitwise operations as trees (nft: netlink_parse_bitwise). */

import { hostIntegerType } from '../datatypes/basic.ts';
import type { BitwiseMaskOperation, BitwiseOperation } from '../model/operations.ts';
import { allOnes, lowestZero, numberFromBytes } from './bits.ts';
import { getRegister, type Reader } from './reader.ts';
import { binaryTree, type Tree, valueTree } from './tree.ts';

const registerOperators = { and: '&', or: '|', xor: '^' } as const;

export function bitwiseTree(reader: Reader, operation: BitwiseOperation): Tree {
  const left = getRegister(reader, operation.source);
  switch (operation.operator) {
    case 'mask-xor':
      return maskTree(left, operation);
    case 'lshift':
    case 'rshift': {
      const shift = valueTree(BigInt(operation.bits), 32, hostIntegerType);
      const operator = operation.operator === 'lshift' ? '<<' : '>>';
      return binaryTree(operator, left, shift, operation.length * 8);
    }
    default: {
      const right = getRegister(reader, operation.source2);
      return binaryTree(registerOperators[operation.operator], left, right, left.bits);
    }
  }
}

/**
 * `(source & mask) ^ xor` as the and, xor and or that it may have come from: bits that are cleared and then set are an or,
 * bits that are kept and then flipped a xor.
 */
function maskTree(source: Tree, operation: BitwiseMaskOperation): Tree {
  const bits = operation.length * 8;
  const mask = numberFromBytes(operation.mask);
  const flip = numberFromBytes(operation.xor);
  const set = flip & ~mask;
  const toggled = flip & mask;
  const kept = mask | set;
  let tree = source;
  const wide = source.bits > 0 && lowestZero(kept & allOnes(bits)) >= source.bits;
  if (!wide) tree = binaryTree('&', tree, valueTree(kept, bits), source.bits);
  if (toggled !== 0n) tree = binaryTree('^', tree, valueTree(toggled, bits), source.bits);
  if (set !== 0n) tree = binaryTree('|', tree, valueTree(set, bits), source.bits);
  return tree;
}
