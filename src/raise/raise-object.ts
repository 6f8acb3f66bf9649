/** Named objects from a program, for programs that no syntax tree stands behind. */

import type { ObjectDeclaration } from '../ast/nft/ruleset.ts';
import type { ProgramObject } from '../model/program.ts';
import { timeUnit } from './stateful.ts';

/** Undefined for objects of which the program does not hold enough. */
export function raiseObject(object: ProgramObject): ObjectDeclaration | undefined {
  const { name, span, operation, comment } = object;
  const base = {
    kind: 'object',
    name,
    span,
    ...(comment === undefined ? {} : { comment }),
  } as const;
  switch (operation?.kind) {
    case 'counter':
      return { ...base, type: 'counter', packets: operation.packets, bytes: operation.bytes };
    case 'quota':
      return {
        ...base,
        type: 'quota',
        over: operation.inverted,
        bytes: operation.bytes,
        usedBytes: operation.consumed,
      };
    case 'limit':
      return {
        ...base,
        type: 'limit',
        over: operation.inverted,
        rate: operation.rate,
        unit: operation.type,
        per: timeUnit(operation.per),
        burst: BigInt(operation.burst),
      };
    case 'synproxy':
      return {
        ...base,
        type: 'synproxy',
        ...((operation.flags & 1) === 0 ? {} : { mss: operation.mss }),
        ...((operation.flags & 2) === 0 ? {} : { wscale: operation.wscale }),
        flags: [
          ...((operation.flags & 8) === 0 ? [] : (['timestamp'] as const)),
          ...((operation.flags & 4) === 0 ? [] : (['sack-perm'] as const)),
        ],
      };
    default:
      return undefined;
  }
}
