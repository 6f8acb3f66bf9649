/** One step for all operations that are alike: what has neither constants of its own nor state is prepared once. */

import type { Operation } from '../../model/operations.ts';
import type { Step } from './evaluation.ts';
import { loadedPlace } from './test-source.ts';

/** The step made before for an equal operation, or a new one. */
export function sharedStep(steps: Map<string, Step>, operation: Operation, make: () => Step): Step {
  const key = shapeOf(operation);
  if (key === undefined) return make();
  const known = steps.get(key);
  if (known !== undefined) return known;
  const step = make();
  steps.set(key, step);
  return step;
}

/** Undefined: the operation is like no other. */
function shapeOf(operation: Operation): string | undefined {
  switch (operation.kind) {
    case 'payload': {
      const { base, offset, length, destination } = operation;
      return `payload ${base} ${offset} ${length} ${destination}`;
    }
    case 'meta':
      return loadedPlace(operation) && `meta ${operation.key} ${operation.destination}`;
    case 'meta-set':
      return operation.key === 'mark' ? `mark ${operation.source}` : undefined;
    case 'nat': {
      const { type, family, addressMin, addressMax, protocolMin, protocolMax, flags } = operation;
      return `${type} ${family} ${addressMin} ${addressMax} ${protocolMin} ${protocolMax} ${flags}`;
    }
    case 'masq':
    case 'redir':
      return `${operation.kind} ${operation.protocolMin} ${operation.protocolMax} ${operation.flags}`;
    case 'bitwise': {
      if (operation.operator !== 'mask-xor' || operation.length > 16) return undefined;
      const { source, destination, length, mask, xor } = operation;
      return `mask ${source} ${destination} ${length} ${mask.join()} ${xor.join()}`;
    }
    case 'byteorder': {
      const { source, destination, length, size } = operation;
      return `swap ${source} ${destination} ${length} ${size}`;
    }
    default:
      return undefined;
  }
}
