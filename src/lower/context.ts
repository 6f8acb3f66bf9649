/** The state of lowering: what is expected of the expression at hand, what the rule has matched, what was wrong. */

import type { Diagnostic, DiagnosticCode } from '../base/diagnostic.ts';
import type { Span } from '../base/span.ts';
import type { ByteOrder, Datatype } from '../datatypes/datatype.ts';
import type { NameEnvironment } from '../datatypes/environment.ts';
import type { Family } from '../fields/families.ts';
import type { HeaderRows } from '../fields/header.ts';
import type { Operation } from '../model/operations.ts';
import type { ProtocolContext } from './protocol.ts';
import type { SetBuild } from './sets/set-build.ts';
import type { TableScope } from './table-scope.ts';
import type { TypedExpression } from './typed.ts';

/** Shape of a set key or of the left side: what constants are read against. */
export interface KeyShape {
  readonly type: Datatype;
  readonly bits: number;
  readonly order: ByteOrder;
  readonly parts?: readonly KeyShape[];
}

/** nft: struct expr_ctx */
export interface Expectation {
  type: Datatype | undefined;
  order: ByteOrder;
  bits: number;
  /** Largest value; 0 for what the width allows. */
  max: number;
  key: KeyShape | undefined;
}

/** A comparison still subject to merging, or operations that are final. */
export type RuleItem =
  | MatchItem
  | {
      readonly kind: 'operations';
      readonly operations: readonly Operation[];
      readonly fence: boolean;
    };

export type ComparisonOperator = 'in' | '==' | '!=' | '<' | '>' | '<=' | '>=' | '!';

export interface MatchItem {
  readonly kind: 'match';
  readonly operator: ComparisonOperator;
  readonly left: TypedExpression;
  readonly right: TypedExpression;
  readonly span: Span;
}

export interface LoweringContext {
  readonly environment: NameEnvironment;
  readonly diagnostics: Diagnostic[];
  readonly family: Family;
  readonly table: TableScope;
  readonly expect: Expectation;
  /** Width of what a statement sets (nft: stmt_len); 0 outside. */
  statementBits: number;
  /** A payload write is being evaluated: fields of odd width are not shifted. */
  payloadStatement: boolean;
  protocols: ProtocolContext;
  innerProtocols: ProtocolContext | undefined;
  /** The tunnel whose inner packet is looked into. */
  tunnel: HeaderRows | undefined;
  items: RuleItem[];
  set: SetBuild | undefined;
  /** Inside a list, set or mapping: the right side. */
  listDepth: number;
  binaryDepth: number;
}

export function expectNothing(context: LoweringContext): void {
  expectType(context, undefined, 'none', 0);
}

/** nft: __expr_set_context() */
export function expectType(
  context: LoweringContext,
  type: Datatype | undefined,
  order: ByteOrder,
  bits: number,
  max = 0,
): void {
  const { expect } = context;
  expect.type = type;
  expect.order = order;
  expect.bits = bits;
  expect.max = max;
  expect.key = undefined;
}

export function expectShape(context: LoweringContext, shape: KeyShape): void {
  expectType(context, shape.type, shape.order, shape.bits);
  context.expect.key = shape;
}

/** Records an error; returns undefined so that callers can return it. */
export function fail(
  context: LoweringContext,
  code: DiagnosticCode,
  span: Span,
  message: string,
  details: { readonly hint?: string; readonly also?: Span } = {},
): undefined {
  const { hint, also } = details;
  context.diagnostics.push({
    code,
    span,
    message,
    ...(hint === undefined ? {} : { hint }),
    ...(also === undefined ? {} : { related: [{ span: also, message: 'here' }] }),
  });
  return undefined;
}

/** The protocol context in force: the inner one while looking into a tunnel. */
export function protocolsOf(context: LoweringContext): ProtocolContext {
  return context.tunnel !== undefined && context.innerProtocols !== undefined
    ? context.innerProtocols
    : context.protocols;
}
