/** The record of a rule that did not match: its first failing operation, the value found and the value wanted. */

import type { Operation } from '../../model/operations.ts';
import { record } from '../run.ts';
import { chainOf, type Evaluation } from './evaluation.ts';
import { registerOffset } from './registers.ts';

export function missedRule(evaluation: Evaluation, index: number): void {
  const { run, packet, rule } = evaluation;
  const chain = chainOf(evaluation);
  const written = chain.chain.rules[rule];
  const operation = written?.operations[index];
  if (written === undefined || operation === undefined) return;
  const { handle, span, operations } = written;
  record(run, {
    kind: 'rule-missed',
    subject: packet.subject,
    family: chain.table.family,
    table: chain.table.name,
    chain: chain.chain.name,
    loader: chain.table.loader,
    index: rule,
    ...(handle === undefined ? {} : { handle }),
    operation: index,
    operationKind: operation.kind,
    ...comparedValues(evaluation, operations, index, operation),
    origin: operation.span ?? span,
  });
}

interface Compared {
  readonly source?: number;
  readonly found?: Uint8Array;
  readonly wanted?: Uint8Array;
  readonly cause: 'mismatch' | 'break';
}

function comparedValues(
  { registers }: Evaluation,
  operations: readonly Operation[],
  index: number,
  operation: Operation,
): Compared {
  switch (operation.kind) {
    case 'cmp': {
      const at = registerOffset(operation.source);
      const found = registers.bytes.slice(at, at + operation.data.length);
      const loaded = loadedBy(operations, index, operation.source);
      return { ...loaded, found, wanted: operation.data, cause: 'mismatch' };
    }
    case 'range': {
      const at = registerOffset(operation.source);
      const found = registers.bytes.slice(at, at + operation.from.length);
      const loaded = loadedBy(operations, index, operation.source);
      return { ...loaded, found, wanted: operation.from, cause: 'mismatch' };
    }
    case 'lookup':
      return { ...loadedBy(operations, index, operation.source), cause: 'mismatch' };
    case 'match':
    case 'limit':
    case 'quota':
    case 'connlimit':
      return { cause: 'mismatch' };
    default:
      return { cause: 'break' };
  }
}

/** The operation that put the value into the register. */
function loadedBy(
  operations: readonly Operation[],
  index: number,
  register: number,
): { source?: number } {
  for (let at = index - 1; at >= 0; at--) {
    const operation = operations[at];
    const loads =
      operation?.kind === 'payload' ||
      operation?.kind === 'meta' ||
      operation?.kind === 'ct' ||
      operation?.kind === 'exthdr' ||
      operation?.kind === 'fib' ||
      operation?.kind === 'rt';
    if (loads && operation.destination === register) return { source: at };
  }
  return {};
}
