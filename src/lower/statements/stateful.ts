/** Statements that keep state: counter, quota, limit, ct count, last. */

import type { LimitStatement, Statement } from '../../ast/nft/statements.ts';
import type { Operation } from '../../model/operations.ts';
import { fail, type LoweringContext } from '../context.ts';
import { holeCounter } from '../shape/pass.ts';

/** The operation of a stateful statement; undefined for any other. */
export function statefulOperation(statement: Statement): Operation | undefined {
  switch (statement.kind) {
    case 'counter':
      return (
        holeCounter(statement) ?? {
          kind: 'counter',
          packets: statement.packets ?? 0n,
          bytes: statement.bytes ?? 0n,
          span: statement.span,
        }
      );
    case 'quota':
      return {
        kind: 'quota',
        bytes: statement.bytes,
        consumed: statement.usedBytes ?? 0n,
        inverted: statement.over,
      };
    case 'limit':
      return limitOperation(statement);
    case 'ct-count':
      return { kind: 'connlimit', count: statement.count % 2 ** 32, inverted: statement.over };
    case 'last':
      return statement.used === undefined
        ? { kind: 'last' }
        : { kind: 'last', milliseconds: statement.used };
    default:
      return undefined;
  }
}

const secondsPer = { second: 1, minute: 60, hour: 3600, day: 86400, week: 604800 } as const;

/** NFT_LIMIT_PKT_BURST_DEFAULT; rates in bytes have none. */
const defaultBurst = 5;

export function limitOperation(
  limit: Pick<LimitStatement, 'rate' | 'per' | 'unit' | 'burst' | 'over'>,
): Operation & { readonly kind: 'limit' } {
  const burst = Number(BigInt.asUintN(32, limit.burst ?? 0n));
  return {
    kind: 'limit',
    rate: limit.rate,
    per: secondsPer[limit.per],
    burst: burst === 0 && limit.unit === 'packets' ? defaultBurst : burst,
    type: limit.unit,
    inverted: limit.over,
  };
}

/** Statements attached to elements and sets. */
export function statefulOperations(
  context: LoweringContext,
  statements: readonly Statement[],
): readonly Operation[] {
  const operations: Operation[] = [];
  for (const statement of statements) {
    const operation = statefulOperation(statement);
    checkStateful(context, statement);
    if (operation === undefined) {
      fail(context, 'invalid-set', statement.span, 'statement must be stateful');
    } else operations.push(operation);
  }
  return operations;
}

const widest = 1n << 64n;

/** What the kernel refuses of a stateful statement; nft goes on to evaluate what follows. */
export function checkStateful(context: LoweringContext, statement: Statement): void {
  if (statement.kind === 'limit') checkLimit(context, statement);
  if (statement.kind === 'quota' && (statement.usedBytes ?? 0n) > statement.bytes) {
    const span = { ...statement.span, end: statement.span.start + 'quota'.length };
    fail(context, 'kernel-refused', span, 'more than the quota is used: invalid argument');
  }
}

function checkLimit(context: LoweringContext, statement: LimitStatement): void {
  const message = limitProblem(limitOperation(statement));
  if (message !== undefined) fail(context, 'kernel-refused', statement.span, message);
}

/** nft_limit_init(): rates that do not fit the kernel's 64-bit tokens are refused. */
export function limitProblem({
  rate,
  per,
  type,
  burst,
}: Operation & { readonly kind: 'limit' }): string | undefined {
  const nanoseconds = BigInt(per) * 1_000_000_000n;
  const tokens =
    rate === 0n
      ? widest
      : type === 'packets'
        ? (nanoseconds / rate) * BigInt(burst)
        : nanoseconds * (rate + BigInt(burst));
  if (rate > 0n && tokens < widest) return undefined;
  return 'the kernel refuses this rate: value too large';
}
