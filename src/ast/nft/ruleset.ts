/** A loaded ruleset: tables with their chains, rules, sets, objects and flowtables. */

import type { Family } from '../../fields/families.ts';
import type { Expression } from './expressions.ts';
import type { Node } from './node.ts';
import type { ShapedElements } from './shaped-elements.ts';
import type { ObjectType, Statement } from './statements.ts';

export interface Ruleset {
  readonly kind: 'ruleset';
  readonly tables: readonly Table[];
}

export interface Table extends Node {
  readonly kind: 'table';
  readonly family: Family;
  readonly name: string;
  readonly flags: readonly ('dormant' | 'owner' | 'persist')[];
  readonly comment?: string;
  readonly handle?: number;
  readonly objects: readonly ObjectDeclaration[];
  readonly sets: readonly SetDeclaration[];
  /** Sets that were there before the last script: rules that update them do not make them dynamic any more. */
  readonly earlierSets?: ReadonlySet<string>;
  readonly flowtables: readonly Flowtable[];
  readonly chains: readonly Chain[];
}

export type ChainType = 'filter' | 'nat' | 'route';

export type HookName =
  | 'ingress'
  | 'prerouting'
  | 'input'
  | 'forward'
  | 'output'
  | 'postrouting'
  | 'egress';

/** A priority as written: a number, a name, or a name with an offset (`dstnat + 5`); `value` is what the kernel gets. */
export interface Priority extends Node {
  readonly name?: string;
  readonly offset: number;
  readonly value: number;
}

export interface BaseChain {
  readonly type: ChainType;
  readonly hook: HookName;
  readonly priority: Priority;
  readonly devices?: readonly string[];
  readonly policy?: 'accept' | 'drop';
}

export interface Chain extends Node {
  readonly kind: 'chain';
  readonly name: string;
  readonly base?: BaseChain;
  readonly flags?: readonly 'offload'[];
  readonly comment?: string;
  readonly handle?: number;
  readonly rules: readonly Rule[];
}

export interface Rule extends Node {
  readonly kind: 'rule';
  readonly statements: readonly Statement[];
  readonly comment?: string;
  readonly handle?: number;
}

export type SetFlag = 'constant' | 'interval' | 'timeout' | 'dynamic';

/** How the key (or data) of a set is declared. */
export type SetType =
  /** `type ipv4_addr . inet_service`: the names as written. */
  | { readonly kind: 'type'; readonly names: readonly string[] }
  /** `typeof ip saddr . tcp dport` */
  | { readonly kind: 'typeof'; readonly expression: Expression };

/** A named set, or a map when `data` or `objectType` is there. */
export interface SetDeclaration extends Node {
  readonly kind: 'set';
  readonly name: string;
  readonly map: boolean;
  readonly key?: SetType;
  /** Map data: a type, `verdict` among the names. */
  readonly data?: SetType;
  /** `data` was written as `interval ipv4_addr`. */
  readonly dataInterval?: boolean;
  /** Maps to named objects: `type inet_service : counter`. */
  readonly objectType?: ObjectType;
  readonly flags: readonly SetFlag[];
  readonly autoMerge: boolean;
  readonly policy?: 'performance' | 'memory';
  readonly size?: number;
  /** Milliseconds. */
  readonly timeout?: number;
  /** Milliseconds. */
  readonly gcInterval?: number;
  readonly comment?: string;
  readonly handle?: number;
  /** Per-element statements declared for the set (`counter`, `limit rate …`, `quota …`, `ct count …`, `last`). */
  readonly statements: readonly Statement[];
  readonly elements: readonly Expression[];
  /** Where the elements of a large set are in the text; copies of the declaration do not have it. */
  readonly shaped?: ShapedElements;
}

export interface Flowtable extends Node {
  readonly kind: 'flowtable';
  readonly name: string;
  readonly hook?: 'ingress';
  readonly priority?: Priority;
  readonly devices: readonly string[];
  readonly flags: readonly 'offload'[];
  readonly counter: boolean;
  readonly comment?: string;
  readonly handle?: number;
}

export interface ObjectBase extends Node {
  readonly kind: 'object';
  readonly name: string;
  readonly comment?: string;
  readonly handle?: number;
}

export interface TunnelOptions {
  readonly id?: number;
  readonly family?: 'ip' | 'ip6';
  readonly source?: string;
  readonly destination?: string;
  readonly sourcePort?: number;
  readonly destinationPort?: number;
  readonly ttl?: number;
  readonly tos?: number;
  readonly vxlan?: { readonly gbp: number };
  readonly erspan?: {
    readonly version: number;
    readonly index?: number;
    readonly direction?: 'ingress' | 'egress';
    readonly hwid?: number;
  };
  readonly geneve?: readonly {
    readonly class: number;
    readonly type: number;
    readonly data: string;
  }[];
}

/** A named stateful object. */
export type ObjectDeclaration = ObjectBase &
  (
    | { readonly type: 'counter'; readonly packets: bigint; readonly bytes: bigint }
    | {
        readonly type: 'quota';
        readonly over: boolean;
        readonly bytes: bigint;
        readonly usedBytes: bigint;
      }
    | {
        readonly type: 'limit';
        readonly over: boolean;
        readonly rate: bigint;
        readonly unit: 'packets' | 'bytes';
        readonly per: 'second' | 'minute' | 'hour' | 'day' | 'week';
        readonly burst?: bigint;
      }
    | {
        readonly type: 'ct helper';
        readonly helper: string;
        readonly protocol: string;
        readonly l3proto?: string;
      }
    | {
        readonly type: 'ct timeout';
        readonly protocol: string;
        readonly l3proto?: string;
        /** State name → seconds, in order of writing. */
        readonly policy: readonly { readonly state: string; readonly seconds: number }[];
      }
    | {
        readonly type: 'ct expectation';
        readonly protocol: string;
        readonly dport: number;
        /** Milliseconds. */
        readonly timeout: number;
        readonly size: number;
        readonly l3proto?: string;
      }
    | { readonly type: 'secmark'; readonly context: string }
    | {
        readonly type: 'synproxy';
        readonly mss?: number;
        readonly wscale?: number;
        readonly flags: readonly ('timestamp' | 'sack-perm')[];
      }
    | { readonly type: 'tunnel'; readonly tunnel: TunnelOptions }
  );
