/** Operations as iptables-nft writes them: everything goes through the first 16-byte register. */

import type { Operation, PayloadBase } from '../../model/operations.ts';

/** NFT_REG_1. */
const register = 1;

export function loadPayload(base: PayloadBase, offset: number, length: number): Operation {
  return { kind: 'payload', base, offset, length, destination: register };
}

export function loadMeta(key: string): Operation {
  return { kind: 'meta', key, destination: register };
}

/** register = register & mask */
export function maskWith(mask: Uint8Array, hostOrder = false): Operation {
  return {
    kind: 'bitwise',
    operator: 'mask-xor',
    source: register,
    destination: register,
    length: mask.length,
    mask,
    xor: new Uint8Array(mask.length),
    ...(hostOrder ? { hostOrder } : {}),
  };
}

export function compare(
  operator: 'eq' | 'neq' | 'lte' | 'gt',
  data: Uint8Array,
  hostOrder = false,
): Operation {
  return { kind: 'cmp', operator, source: register, data, ...(hostOrder ? { hostOrder } : {}) };
}

export function compareRange(inverted: boolean, from: Uint8Array, to: Uint8Array): Operation {
  return { kind: 'range', operator: inverted ? 'neq' : 'eq', source: register, from, to };
}

export function bigEndian16(value: number): Uint8Array {
  return Uint8Array.of(value >>> 8, value & 0xff);
}

/** Host byte order of the machines that the model describes. */
export function hostEndian32(value: number): Uint8Array {
  return Uint8Array.of(value & 0xff, (value >>> 8) & 0xff, (value >>> 16) & 0xff, value >>> 24);
}

/** The register's bytes of a text, with its final zero where the whole name counts. */
export function textBytes(text: string, terminated: boolean): Uint8Array {
  const bytes = new Uint8Array(text.length + (terminated ? 1 : 0));
  for (let index = 0; index < text.length; index++) bytes[index] = text.charCodeAt(index) & 0xff;
  return bytes;
}
