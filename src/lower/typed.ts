/** Evaluated expressions: every node knows its datatype, width and byte order (nft: struct expr after evaluation). */

import type { Span } from '../base/span.ts';
import type { ByteOrder, Datatype } from '../datatypes/datatype.ts';
import type { CtKey } from '../fields/ct.ts';
import type { HeaderField, HeaderRows } from '../fields/header.ts';
import type { MetaKey } from '../fields/meta.ts';
import type { ExthdrOperator, Operation, PayloadBase, Verdict } from '../model/operations.ts';
import type { Protocol } from './protocol.ts';
import type { SetBuild } from './sets/set-build.ts';

export interface TypedCommon {
  readonly span: Span;
  readonly type: Datatype;
  /** Width in bits. */
  readonly bits: number;
  readonly order: ByteOrder;
}

export interface TypedValue extends TypedCommon {
  readonly kind: 'value';
  readonly value: bigint;
  /** Strings carry their characters instead of a number. */
  readonly text?: string;
}

/** A prefix of a constant: its leading bits, or the leading characters of a string. */
export interface TypedPrefix extends TypedCommon {
  readonly kind: 'prefix';
  readonly base: TypedValue;
  readonly length: number;
}

export interface TypedRange extends TypedCommon {
  readonly kind: 'range';
  readonly from: TypedValue;
  readonly to: TypedValue;
}

export interface TypedConcat extends TypedCommon {
  readonly kind: 'concat';
  readonly parts: readonly TypedExpression[];
}

export interface TypedElement {
  readonly span: Span;
  /** Absent: the catch-all element. */
  readonly key?: TypedExpression;
  readonly data?: TypedExpression;
  readonly comment?: string;
  readonly timeout?: number;
  readonly expires?: number;
  readonly operations?: readonly Operation[];
}

export interface TypedSet extends TypedCommon {
  readonly kind: 'set';
  readonly elements: readonly TypedElement[];
  readonly interval: boolean;
  readonly concat: boolean;
}

export interface TypedSetReference extends TypedCommon {
  readonly kind: 'set-reference';
  readonly set: SetBuild;
}

export interface TypedVerdict extends TypedCommon {
  readonly kind: 'verdict';
  readonly verdict: Verdict;
}

export interface TypedMap extends TypedCommon {
  readonly kind: 'map';
  readonly key: TypedExpression;
  readonly set: SetBuild;
}

export interface TypedPayload extends TypedCommon {
  readonly kind: 'payload';
  readonly base: PayloadBase;
  /** Bits. */
  readonly offset: number;
  readonly protocol?: Protocol;
  readonly field?: HeaderField;
  readonly tunnel?: HeaderRows;
  /** Written with `@`, or widened to whole bytes for a write. */
  readonly raw: boolean;
  /** The field that names the next protocol. */
  readonly protocolKey: boolean;
}

export interface TypedExthdr extends TypedCommon {
  readonly kind: 'exthdr';
  readonly operator: ExthdrOperator;
  readonly number: number;
  readonly offset: number;
  readonly present: boolean;
}

export interface TypedMeta extends TypedCommon {
  readonly kind: 'meta';
  readonly key: MetaKey;
  readonly tunnel?: HeaderRows;
}

export interface TypedCt extends TypedCommon {
  readonly kind: 'ct';
  readonly key: CtKey;
  readonly direction?: 'original' | 'reply';
}

/** Any other load that needs no operand: rt, fib, socket, osf, ipsec, tunnel, numgen, symhash. */
export interface TypedLoad extends TypedCommon {
  readonly kind: 'load';
  readonly name: 'rt' | 'fib' | 'socket' | 'osf' | 'xfrm' | 'tunnel' | 'numgen' | 'hash';
  readonly make: (destination: number) => Operation;
}

export interface TypedJhash extends TypedCommon {
  readonly kind: 'jhash';
  readonly source: TypedExpression;
  readonly modulus: number;
  readonly seed?: number;
  readonly offset: number;
}

export interface TypedBinary extends TypedCommon {
  readonly kind: 'binary';
  readonly operator: '&' | '|' | '^' | '<<' | '>>';
  readonly left: TypedExpression;
  readonly right: TypedExpression;
}

/** Conversion of the byte order of what is not constant. */
export interface TypedByteorder extends TypedCommon {
  readonly kind: 'byteorder';
  readonly operator: 'hton' | 'ntoh';
  readonly argument: TypedExpression;
}

export type TypedExpression =
  | TypedValue
  | TypedPrefix
  | TypedRange
  | TypedConcat
  | TypedSet
  | TypedSetReference
  | TypedVerdict
  | TypedMap
  | TypedPayload
  | TypedExthdr
  | TypedMeta
  | TypedCt
  | TypedLoad
  | TypedJhash
  | TypedBinary
  | TypedByteorder;

/** nft: expr_is_constant(); maps count as constant there too. */
export function isConstant(expression: TypedExpression): boolean {
  switch (expression.kind) {
    case 'value':
    case 'prefix':
    case 'range':
    case 'set':
    case 'set-reference':
    case 'verdict':
      return true;
    case 'concat':
      return expression.parts.every(isConstant);
    default:
      return false;
  }
}

/** nft: expr_is_singleton(): one value, no interval. */
export function isSingleton(expression: TypedExpression): boolean {
  switch (expression.kind) {
    case 'value':
    case 'verdict':
      return true;
    case 'concat':
      return expression.parts.every(isSingleton);
    default:
      return false;
  }
}

/** The basic type below the datatype (nft: expr_basetype()): bit masks are integers. */
export function rootType(type: Datatype): 'integer' | 'string' | 'verdict' | 'concat' | 'invalid' {
  switch (type.base) {
    case 'integer':
    case 'bitmask':
      return 'integer';
    case 'string':
      return 'string';
    case 'verdict':
      return 'verdict';
    case 'concat':
      return 'concat';
    default:
      return 'invalid';
  }
}

/** nft's word for the kind of an expression, as its messages have it. */
export function expressionName(expression: TypedExpression): string {
  switch (expression.kind) {
    case 'set-reference':
      return 'set reference';
    case 'binary':
      return 'binop';
    case 'byteorder':
      return 'unary';
    case 'load':
      return expression.name;
    case 'jhash':
      return 'hash';
    default:
      return expression.kind;
  }
}
