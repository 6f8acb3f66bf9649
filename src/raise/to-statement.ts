/** Finished drafts as statements. */

import type { MatchOperator, Statement } from '../ast/nft/statements.ts';
import { generatedSpan, type Span } from '../base/span.ts';
import {
  rejectIcmpCodeType,
  rejectIcmpv6CodeType,
  rejectIcmpxCodeType,
} from '../datatypes/icmp.ts';
import type { Family } from '../fields/families.ts';
import type { Draft, MatchDraft, RejectDraft } from './draft.ts';
import { setExpression } from './elements.ts';
import { isFlags } from './set-elements.ts';
import { mapKey, toExpression } from './to-expression.ts';

export function toStatement(draft: Draft, family: Family): Statement {
  const statement = build(draft, family);
  return draft.span === undefined ? statement : { ...statement, span: draft.span };
}

function build(draft: Draft, family: Family): Statement {
  const span = generatedSpan;
  switch (draft.kind) {
    case 'match':
      return matchStatement(draft, span);
    case 'vmap': {
      const { key, set } = draft.map;
      const data = setExpression(set, mapKey(key), undefined);
      return { kind: 'vmap', key: toExpression(key), data, span };
    }
    case 'payload-write': {
      const key = toExpression(draft.payload);
      return { kind: 'mangle', key, value: toExpression(draft.value), span };
    }
    case 'reject':
      return rejectStatement(draft, family, span);
    case 'plain':
      return draft.build(
        draft.operands.map((operand) =>
          operand === undefined ? undefined : toExpression(operand),
        ),
      );
  }
}

const operators: Readonly<Record<MatchDraft['operator'], MatchOperator>> = {
  eq: 'in',
  neq: '!=',
  lt: '<',
  lte: '<=',
  gt: '>',
  gte: '>=',
  implicit: 'in',
  not: '!',
};

/** `==` is written only where a blank would mean another test (nft: must_print_eq_op). */
function matchOperator({ operator, left, right }: MatchDraft): MatchOperator {
  if (operator !== 'eq') return operators[operator];
  const explicit = (isFlags(right.type) && right.kind === 'value') || left.kind === 'binary';
  return explicit ? '==' : 'in';
}

function matchStatement(draft: MatchDraft, span: Span): Statement {
  const { left, right } = draft;
  return {
    kind: 'match',
    operator: matchOperator(draft),
    left: toExpression(left),
    right: right.kind === 'set' ? setExpression(right, left, undefined) : toExpression(right),
    span,
  };
}

const codeTypes = {
  icmp: rejectIcmpCodeType,
  icmpv6: rejectIcmpv6CodeType,
  icmpx: rejectIcmpxCodeType,
} as const;

function rejectWith(type: keyof typeof codeTypes, code: number, span: Span): Statement {
  const value = {
    kind: 'value',
    type: codeTypes[type],
    bits: 8,
    value: BigInt(code),
    span,
  } as const;
  return { kind: 'reject', type, code: value, span };
}

/** The plain `reject` is port unreachable, unless the family leaves open of which protocol. */
function rejectStatement(draft: RejectDraft, family: Family, span: Span): Statement {
  const { type, code } = draft;
  if (type === 1) return { kind: 'reject', type: 'tcp reset', span };
  if (type === 2) return code === 1 ? { kind: 'reject', span } : rejectWith('icmpx', code, span);
  if (family === 'ip')
    return code === 3 ? { kind: 'reject', span } : rejectWith('icmp', code, span);
  if (family === 'ip6') {
    return code === 4 ? { kind: 'reject', span } : rejectWith('icmpv6', code, span);
  }
  if (draft.network === 'ip') return rejectWith('icmp', code, span);
  if (draft.network === 'ip6') return rejectWith('icmpv6', code, span);
  return { kind: 'reject', versionUnknown: true, span };
}
