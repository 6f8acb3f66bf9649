/** Stateful operations as statements; they stand in rules, sets and elements alike. */

import type { Statement, TimeUnit } from '../ast/nft/statements.ts';
import { generatedSpan } from '../base/span.ts';
import type {
  ConnlimitOperation,
  CounterOperation,
  LastOperation,
  LimitOperation,
  Operation,
  QuotaOperation,
} from '../model/operations.ts';

export type StatefulOperation =
  | CounterOperation
  | LimitOperation
  | QuotaOperation
  | ConnlimitOperation
  | LastOperation;

const span = generatedSpan;

const timeUnits: Readonly<Record<number, TimeUnit>> = {
  1: 'second',
  60: 'minute',
  3600: 'hour',
  86400: 'day',
  604800: 'week',
};

export function timeUnit(seconds: number): TimeUnit {
  return timeUnits[seconds] ?? 'second';
}

export function statefulStatement(operation: StatefulOperation): Statement {
  switch (operation.kind) {
    case 'counter':
      return { kind: 'counter', packets: operation.packets, bytes: operation.bytes, span };
    case 'limit':
      return {
        kind: 'limit',
        over: operation.inverted,
        rate: operation.rate,
        unit: operation.type,
        per: timeUnit(operation.per),
        burst: BigInt(operation.burst),
        span,
      };
    case 'quota':
      return {
        kind: 'quota',
        over: operation.inverted,
        bytes: operation.bytes,
        usedBytes: operation.consumed,
        span,
      };
    case 'connlimit':
      return { kind: 'ct-count', over: operation.inverted, count: operation.count, span };
    case 'last': {
      const used = operation.milliseconds;
      return { kind: 'last', ...(used === undefined ? {} : { used }), span };
    }
  }
}

/** The statements of elements and of set declarations; operations that are not stateful are left out. */
export function statefulStatements(operations: readonly Operation[]): Statement[] {
  return operations.flatMap((operation) =>
    isStateful(operation) ? [statefulStatement(operation)] : [],
  );
}

function isStateful(operation: Operation): operation is StatefulOperation {
  return ['counter', 'limit', 'quota', 'connlimit', 'last'].includes(operation.kind);
}
