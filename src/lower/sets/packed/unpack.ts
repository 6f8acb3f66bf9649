/** Objects of the elements that are kept in arrays. */

import type { PackedElements, ProgramElement } from '../../../model/program.ts';
import { compareBytes } from '../../bytes.ts';
import type { SetBuild } from '../set-build.ts';

/** Gives the set its elements; the objects are made when they are first asked for. */
export function setPacked(set: SetBuild, packed: PackedElements): void {
  let made: readonly ProgramElement[] | undefined;
  set.packed = packed;
  Object.defineProperty(set, 'elements', {
    enumerable: true,
    configurable: true,
    get() {
      made ??= unpacked(packed);
      return made;
    },
  });
}

export function unpacked(packed: PackedElements): readonly ProgramElement[] {
  return Array.from({ length: packed.count }, (_, index) => elementAt(packed, index));
}

function elementAt(packed: PackedElements, index: number): ProgramElement {
  const { keyLength, keys, keyEnds, values, valueNumbers, allHaveEnds } = packed;
  const start = index * keyLength;
  const key = keys.subarray(start, start + keyLength);
  const end = keyEnds?.subarray(start, start + keyLength);
  const keyEnd =
    end !== undefined && (allHaveEnds || compareBytes(key, end) !== 0) ? end : undefined;
  const data = values?.[valueNumbers?.[index] ?? -1];
  const span = packed.spanOf(index);
  if (keyEnd === undefined) return data === undefined ? { key, span } : { key, data, span };
  return data === undefined ? { key, keyEnd, span } : { key, keyEnd, data, span };
}
