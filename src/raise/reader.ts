/** The state of reading one rule: registers, the statements found so far, the table around. */

import { invalidType } from '../datatypes/basic.ts';
import { paddedBits } from '../datatypes/concat.ts';
import type { Family } from '../fields/families.ts';
import type { HeaderRows } from '../fields/header.ts';
import type { Register } from '../model/operations.ts';
import type { ProgramChain, ProgramSet, ProgramTable } from '../model/program.ts';
import { allOnes } from './bits.ts';
import type { Draft } from './draft.ts';
import type { RaiseSettings } from './options.ts';
import { type ConcatTree, cloneTree, type Tree, valueTree } from './tree.ts';

/** A table with its sets and chains by name. */
export interface TableScope {
  readonly table: ProgramTable;
  readonly sets: ReadonlyMap<string, ProgramSet>;
  /** Chains of `jump { … }`. */
  readonly anonymousChains: ReadonlyMap<string, ProgramChain>;
  readonly settings: RaiseSettings;
}

export interface Reader {
  readonly scope: TableScope;
  readonly family: Family;
  /** By 4-byte word. */
  readonly registers: (Tree | undefined)[];
  readonly drafts: Draft[];
  /** Inside an `inner` operation: the tunnel. */
  tunnel: HeaderRows | undefined;
}

export function newReader(scope: TableScope): Reader {
  return { scope, family: scope.table.family, registers: [], drafts: [], tunnel: undefined };
}

/** Word of a register: 1 to 4 are the 16-byte ones, 8 and more the 4-byte ones. */
function wordOf(register: Register): number {
  return register >= 8 ? register - 8 : (register - 1) * 4;
}

export function setRegister(reader: Reader, register: Register, tree: Tree): void {
  reader.registers[wordOf(register)] = tree;
}

/** A copy of what the register holds; a constant of no width where nothing was loaded. */
export function getRegister(reader: Reader, register: Register): Tree {
  const tree = reader.registers[wordOf(register)];
  return tree === undefined ? valueTree(0n, 0) : cloneTree(tree);
}

export function optionalRegister(reader: Reader, register: Register | undefined): Tree | undefined {
  return register === undefined ? undefined : getRegister(reader, register);
}

export function concatTree(parts: Tree[]): ConcatTree {
  return { kind: 'concat', parts, bits: 0, type: invalidType, order: 'none' };
}

/** Consecutive registers as far as `bits` go (nft: netlink_parse_concat_expr). */
export function getConcat(reader: Reader, register: Register, bits: number): Tree {
  const parts: Tree[] = [];
  let word = wordOf(register);
  let rest = bits;
  while (rest > 0) {
    const tree = reader.registers[word];
    if (tree === undefined || tree.bits === 0) break;
    parts.push(cloneTree(tree));
    const padded = paddedBits(tree.bits);
    rest -= padded;
    word += padded / 32;
  }
  return concatTree(parts);
}

/** The register, or the registers that together are `bits` wide. */
export function getWide(reader: Reader, register: Register, bits: number): Tree {
  const tree = getRegister(reader, register);
  return tree.bits > 0 && tree.bits < bits ? getConcat(reader, register, bits) : tree;
}

/** Cuts a constant of several registers into the widths of its parts (nft: netlink_parse_concat_data). */
export function splitConstant(value: bigint, bits: number, parts: readonly Tree[]): ConcatTree {
  let rest = bits;
  const pieces = parts.map((part): Tree => {
    const piece = (value >> BigInt(Math.max(rest - part.bits, 0))) & allOnes(part.bits);
    rest -= paddedBits(part.bits);
    return valueTree(piece, part.bits);
  });
  return concatTree(pieces);
}
