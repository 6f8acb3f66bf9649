/** Trees as expressions of the syntax tree. */

import type { Expression, MappingExpression } from '../ast/nft/expressions.ts';
import { generatedSpan } from '../base/span.ts';
import type { Datatype } from '../datatypes/datatype.ts';
import { extensionExpression } from './fields.ts';
import { isKnown } from './payload.ts';
import { isFlags } from './set-elements.ts';
import type {
  CtTree,
  ElementTree,
  HashTree,
  MetaTree,
  PayloadTree,
  SetTree,
  Tree,
  ValueTree,
} from './tree.ts';

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
        data: setExpression(tree.set, tree.key, tree.type),
        span,
      };
  }
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

/** Integers of a set take the names and base of what is looked up. */
function keyType(type: Datatype, looked: Tree | undefined): Datatype {
  const bare = looked?.kind === 'unary' ? looked.argument : looked;
  return type.number === 4 && bare !== undefined && bare.type.number === 4 ? bare.type : type;
}

/** A constant of an element; several flags are an or of each. */
function constantExpression(tree: ValueTree, type: Datatype): Expression {
  if (!isFlags(type) || tree.value === 0n) return valueExpression(tree, type);
  let result: Expression | undefined;
  let rest = tree.value;
  for (let bit = 1n; rest !== 0n; bit <<= 1n) {
    if ((rest & bit) === 0n) continue;
    rest ^= bit;
    const right = valueExpression({ ...tree, value: bit }, type);
    result =
      result === undefined ? right : { kind: 'binary', operator: '|', left: result, right, span };
  }
  return result ?? valueExpression(tree, type);
}

/** A key or datum of an element; `looked` is what it is compared with. */
export function elementValue(tree: Tree, looked: Tree | undefined): Expression {
  switch (tree.kind) {
    case 'value':
      return constantExpression(tree, keyType(tree.type, looked));
    case 'prefix': {
      const address = elementValue(tree.address, looked);
      return { kind: 'prefix', address, length: tree.length, span };
    }
    case 'range':
      return {
        kind: 'range',
        from: elementValue(tree.from, looked),
        to: elementValue(tree.to, looked),
        span,
      };
    case 'concat': {
      const parts = looked?.kind === 'concat' ? looked.parts : [];
      return {
        kind: 'concat',
        parts: tree.parts.map((part, index) => elementValue(part, parts[index])),
        span,
      };
    }
    default:
      return toExpression(tree);
  }
}

export function elementData(data: NonNullable<ElementTree['data']>, type?: Datatype): Expression {
  if (typeof data === 'string') return { kind: 'string', text: data, span };
  if (isVerdict(data)) return { kind: 'verdict', verdict: data, span };
  if (data.kind === 'value' && type !== undefined && data.type.number === 4) {
    return valueExpression(data, type.number === 4 ? type : data.type);
  }
  return elementValue(data, undefined);
}

function isVerdict(
  data: Exclude<NonNullable<ElementTree['data']>, string>,
): data is Exclude<NonNullable<ElementTree['data']>, string | Tree> {
  return 'kind' in data && !('bits' in data);
}

/** `{ … }` for an anonymous set, `@name` for others. */
export function setExpression(
  tree: SetTree,
  looked: Tree | undefined,
  dataType: Datatype | undefined,
): Expression {
  if (tree.elements === undefined) return { kind: 'set-reference', name: tree.set.name, span };
  const items = tree.elements.map((element): Expression => {
    const key = elementKey(element, looked);
    if (element.data === undefined) return key;
    const mapping: MappingExpression = {
      kind: 'mapping',
      key,
      data: elementData(element.data, dataType),
      span,
    };
    return mapping;
  });
  return { kind: 'set', items, span };
}

function elementKey(element: ElementTree, looked: Tree | undefined): Expression {
  const key: Expression =
    element.key === undefined ? { kind: 'wildcard', span } : elementValue(element.key, looked);
  if (element.comment === undefined) return key;
  return { kind: 'element', key, comment: element.comment, span };
}
