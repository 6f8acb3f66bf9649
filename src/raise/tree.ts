/**
 * The expression tree between a program and the syntax tree: what nft builds while it reads a rule back.
 *
 * Nodes are changed in place, as nft's own are, because one decision (a mask, a dependency) retypes its surroundings;
 * they live for the raising of one rule only and never leave this folder.
 */

import type { Expression } from '../ast/nft/expressions.ts';
import type { Verdict } from '../ast/nft/verdict.ts';
import { invalidType } from '../datatypes/basic.ts';
import type { ByteOrder, Datatype } from '../datatypes/datatype.ts';
import type { HeaderField, HeaderRows } from '../fields/header.ts';
import type { PayloadBase } from '../model/operations.ts';
import type { ProgramElement, ProgramSet } from '../model/program.ts';

interface TreeBase {
  type: Datatype;
  order: ByteOrder;
  bits: number;
}

/** A constant: its bytes read as one big-endian number until its byte order is known. */
export interface ValueTree extends TreeBase {
  kind: 'value';
  value: bigint;
  /** Characters, once known to be a string. */
  text?: string;
}

export interface PrefixTree extends TreeBase {
  kind: 'prefix';
  address: Tree;
  length: number;
}

export interface RangeTree extends TreeBase {
  kind: 'range';
  from: Tree;
  to: Tree;
}

export interface ConcatTree extends TreeBase {
  kind: 'concat';
  parts: Tree[];
}

export interface ListTree extends TreeBase {
  kind: 'list';
  items: Tree[];
}

/** Bits of a header; `header` and `field` once the protocol is known. */
export interface PayloadTree extends TreeBase {
  kind: 'payload';
  base: PayloadBase;
  /** Bits. */
  offset: number;
  header?: HeaderRows | undefined;
  field?: HeaderField | undefined;
  tunnel?: HeaderRows | undefined;
  /** The field names the next protocol (nft: EXPR_F_PROTOCOL). */
  protocolKey: boolean;
}

export interface ExthdrTree extends TreeBase {
  kind: 'exthdr';
  operator: 'ipv6' | 'tcpopt' | 'ipv4' | 'sctp' | 'dccp';
  header: number;
  /** Bits. */
  offset: number;
  present: boolean;
  /** A mask was tried on it that fits no field: nft lists it without its field's name. */
  unknown?: boolean;
}

export interface MetaTree extends TreeBase {
  kind: 'meta';
  key: string;
  tunnel?: HeaderRows | undefined;
}

export interface CtTree extends TreeBase {
  kind: 'ct';
  key: string;
  family?: 'ip' | 'ip6' | undefined;
  direction?: 'original' | 'reply' | undefined;
}

/** An expression without operands whose meaning nothing around it changes. */
export interface LeafTree extends TreeBase {
  kind: 'leaf';
  expression: Expression;
}

export interface HashTree extends TreeBase {
  kind: 'jhash';
  key: Tree;
  modulus: number;
  seed: number | undefined;
  offset: number;
}

export interface BinaryTree extends TreeBase {
  kind: 'binary';
  operator: '&' | '|' | '^' | '<<' | '>>';
  left: Tree;
  right: Tree;
}

/** A byte order conversion; not listed. */
export interface UnaryTree extends TreeBase {
  kind: 'unary';
  argument: Tree;
}

/** An element of an anonymous set, as read for one rule. */
export interface ElementTree {
  key: Tree | undefined;
  data?: Tree | Verdict | string;
  /** Comment, timeout and statements of the element. */
  readonly source: ProgramElement;
}

export interface SetTree extends TreeBase {
  kind: 'set';
  set: ProgramSet;
  /** Anonymous sets only. */
  elements?: ElementTree[];
}

export interface MapTree extends TreeBase {
  kind: 'map';
  key: Tree;
  set: SetTree;
}

export type Tree =
  | ValueTree
  | PrefixTree
  | RangeTree
  | ConcatTree
  | ListTree
  | PayloadTree
  | ExthdrTree
  | MetaTree
  | CtTree
  | LeafTree
  | HashTree
  | BinaryTree
  | UnaryTree
  | SetTree
  | MapTree;

export function valueTree(value: bigint, bits: number, type = invalidType): ValueTree {
  return { kind: 'value', value, bits, type, order: 'none' };
}

export function binaryTree(
  operator: BinaryTree['operator'],
  left: Tree,
  right: Tree,
  bits: number,
): BinaryTree {
  return { kind: 'binary', operator, left, right, bits, type: left.type, order: left.order };
}

export function rangeTree(from: Tree, to: Tree): RangeTree {
  return { kind: 'range', from, to, bits: from.bits, type: from.type, order: from.order };
}

export function prefixTree(address: Tree, length: number): PrefixTree {
  const { type, order, bits } = address;
  return { kind: 'prefix', address, length, type, order, bits };
}

/** nft: expr_set_type; reaches the constants inside. */
export function setType(tree: Tree, type: Datatype, order: ByteOrder): void {
  tree.type = type;
  tree.order = order;
  if (tree.kind === 'prefix') setType(tree.address, type, order);
  if (tree.kind === 'range') {
    setType(tree.from, type, order);
    setType(tree.to, type, order);
  }
  if (tree.kind === 'set') {
    for (const { key } of tree.elements ?? []) if (key !== undefined) setType(key, type, order);
  }
}

/** A deep copy of everything but rows and sets. */
export function cloneTree(tree: Tree): Tree {
  switch (tree.kind) {
    case 'prefix':
      return { ...tree, address: cloneTree(tree.address) };
    case 'range':
      return { ...tree, from: cloneTree(tree.from), to: cloneTree(tree.to) };
    case 'concat':
      return { ...tree, parts: tree.parts.map(cloneTree) };
    case 'jhash':
      return { ...tree, key: cloneTree(tree.key) };
    case 'binary':
      return { ...tree, left: cloneTree(tree.left), right: cloneTree(tree.right) };
    case 'unary':
      return { ...tree, argument: cloneTree(tree.argument) };
    case 'map':
      return { ...tree, key: cloneTree(tree.key) };
    default:
      return { ...tree };
  }
}
