/** Adds finished operations to the rule. */

import type { Operation } from '../../model/operations.ts';
import type { LoweringContext } from '../context.ts';
import { type Emitter, newEmitter } from '../generate/emitter.ts';

/** Operations of a statement other than a comparison: header fields are not merged across it. */
export function pushOperations(context: LoweringContext, operations: readonly Operation[]): true {
  context.items.push({ kind: 'operations', operations, fence: true });
  return true;
}

export function pushOperation(context: LoweringContext, operation: Operation): true {
  return pushOperations(context, [operation]);
}

/** Runs the emitter and adds what it made. */
export function emit(context: LoweringContext, generate: (emitter: Emitter) => void): true {
  const emitter = newEmitter();
  generate(emitter);
  return pushOperations(context, emitter.operations);
}
