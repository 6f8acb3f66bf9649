/** bitwise and byteorder: arithmetic on registers (nft_bitwise.c, nft_byteorder.c). */

import type {
  BitwiseMaskOperation,
  BitwiseOperation,
  BitwiseRegisterOperation,
  BitwiseShiftOperation,
  ByteorderOperation,
} from '../../model/operations.ts';
import { readHost32, writeHost32 } from '../../packet/bytes.ts';
import type { Step } from '../rules/evaluation.ts';
import { registerOffset } from '../rules/registers.ts';

export function prepareBitwise(operation: BitwiseOperation): Step {
  switch (operation.operator) {
    case 'mask-xor':
      return prepareMask(operation);
    case 'lshift':
    case 'rshift':
      return prepareShift(operation);
    default:
      return prepareRegisters(operation);
  }
}

function prepareMask(operation: BitwiseMaskOperation): Step {
  const from = registerOffset(operation.source);
  const to = registerOffset(operation.destination);
  const { mask, xor, length } = operation;
  return ({ registers: { bytes } }) => {
    for (let index = 0; index < length; index++) {
      bytes[to + index] = ((bytes[from + index] ?? 0) & (mask[index] ?? 0)) ^ (xor[index] ?? 0);
    }
  };
}

/** Words are of host order; bits move from one word to the next (nft_bitwise_eval_lshift()). */
function prepareShift(operation: BitwiseShiftOperation): Step {
  const from = registerOffset(operation.source);
  const to = registerOffset(operation.destination);
  const words = (operation.length + 3) >> 2;
  const { bits } = operation;
  if (operation.operator === 'lshift') {
    return ({ registers: { bytes } }) => {
      let carry = 0;
      for (let word = words - 1; word >= 0; word--) {
        const value = readHost32(bytes, from + 4 * word);
        writeHost32(bytes, to + 4 * word, bits === 0 ? value : (value << bits) | carry);
        carry = bits === 0 ? 0 : value >>> (32 - bits);
      }
    };
  }
  return ({ registers: { bytes } }) => {
    let carry = 0;
    for (let word = 0; word < words; word++) {
      const value = readHost32(bytes, from + 4 * word);
      writeHost32(bytes, to + 4 * word, bits === 0 ? value : carry | (value >>> bits));
      carry = bits === 0 ? 0 : value << (32 - bits);
    }
  };
}

function prepareRegisters(operation: BitwiseRegisterOperation): Step {
  const first = registerOffset(operation.source);
  const second = registerOffset(operation.source2);
  const to = registerOffset(operation.destination);
  const { operator, length } = operation;
  return ({ registers: { bytes } }) => {
    for (let index = 0; index < length; index++) {
      const a = bytes[first + index] ?? 0;
      const b = bytes[second + index] ?? 0;
      bytes[to + index] = operator === 'and' ? a & b : operator === 'or' ? a | b : a ^ b;
    }
  };
}

/** hton and ntoh are the same swap on a little-endian machine. */
export function prepareByteorder(operation: ByteorderOperation): Step {
  const from = registerOffset(operation.source);
  const to = registerOffset(operation.destination);
  const { size, length } = operation;
  return ({ registers: { bytes } }) => {
    for (let start = 0; start < length; start += size) {
      const value = bytes.slice(from + start, from + start + size).reverse();
      bytes.set(value, to + start);
    }
  };
}
