/** Trees get their fields, types and values (nft: expr_postprocess). */

import { ipv4AddressType, ipv6AddressType } from '../datatypes/address.ts';
import { hexIntegerType, hostIntegerType } from '../datatypes/basic.ts';
import { swapBytes } from './bits.ts';
import { dependencyOf, killByExthdr, killByPayload, releaseDependency } from './dependencies.ts';
import type { Pass } from './layers.ts';
import { removeMask } from './masks.ts';
import { completePayload } from './payload.ts';
import { layerOf } from './protocol-context.ts';
import { isFlags } from './set-elements.ts';
import { bytesFromNumber, listedText, textFromBytes } from './text.ts';
import {
  type BinaryTree,
  binaryTree,
  type ConcatTree,
  type CtTree,
  type MapTree,
  type PayloadTree,
  setType,
  type Tree,
  type ValueTree,
} from './tree.ts';

export function postprocess(pass: Pass, tree: Tree): Tree {
  switch (tree.kind) {
    case 'value':
      return postprocessValue(pass, tree);
    case 'payload':
      return postprocessPayload(pass, tree);
    case 'binary':
      return postprocessBinary(pass, tree);
    case 'concat':
      return postprocessConcat(pass, tree);
    case 'map':
      return postprocessMap(pass, tree);
    case 'unary':
      tree.argument = postprocess(pass, tree.argument);
      tree.type = tree.argument.type;
      tree.order = 'none';
      return tree;
    case 'range':
      tree.from = postprocess(pass, tree.from);
      tree.to = postprocess(pass, tree.to);
      return tree;
    case 'prefix':
      tree.address = postprocess(pass, tree.address);
      return tree;
    case 'jhash':
      tree.key = postprocess(pass, tree.key);
      return tree;
    case 'exthdr':
      killByExthdr(pass.current.dependencies, tree);
      return tree;
    case 'ct':
      return typeCtAddress(pass, tree);
    default:
      return tree;
  }
}

function postprocessValue(pass: Pass, tree: ValueTree): Tree {
  if (tree.text !== undefined) return tree;
  if (tree.type.base === 'string') {
    tree.text = listedText(tree.value, tree.bits);
    return tree;
  }
  if (tree.order === 'host' && !pass.inInterval) tree.value = swapBytes(tree.value, tree.bits);
  return isFlags(tree.type) ? flagsTree(tree) : tree;
}

/** Several flags as an or of each. */
function flagsTree(tree: ValueTree): Tree {
  let result: Tree | undefined;
  let rest = tree.value;
  for (let bit = 1n; rest !== 0n; bit <<= 1n) {
    if ((rest & bit) === 0n) continue;
    rest ^= bit;
    const flag: ValueTree = { ...tree, value: bit };
    result = result === undefined ? flag : binaryTree('|', result, flag, tree.bits);
  }
  return result ?? tree;
}

/** A field of a GRE tunnel's packet implies the outer match on GRE. */
export function killOuterTunnel(pass: Pass, tree: PayloadTree): void {
  const { tunnel } = tree;
  if (tunnel === undefined) return;
  const layer = layerOf[tunnel.layer];
  const dependency = dependencyOf(pass.outer.dependencies, layer);
  if (dependency?.left.kind !== 'meta' || dependency.left.key !== 'l4proto') return;
  if (dependency.right.kind !== 'value' || dependency.right.value !== 47n) return;
  if (tunnel.protocol === 'gre' || tunnel.protocol === 'gretap') {
    releaseDependency(pass.outer.dependencies, layer);
  }
}

function postprocessPayload(pass: Pass, tree: PayloadTree): Tree {
  const { protocols, dependencies } = pass.current;
  completePayload(tree, protocols);
  killOuterTunnel(pass, tree);
  killByPayload(dependencies, tree, protocols.family);
  return tree;
}

/** The parts take the types of the set that they are looked up in. */
function postprocessConcat(pass: Pass, tree: ConcatTree): Tree {
  const fields = tree.type.fields ?? [];
  const before = pass.inConcat;
  pass.inConcat = true;
  tree.parts = tree.parts.map((part, index) => {
    const type = fields[index];
    if (type !== undefined) setType(part, type, type.byteOrder);
    return postprocess(pass, part);
  });
  pass.inConcat = before;
  return tree;
}

function postprocessMap(pass: Pass, tree: MapTree): Tree {
  const { key } = tree;
  if (
    key.kind === 'binary' &&
    key.operator === '&' &&
    key.left.kind === 'payload' &&
    key.right.kind === 'value'
  ) {
    const bare = removeMask(pass, { kind: 'map', tree }, key);
    if (bare !== undefined) tree.key = bare;
  }
  if (tree.key.kind === 'concat') tree.key.type = tree.set.type;
  tree.key = postprocess(pass, tree.key);
  return tree;
}

/** The type of a constant beside a field; wider ones are numbers of the machine. */
function typeOperand(left: Tree, right: Tree): void {
  setType(right, left.type, right.bits > left.bits ? 'host' : left.order);
}

function postprocessBinary(pass: Pass, tree: BinaryTree): Tree {
  const field = maskedShift(pass, tree);
  if (field !== undefined) return field;
  tree.left = postprocess(pass, tree.left);
  const shift = tree.operator === '<<' || tree.operator === '>>';
  if (shift) setType(tree.right, hostIntegerType, 'none');
  else typeOperand(tree.left, tree.right);
  if (
    tree.operator === '&' &&
    pass.inConcat &&
    tree.left.kind === 'payload' &&
    tree.right.kind === 'value'
  ) {
    return removeMask(pass, { kind: 'none' }, tree) ?? tree;
  }
  if (!shift) readTextOperand(tree.right);
  tree.right = postprocess(pass, tree.right);
  if (shift) setType(tree, hexIntegerType, 'host');
  else setType(tree, tree.left.type, tree.left.order);
  return tree;
}

/** Text beside an operator went to the kernel as a number: its first character comes last. */
function readTextOperand(operand: Tree): void {
  if (operand.kind !== 'value' || operand.type.base !== 'string') return;
  operand.text = textFromBytes(bytesFromNumber(operand.value, operand.bits).reverse());
}

/** `(payload & mask) >> shift`, with or without a byte order conversion: a field narrower than its bytes. */
function maskedShift(pass: Pass, tree: BinaryTree): Tree | undefined {
  if (tree.operator !== '>>') return undefined;
  if (tree.left.kind === 'unary') tree.left = tree.left.argument;
  const masked = tree.left;
  if (masked.kind !== 'binary' || masked.operator !== '&') return undefined;
  if (masked.left.kind !== 'payload' && masked.left.kind !== 'exthdr') return undefined;
  masked.left = postprocess(pass, masked.left);
  setType(tree.right, hostIntegerType, 'none');
  return removeMask(pass, { kind: 'none' }, masked) ?? masked;
}

/** `ct saddr` without a family takes that of the rule. */
function typeCtAddress(pass: Pass, tree: CtTree): Tree {
  if (tree.key !== 'saddr' && tree.key !== 'daddr') return tree;
  const network = pass.current.protocols.headers[2]?.protocol;
  if (network === 'ip') tree.type = ipv4AddressType;
  if (network === 'ip6') tree.type = ipv6AddressType;
  if (network === 'ip' || network === 'ip6') tree.family = network;
  if (tree.bits === 0) tree.bits = network === 'ip6' ? 128 : network === 'ip' ? 32 : 0;
  return tree;
}
