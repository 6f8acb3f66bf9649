/** A program: what a ruleset means, in the kernel's vocabulary; nft and iptables both lower into it. */

import type { Span } from '../base/span.ts';
import type { Datatype } from '../datatypes/datatype.ts';
import type { Family } from '../fields/families.ts';
import type { ObjectKind, Operation, Verdict } from './operations.ts';

/** Who loaded the rules: nft, iptables through nf_tables, or iptables through x_tables. */
export type Loader = 'nft' | 'iptables-nft' | 'iptables-legacy';

export interface Program {
  /** In order of loading: hooks of equal priority run in reverse order of registration. */
  readonly tables: readonly ProgramTable[];
}

export interface ProgramTable {
  readonly family: Family;
  readonly name: string;
  readonly loader: Loader;
  readonly dormant: boolean;
  readonly chains: readonly ProgramChain[];
  readonly sets: readonly ProgramSet[];
  readonly objects: readonly ProgramObject[];
  readonly flowtables: readonly string[];
  readonly span: Span;
}

export type HookName =
  | 'ingress'
  | 'prerouting'
  | 'input'
  | 'forward'
  | 'output'
  | 'postrouting'
  | 'egress';

export interface ProgramHook {
  readonly type: 'filter' | 'nat' | 'route';
  readonly hook: HookName;
  readonly priority: number;
  /** Device names; netdev chains and inet ingress. */
  readonly devices: readonly string[];
  readonly policy: 'accept' | 'drop';
}

export interface ProgramChain {
  readonly name: string;
  readonly base?: ProgramHook;
  /** An anonymous chain of `jump { … }`: its name is made up (`__chain%d`). */
  readonly anonymous?: boolean;
  readonly rules: readonly ProgramRule[];
  /** Chains of a listing may be read late, when `rules` is asked for: what their text says before that. */
  holds?(trait: RuleTrait): Held;
  readonly span: Span;
}

/** What the evaluator has to know of all rules before the first packet. */
export type RuleTrait = 'tracking' | 'defragmentation' | 'accounting' | 'set-changes';

/** Whether a rule of the chain has the trait. */
export type Held = 'yes' | 'no' | 'unknown';

export interface ProgramRule {
  readonly operations: readonly Operation[];
  /** Rules of large listings make their operations late: this makes them for one look, `operations` keeps them. */
  readonly once?: () => readonly Operation[];
  readonly handle?: number;
  /** Kept in user data by nft; the comment match of iptables is an operation instead. */
  readonly comment?: string;
  readonly span: Span;
}

/** What a set's key or data is made of. */
export interface SetField {
  readonly type: Datatype;
  /** Bytes as declared (an interface name has 16, a port 2); in a concatenation each field is padded to 4. */
  readonly length: number;
}

export interface ProgramSet {
  readonly name: string;
  readonly anonymous: boolean;
  readonly constant: boolean;
  readonly interval: boolean;
  readonly dynamic: boolean;
  readonly autoMerge: boolean;
  /** The set has timeouts (flag `timeout`, or a default timeout). */
  readonly timeout: boolean;
  /** Milliseconds; the default of elements. */
  readonly defaultTimeout?: number;
  readonly gcInterval?: number;
  readonly size?: number;
  readonly policy: 'performance' | 'memory';
  readonly comment?: string;
  readonly key: readonly SetField[];
  /** Bytes of the key in registers, padding included. */
  readonly keyLength: number;
  readonly map?:
    | {
        readonly kind: 'data';
        readonly fields: readonly SetField[];
        readonly length: number;
        readonly interval: boolean;
      }
    | { readonly kind: 'verdict' }
    | { readonly kind: 'object'; readonly type: ObjectKind };
  /** Statements that each new element gets. */
  readonly operations: readonly Operation[];
  readonly elements: readonly ProgramElement[];
  /** The same elements in arrays, for large sets; `elements` makes objects of them when it is asked for. */
  readonly packed?: PackedElements;
  /** The elements are not in the input (an ipset, a set listed without content): lookups are choices. */
  readonly unknownElements?: boolean;
  readonly span: Span;
}

/** Elements one after the other in arrays; not to be written to. */
export interface PackedElements {
  readonly count: number;
  readonly keyLength: number;
  /** `keyLength` bytes for each element. */
  readonly keys: Uint8Array;
  /** Last keys of intervals; equal to the first ones for single values. */
  readonly keyEnds?: Uint8Array;
  /** Single values have an end too: concatenations of intervals. */
  readonly allHaveEnds: boolean;
  /** Data of maps: which of `values` each element has. */
  readonly valueNumbers?: Int32Array;
  readonly values?: readonly (Uint8Array | Verdict)[];
  readonly spanOf: (index: number) => Span;
}

export interface ProgramElement {
  /** Absent for the catch-all element. */
  readonly key?: Uint8Array;
  /** Intervals: the last key that still belongs, per field for concatenations; absent for a single value. */
  readonly keyEnd?: Uint8Array;
  readonly data?: Uint8Array | Verdict | { readonly object: string };
  /** End of the data interval (`interval` data). */
  readonly dataEnd?: Uint8Array;
  /** Milliseconds. */
  readonly timeout?: number;
  readonly expires?: number;
  readonly comment?: string;
  readonly operations?: readonly Operation[];
  readonly span?: Span;
}

/** A named object; stateful ones hold their operation, the others what the evaluator needs of them. */
export interface ProgramObject {
  readonly type: ObjectKind;
  readonly name: string;
  readonly operation?: Operation;
  /** ct helper, ct timeout, ct expectation, secmark, tunnel: their attributes by nft's names. */
  readonly attributes?: Readonly<Record<string, string | number>>;
  readonly comment?: string;
  readonly span: Span;
}
