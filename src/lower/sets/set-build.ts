/** A set while its table is being lowered. */

import type { SetDeclaration } from '../../ast/nft/ruleset.ts';
import type { Span } from '../../base/span.ts';
import type { ObjectKind, Operation } from '../../model/operations.ts';
import type { PackedElements, ProgramElement } from '../../model/program.ts';
import type { KeyShape } from '../context.ts';

export interface SetBuild {
  readonly name: string;
  readonly anonymous: boolean;
  readonly kind: 'set' | 'map' | 'verdict-map' | 'object-map';
  readonly span: Span;
  key: KeyShape;
  /** Data of a map that holds values. */
  data: KeyShape | undefined;
  dataInterval: boolean;
  objectType: ObjectKind | undefined;
  constant: boolean;
  interval: boolean;
  /** Intervals per field of a concatenation. */
  concat: boolean;
  timeout: boolean;
  dynamic: boolean;
  autoMerge: boolean;
  size: number | undefined;
  operations: readonly Operation[];
  elements: readonly ProgramElement[];
  packed?: PackedElements;
  readonly declaration: SetDeclaration | undefined;
}

export function isMap(set: SetBuild): boolean {
  return set.kind !== 'set';
}

/** nft's word for it in messages. */
export function setWord(set: SetBuild): 'set' | 'map' {
  return isMap(set) ? 'map' : 'set';
}
