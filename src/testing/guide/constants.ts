/** Constants that rules write rather than compare: the targets of NAT, the marks that are set. */

import type { Operation } from '../../model/operations.ts';
import type { Program } from '../../model/program.ts';
import { toBigInt } from './condition.ts';

export interface WrittenConstants {
  readonly addresses: readonly Uint8Array[];
  readonly ports: readonly number[];
  readonly marks: readonly number[];
}

interface Draft {
  readonly addresses: Uint8Array[];
  readonly ports: number[];
  readonly marks: number[];
}

const natKinds: ReadonlySet<string> = new Set(['nat', 'redir', 'masq', 'tproxy']);

function readImmediates(operations: readonly Operation[], draft: Draft): void {
  for (const operation of operations) {
    if (operation.kind !== 'immediate' || !(operation.data instanceof Uint8Array)) continue;
    const { data } = operation;
    if (data.length === 2) draft.ports.push(Number(toBigInt(data)));
    else if (data.length === 4 || data.length === 16) draft.addresses.push(data);
  }
}

function readTarget(operation: Operation, draft: Draft): void {
  if (operation.kind !== 'target') return;
  const { options } = operation.target;
  if (options?.kind === 'MARK') draft.marks.push(options.value >>> 0);
  if (options?.kind !== 'DNAT' && options?.kind !== 'SNAT') return;
  if (options.addresses !== undefined) draft.addresses.push(options.addresses.from);
  if (options.ports !== undefined) draft.ports.push(options.ports.from);
}

export function writtenConstants(program: Program): WrittenConstants {
  const draft: Draft = { addresses: [], ports: [], marks: [] };
  for (const table of program.tables) {
    for (const { rules } of table.chains) {
      for (const { operations } of rules) {
        if (operations.some(({ kind }) => natKinds.has(kind))) readImmediates(operations, draft);
        for (const operation of operations) {
          readTarget(operation, draft);
          const isMark = operation.kind === 'bitwise' && operation.operator === 'mask-xor';
          if (isMark && operation.length === 4 && operation.xor.some((byte) => byte !== 0))
            draft.marks.push(Number(toBigInt(operation.xor, true)));
        }
      }
    }
  }
  return draft;
}
