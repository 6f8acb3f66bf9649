/** The facts about one expression: datatype, place in the packet, values, families. */

import type { Expression } from '../../ast/nft/expressions.ts';
import { bigIntegerType } from '../../datatypes/basic.ts';
import type { ByteOrder, Datatype } from '../../datatypes/datatype.ts';
import type { NameEnvironment } from '../../datatypes/environment.ts';
import { ctKeyByName } from '../../fields/ct.ts';
import { headerMeanings, meanings } from '../../fields/meanings.ts';
import { metaKeyByName } from '../../fields/meta.ts';
import { printNftExpression } from '../../formats/nft/print.ts';
import { evaluateExpression } from '../../lower/evaluate/expression.ts';
import { typedExthdr } from '../../lower/evaluate/exthdr.ts';
import { typedPayload, typedRawPayload } from '../../lower/evaluate/payload.ts';
import { expressionName, type TypedExpression, type TypedPayload } from '../../lower/typed.ts';
import { typeByName } from '../../lower/types.ts';
import { allowedValues } from './allowed-values.ts';
import { type DatatypeInfo, datatypeInfo } from './datatype-info.ts';
import { contextFor, expressionInFamily, families, type InFamily } from './in-family.ts';

export interface ExpressionInfo {
  readonly kind: 'expression';
  /** As nft writes it. */
  readonly expression: string;
  /** nft's word: payload, meta, ct, exthdr, … */
  readonly sort: string;
  readonly meaning?: string;
  /** Where in the packet it lies. */
  readonly place?: string;
  readonly datatype: DatatypeInfo;
  readonly bits: number;
  readonly byteOrder: ByteOrder;
  readonly values: string;
  /** `EXPRESSION set VALUE` is a statement. */
  readonly settable: boolean;
  readonly families: readonly InFamily[];
  /** The fields of a concatenation. */
  readonly parts?: readonly ExpressionInfo[];
}

interface Shape {
  readonly sort: string;
  readonly type: Datatype;
  readonly bits: number;
  readonly order: ByteOrder;
}

export function describeExpression(
  node: Expression,
  environment: NameEnvironment,
): ExpressionInfo | undefined {
  const shape = shapeOf(node, environment);
  if (shape === undefined) return undefined;
  const { sort, type, bits, order } = shape;
  const meaning = meaningOf(node);
  const place = placeOf(node, environment);
  return {
    kind: 'expression',
    expression: printNftExpression(node, { environment }),
    sort,
    ...(meaning === undefined ? {} : { meaning }),
    ...(place === undefined ? {} : { place }),
    datatype: datatypeInfo(type, bits, environment),
    bits,
    byteOrder: order,
    values: valuesOf(node, type, bits),
    settable: isSettable(node),
    families: families.map((family) => expressionInFamily(family, node, environment)),
    ...(node.kind === 'concat'
      ? { parts: node.parts.flatMap((part) => describeExpression(part, environment) ?? []) }
      : {}),
  };
}

/** nft describes what its parser made, before evaluation: the field itself, not the bits around it. */
function shapeOf(node: Expression, environment: NameEnvironment): Shape | undefined {
  switch (node.kind) {
    case 'ct': {
      const key = ctKeyByName(node.key);
      if (key === undefined) return undefined;
      return { sort: 'ct', type: typeByName(key.type), bits: key.bits, order: key.byteOrder };
    }
    case 'rt':
      if (node.key === 'nexthop' && node.family === undefined) {
        return { sort: 'rt', type: typeByName('invalid'), bits: 0, order: 'none' };
      }
      break;
    case 'exthdr':
    case 'tcp-option':
    case 'ip-option':
    case 'sctp-chunk':
    case 'dccp-option':
      if (!('field' in node) || node.field === undefined) return presence(node);
      break;
    default:
  }
  for (const family of families) {
    const typed = typedIn(family, node, environment);
    if (typed === undefined) continue;
    const { type, bits, order } = typed;
    return { sort: expressionName(typed), type, bits, order };
  }
  return undefined;
}

/** Without a field nft describes the first one of the header, and matches whether the header is there. */
function presence(node: Expression): Shape {
  const type = node.kind === 'exthdr' ? typeByName('inet_proto') : bigIntegerType;
  const raw = node.kind === 'tcp-option' ? node.raw : undefined;
  if (raw !== undefined) {
    return { sort: 'exthdr', type: typeByName('xinteger'), bits: raw.bits, order: 'big' };
  }
  return { sort: 'exthdr', type, bits: 8, order: 'big' };
}

