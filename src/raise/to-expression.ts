/** Trees as expressions of the syntax tree. */

import type { Expression } from '../ast/nft/expressions.ts';
import { generatedSpan } from '../base/span.ts';
import { bigIntegerType } from '../datatypes/basic.ts';
import type { Datatype } from '../datatypes/datatype.ts';
import { setExpression } from './elements.ts';
import { extensionExpression } from './fields.ts';
import { isKnown } from './payload.ts';
import type { CtTree, HashTree, MetaTree, PayloadTree, Tree, ValueTree } from './tree.ts';

const span = generatedSpan;

export function toExpression(tree: Tree): Expression {
  switch (tree.kind) {
    case 'value':
      return valueExpression(tree, tree.type);
    case 'prefix':
      return { kind: 'prefix', address: toExpression(tree.address), length: tree.length, span };
    case 'range':
      return { kind: 'range', from: toExpression(tree.from), to: toExpression(tree.to), span };
    case 'concat':
      return { kind: 'concat', parts: tree.parts.map(toExpression), span };
    case 'list':
      return { kind: 'list', items: tree.items.map(toExpression), span };
    case 'payload':
      return payloadExpression(tree);
    case 'exthdr':
      return extensionExpression(tree);
    case 'meta':
      return metaExpression(tree);
    case 'ct':
      return ctExpression(tree);
    case 'leaf':
      return tree.expression;
    case 'jhash':
      return hashExpression(tree);
    case 'binary': {
      const left = toExpression(tree.left);
      return {
        kind: 'binary',
        operator: tree.operator,
        left,
        right: toExpression(tree.right),
        span,
      };
    }
    case 'unary':
      return toExpression(tree.argument);
    case 'set':
      return setExpression(tree, undefined, undefined);
    case 'map':
      return {
        kind: 'map',
        key: toExpression(tree.key),
        data: setExpression(tree.set, mapKey(tree.key), tree.type),
        span,
      };
  }
}

/** Keys of maps keep the type of the set: integers are decimal, whatever is looked up. */
export function mapKey(key: Tree): Tree {
  if (key.kind === 'concat' || key.type.number !== 4) return key;
  return { ...key, type: bigIntegerType };
}

export function valueExpression(tree: ValueTree, type: Datatype): Expression {
  if (tree.text !== undefined)
    return { kind: 'value', type, bits: tree.bits, value: tree.text, span };
  return { kind: 'value', type, bits: tree.bits, value: tree.value, span };
}

function payloadExpression(tree: PayloadTree): Expression {
  const tunnel = tree.tunnel === undefined ? {} : { tunnel: tree.tunnel.protocol };
  if (isKnown(tree) && tree.header !== undefined && tree.field !== undefined) {
    const { protocol } = tree.header;
    const inner = tree.tunnel?.protocol === protocol ? {} : tunnel;
    return { kind: 'payload', protocol, field: tree.field.name, ...inner, span };
  }
  const { base, offset, bits } = tree;
  return { kind: 'raw-payload', base, offset, bits, ...tunnel, span };
}

function metaExpression({ key }: MetaTree): Expression {
  return { kind: 'meta', key, span };
}

function ctExpression({ key, direction, family }: CtTree): Expression {
  return {
    kind: 'ct',
    key,
    ...(direction === undefined ? {} : { direction }),
    ...(family === undefined ? {} : { family }),
    span,
  };
}

function hashExpression(tree: HashTree): Expression {
  return {
    kind: 'jhash',
    key: toExpression(tree.key),
    modulus: tree.modulus,
    ...(tree.seed === undefined ? {} : { seed: tree.seed }),
    ...(tree.offset === 0 ? {} : { offset: tree.offset }),
    span,
  };
}
