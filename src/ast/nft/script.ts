/** A script as written: commands in order, before anything is looked up or merged. */

import type { Span } from '../../base/span.ts';
import type { Family } from '../../fields/families.ts';
import type { Expression } from './expressions.ts';
import type { Node } from './node.ts';
import type {
  BaseChain,
  ChainType,
  Flowtable,
  HookName,
  ObjectDeclaration,
  Rule,
  SetDeclaration,
} from './ruleset.ts';
import type { ObjectType } from './statements.ts';

/** A name with the place where it stands. */
export interface Name {
  readonly text: string;
  readonly span: Span;
}

/** A number with the place where it stands. */
export interface Count {
  readonly value: number;
  readonly span: Span;
}

/** What a command is about: as much of family, table, name and handle as was written. */
export interface Target {
  /** `ip` unless another one is written; absent for commands on all families. */
  readonly family?: Family;
  readonly table?: Name;
  /** The chain, set, flowtable or object. */
  readonly name?: Name;
  readonly handle?: Count;
  /** `position N`, or `handle N` behind `add rule` and `insert rule`. */
  readonly position?: Count;
  readonly index?: Count;
}

/** `priority filter + 5`; `value` is known once the family and hook are. */
export interface PrioritySpecification extends Node {
  readonly name?: string;
  readonly offset: number;
}

/** `type filter hook input device eth0 priority 0` */
export interface HookSpecification extends Node {
  readonly type: ChainType;
  readonly hook: HookName;
  readonly hookSpan: Span;
  readonly devices?: readonly Name[];
  readonly priority: PrioritySpecification;
}

/** What stands between the braces of a chain. */
export interface ChainBlock extends Node {
  readonly name: Name;
  readonly hook?: HookSpecification;
  readonly policy?: { readonly value: NonNullable<BaseChain['policy']>; readonly span: Span };
  readonly devices?: readonly Name[];
  readonly offload: boolean;
  readonly comment?: string;
  readonly handle?: number;
  readonly rules: readonly Rule[];
}

/** A declaration with the place of its name. */
export interface Declared<Declaration> {
  readonly name: Name;
  readonly declaration: Declaration;
}

export type DeclaredFlowtable = Declared<Flowtable> & {
  readonly hook?: { readonly name: HookName; readonly priority: PrioritySpecification };
};

/** What stands between the braces of a table. */
export interface TableBlock extends Node {
  readonly flags: readonly ('dormant' | 'owner' | 'persist')[];
  readonly comment?: string;
  readonly handle?: number;
  readonly chains: readonly ChainBlock[];
  readonly sets: readonly Declared<SetDeclaration>[];
  readonly flowtables: readonly DeclaredFlowtable[];
  readonly objects: readonly Declared<ObjectDeclaration>[];
}

export type Verb =
  | 'add'
  | 'create'
  | 'insert'
  | 'replace'
  | 'delete'
  | 'destroy'
  | 'get'
  | 'list'
  | 'reset'
  | 'flush'
  | 'rename'
  | 'import'
  | 'export'
  | 'monitor'
  | 'describe';

export interface CommandByObject {
  readonly table: { readonly block?: TableBlock };
  readonly chain: { readonly block?: ChainBlock; readonly newName?: Name };
  readonly rule: { readonly rule?: Rule };
  readonly set: { readonly declaration?: SetDeclaration };
  readonly map: { readonly declaration?: SetDeclaration };
  readonly element: { readonly elements: Expression };
  readonly flowtable: { readonly block?: DeclaredFlowtable };
  readonly object: { readonly type: ObjectType; readonly declaration?: ObjectDeclaration };
  readonly ruleset: object;
  readonly meter: object;
  /** Commands that only show something: what is listed, exported, monitored or described. */
  readonly view: { readonly what: string };
}

export type CommandObject = keyof CommandByObject;

/** One command; `object` says which of the other fields there are. */
export type CommandOf<Object extends CommandObject> = Node & {
  readonly kind: 'command';
  readonly verb: Verb;
  readonly object: Object;
  readonly target: Target;
} & CommandByObject[Object];

export type Command = { readonly [Object in CommandObject]: CommandOf<Object> }[CommandObject];

export interface Script {
  readonly kind: 'script';
  readonly commands: readonly Command[];
}