function typedIn(
  family: (typeof families)[number],
  node: Expression,
  environment: NameEnvironment,
): TypedExpression | undefined {
  const context = contextFor(family, node, environment);
  switch (node.kind) {
    case 'payload':
      return typedPayload(context, node);
    case 'raw-payload':
      return typedRawPayload(node);
    case 'exthdr':
    case 'tcp-option':
    case 'ip-option':
    case 'sctp-chunk':
    case 'dccp-option':
      return typedExthdr(context, node);
    default:
      return evaluateExpression(context, node);
  }
}

function valuesOf(node: Expression, type: Datatype, bits: number): string {
  if (isPresence(node)) return 'exists or missing';
  if (node.kind === 'numgen' || node.kind === 'symhash' || node.kind === 'jhash') {
    const { modulus, offset = 0 } = node;
    return `a number from ${offset} to ${modulus + offset - 1}; mostly the key of a map`;
  }
  if (type.fields !== undefined) return 'one value per field with dots between, mostly in a set';
  return allowedValues(type, bits);
}

function isPresence(node: Expression): boolean {
  switch (node.kind) {
    case 'exthdr':
    case 'ip-option':
    case 'sctp-chunk':
      return node.field === undefined;
    case 'tcp-option':
      return node.field === undefined && node.raw === undefined;
    case 'dccp-option':
      return true;
    default:
      return false;
  }
}

function isSettable(node: Expression): boolean {
  switch (node.kind) {
    case 'payload':
    case 'raw-payload':
      return true;
    case 'tcp-option':
      return node.field !== undefined;
    case 'meta':
      return metaKeyByName(node.key)?.settable === true;
    case 'ct':
      return ctKeyByName(node.key)?.settable === true;
    default:
      return false;
  }
}

function meaningOf(node: Expression): string | undefined {
  switch (node.kind) {
    case 'meta':
      return meanings[`meta ${metaKeyByName(node.key)?.name ?? node.key}`];
    case 'ct':
      return meanings[`ct ${node.key}`];
    case 'rt':
    case 'socket':
    case 'tunnel':
    case 'osf':
      return meanings[`${node.kind} ${node.key}`];
    case 'ipsec':
      return meanings[`ipsec ${node.key}`];
    case 'fib':
      return meanings[`fib ${node.result}`];
    case 'numgen':
      return meanings[`numgen ${node.mode}`];
    case 'jhash':
    case 'symhash':
      return meanings[node.kind];
    case 'payload': {
      const inside = node.tunnel === undefined ? '' : ` of the packet inside ${node.tunnel}`;
      return `field ${node.field} of ${headerMeanings[node.protocol] ?? node.protocol}${inside}`;
    }
    case 'exthdr':
      return `${node.field === undefined ? 'presence' : `field ${node.field}`} of the ${headerMeanings[node.header] ?? node.header}`;
    default:
      return undefined;
  }
}

function placeOf(node: Expression, environment: NameEnvironment): string | undefined {
  switch (node.kind) {
    case 'payload': {
      const typed = typedPayload(contextFor('inet', node, environment), node);
      return typed === undefined ? undefined : `${node.protocol} header, ${bitsPlace(typed)}`;
    }
    case 'raw-payload':
      return `${node.base} header, ${bitsPlace(typedRawPayload(node))}`;
    case 'exthdr':
    case 'tcp-option':
    case 'ip-option':
    case 'sctp-chunk': {
      if (isPresence(node)) return undefined;
      const typed = typedExthdr(contextFor('inet', node, environment), node);
      return typed === undefined ? undefined : `number ${typed.number}, ${bitsPlace(typed)}`;
    }
    default:
      return undefined;
  }
}

/** `byte 12`, `byte 0 bits 4-7`: counted from the start, the highest bit of a byte first. */
function bitsPlace({ offset, bits }: Pick<TypedPayload, 'offset' | 'bits'>): string {
  const first = Math.floor(offset / 8);
  const last = Math.floor((offset + bits - 1) / 8);
  const bytes = first === last ? `byte ${first}` : `bytes ${first}-${last}`;
  if (offset % 8 === 0 && bits % 8 === 0) return bytes;
  const start = offset - first * 8;
  return `${bytes}, ${bits === 1 ? `bit ${start}` : `bits ${start}-${start + bits - 1}`}`;
}
