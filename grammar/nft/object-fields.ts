/** The settings of an object while its block is read, and the declaration they make. */

import type { ObjectDeclaration, TunnelOptions } from '../../src/ast/nft/ruleset.ts';
import type { Family } from '../../src/fields/families.ts';

type Mutable<Type> = { -readonly [Key in keyof Type]: Type[Key] };

/** Fields of an object while its block is read. */
export interface ObjectFields {
  comment?: string;
  l3proto?: Family;
  protocol?: string;
  helper?: string;
  packets?: bigint;
  bytes?: bigint;
  usedBytes?: bigint;
  over?: boolean;
  limit?: LimitFields;
  policy?: { readonly state: string; readonly seconds: number }[];
  dport?: number;
  timeout?: number;
  size?: number;
  context?: string;
  mss?: number;
  wscale?: number;
  flags?: ('timestamp' | 'sack-perm')[];
  tunnel?: Mutable<TunnelOptions>;
}

interface LimitFields {
  readonly over: boolean;
  readonly rate: bigint;
  readonly unit: 'packets' | 'bytes';
  readonly per: 'second' | 'minute' | 'hour' | 'day' | 'week';
  readonly burst?: bigint;
}

type Settings = ObjectDeclaration extends infer Declaration
  ? Declaration extends ObjectDeclaration
    ? Omit<Declaration, 'kind' | 'name' | 'comment' | 'handle' | 'span'>
    : never
  : never;

const emptyLimit: LimitFields = { over: false, rate: 0n, unit: 'packets', per: 'second' };

/** The tunnel's options so far. */
export function tunnelOf(fields: ObjectFields): Mutable<TunnelOptions> {
  fields.tunnel ??= {};
  return fields.tunnel;
}

/** What the settings say about an object of the type; what was not written has the kernel's default. */
export function objectSettings(type: ObjectDeclaration['type'], fields: ObjectFields): Settings {
  const l3proto = fields.l3proto === undefined ? {} : { l3proto: fields.l3proto };
  const protocol = fields.protocol ?? '';
  switch (type) {
    case 'counter':
      return { type, packets: fields.packets ?? 0n, bytes: fields.bytes ?? 0n };
    case 'quota':
      return {
        type,
        over: fields.over ?? false,
        bytes: fields.bytes ?? 0n,
        usedBytes: fields.usedBytes ?? 0n,
      };
    case 'limit':
      return { type, ...(fields.limit ?? emptyLimit) };
    case 'ct helper':
      return { type, helper: fields.helper ?? '', protocol, ...l3proto };
    case 'ct timeout':
      return { type, protocol, ...l3proto, policy: fields.policy ?? [] };
    case 'ct expectation':
      return {
        type,
        protocol,
        // Kept in 16, 32 and 8 bits.
        dport: (fields.dport ?? 0) % 2 ** 16,
        timeout: (fields.timeout ?? 0) % 2 ** 32,
        size: (fields.size ?? 0) % 2 ** 8,
        ...l3proto,
      };
    case 'secmark':
      return { type, context: fields.context ?? '' };
    case 'synproxy':
      return {
        type,
        ...(fields.mss === undefined ? {} : { mss: fields.mss }),
        ...(fields.wscale === undefined ? {} : { wscale: fields.wscale }),
        flags: fields.flags ?? [],
      };
    case 'tunnel':
      return { type, tunnel: fields.tunnel ?? {} };
  }
}
