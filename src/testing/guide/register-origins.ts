/** Where the contents of registers come from while a rule is read operation by operation. */

import type { Operation, Register } from '../../model/operations.ts';

/** The part of a packet that a constant is compared with. */
export type Field =
  | 'source4'
  | 'destination4'
  | 'source6'
  | 'destination6'
  | 'sourcePort'
  | 'port'
  | 'protocol'
  | 'icmpType'
  | 'in'
  | 'out'
  | 'mark'
  | 'connectionMark'
  | 'state'
  | 'flags'
  | 'family';

export interface Origin {
  readonly field: Field;
  /** Bytes of the whole field. */
  readonly length: number;
  /** Where in the field the register starts. */
  readonly offset: number;
  readonly mask?: Uint8Array;
}

/** Byte position in the 80 bytes of register memory (NFT_REG_1 and NFT_REG32_00). */
export function registerOffset(register: Register): number {
  return register < 8 ? (register - 1) * 16 : (register - 8) * 4;
}

interface PayloadRow {
  readonly base: 'network' | 'transport';
  readonly offset: number;
  readonly length: number;
  readonly field: Field;
}

/** Larger rows first: IPv6 addresses lie over the places of IPv4 ones, and a load's length tells them apart. */
const payloadRows: readonly PayloadRow[] = [
  { base: 'network', offset: 8, length: 16, field: 'source6' },
  { base: 'network', offset: 24, length: 16, field: 'destination6' },
  { base: 'network', offset: 12, length: 4, field: 'source4' },
  { base: 'network', offset: 16, length: 4, field: 'destination4' },
  { base: 'network', offset: 9, length: 1, field: 'protocol' },
  { base: 'transport', offset: 0, length: 2, field: 'sourcePort' },
  { base: 'transport', offset: 2, length: 2, field: 'port' },
  { base: 'transport', offset: 0, length: 1, field: 'icmpType' },
  { base: 'transport', offset: 13, length: 1, field: 'flags' },
];

const metaFields: Readonly<Record<string, Field>> = {
  l4proto: 'protocol',
  iifname: 'in',
  oifname: 'out',
  mark: 'mark',
  nfproto: 'family',
};

const ctFields: Readonly<Record<string, Field>> = { state: 'state', mark: 'connectionMark' };

/** A load of part of a field is its first bytes (a prefix). */
function payloadOrigin(base: string, offset: number, length: number): Origin | undefined {
  const row =
    payloadRows.find(
      (one) => one.base === base && one.offset === offset && one.length === length,
    ) ??
    payloadRows.find(
      (one) =>
        one.base === base &&
        one.offset === offset &&
        length < one.length &&
        one.length === (length > 4 ? 16 : 4),
    );
  return row && { field: row.field, length: row.length, offset: 0 };
}

export type Origins = Map<number, Origin>;

function put(origins: Origins, register: Register, origin: Origin | undefined): void {
  const at = registerOffset(register);
  if (origin === undefined) origins.delete(at);
  else origins.set(at, origin);
}

/** Follows one operation; comparisons change nothing. */
export function follow(origins: Origins, operation: Operation): void {
  switch (operation.kind) {
    case 'payload':
      put(
        origins,
        operation.destination,
        payloadOrigin(operation.base, operation.offset, operation.length),
      );
      return;
    case 'meta': {
      const field = metaFields[operation.key];
      put(
        origins,
        operation.destination,
        field && {
          field,
          length: operation.key.endsWith('name') ? 16 : operation.key === 'mark' ? 4 : 1,
          offset: 0,
        },
      );
      return;
    }
    case 'ct': {
      const field = ctFields[operation.key];
      put(origins, operation.destination, field && { field, length: 4, offset: 0 });
      return;
    }
    case 'bitwise': {
      const source = origins.get(registerOffset(operation.source));
      if (operation.operator !== 'mask-xor' || source === undefined) {
        put(origins, operation.destination, undefined);
        return;
      }
      put(origins, operation.destination, { ...source, mask: operation.mask });
      return;
    }
    default:
      if ('destination' in operation && operation.destination !== undefined) {
        put(origins, operation.destination, undefined);
      }
  }
}
