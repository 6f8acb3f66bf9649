/** Stateful statements from JSON; they stand in rules, sets and elements. */

import type { Statement, TimeUnit } from '../../../ast/nft/statements.ts';
import { isObject, type Json, type JsonObject } from '../json.ts';
import { bigOf, numberOf, objectOf, type ReadContext, textOf } from './context.ts';

const byteUnits: Readonly<Record<string, bigint>> = {
  bytes: 1n,
  kbytes: 1024n,
  mbytes: 1048576n,
};

const timeUnits: readonly TimeUnit[] = ['second', 'minute', 'hour', 'day', 'week'];

function scaled(amount: Json | undefined, unit: Json | undefined): bigint {
  return (bigOf(amount) ?? 0n) * (byteUnits[textOf(unit) ?? 'bytes'] ?? 1n);
}

export interface ReadLimit {
  readonly over: boolean;
  readonly rate: bigint;
  readonly unit: 'packets' | 'bytes';
  readonly per: TimeUnit;
  readonly burst?: bigint;
}

/** The members of a limit, in a rule or of an object. */
export function readLimit(json: JsonObject): ReadLimit {
  const bytes = textOf(json.rate_unit) !== undefined && json.rate_unit !== 'packets';
  const burst = json.burst === undefined ? undefined : scaled(json.burst, json.burst_unit);
  return {
    over: json.inv === true,
    rate: scaled(json.rate, bytes ? json.rate_unit : undefined),
    unit: bytes ? 'bytes' : 'packets',
    per: timeUnits.find((unit) => unit === json.per) ?? 'second',
    ...(burst === undefined ? {} : { burst }),
  };
}

/** A name or a map of objects is a reference; undefined when it is neither. */
export function isReference(json: Json): boolean {
  return typeof json === 'string' || (isObject(json) && 'map' in json);
}

function readQuota(json: JsonObject, { span }: ReadContext): Statement {
  const used = json.used === undefined ? undefined : scaled(json.used, json.used_unit);
  return {
    kind: 'quota',
    over: json.inv === true,
    bytes: scaled(json.val, json.val_unit),
    ...(used === undefined ? {} : { usedBytes: used }),
    span,
  };
}

/** Undefined for any other statement. */
export function readStateful(
  name: string,
  json: Json,
  context: ReadContext,
): Statement | undefined {
  const members = objectOf(json);
  const { span } = context;
  switch (name) {
    case 'counter': {
      const packets = bigOf(members.packets);
      const bytes = bigOf(members.bytes);
      if (packets === undefined) return { kind: 'counter', span };
      return { kind: 'counter', packets, bytes: bytes ?? 0n, span };
    }
    case 'quota':
      return readQuota(members, context);
    case 'limit':
      return { kind: 'limit', ...readLimit(members), span };
    case 'ct count':
      return {
        kind: 'ct-count',
        over: members.inv === true,
        count: numberOf(members.val) ?? 0,
        span,
      };
    case 'last': {
      const used = numberOf(members.used);
      return { kind: 'last', ...(used === undefined ? {} : { used }), span };
    }
    default:
      return undefined;
  }
}
