/** A lowered set as the program holds it. */

import { paddedBits } from '../../datatypes/concat.ts';
import type { ProgramSet, SetField } from '../../model/program.ts';
import type { KeyShape } from '../context.ts';
import type { SetBuild } from './set-build.ts';

function fieldsOf(shape: KeyShape): readonly SetField[] {
  return (shape.parts ?? [shape]).map(({ type, bits, order }) => ({
    type: type.byteOrder === order || type.base === 'string' ? type : { ...type, byteOrder: order },
    length: Math.ceil(bits / 8),
  }));
}

function lengthOf(shape: KeyShape): number {
  if (shape.parts === undefined) return Math.ceil(shape.bits / 8);
  return shape.parts.reduce((bytes, part) => bytes + paddedBits(part.bits) / 8, 0);
}

function mapOf(set: SetBuild): ProgramSet['map'] {
  switch (set.kind) {
    case 'set':
      return undefined;
    case 'verdict-map':
      return { kind: 'verdict' };
    case 'object-map':
      return { kind: 'object', type: set.objectType ?? 'counter' };
    case 'map': {
      const { data } = set;
      if (data === undefined) return undefined;
      const fields = fieldsOf(data);
      return { kind: 'data', fields, length: lengthOf(data), interval: set.dataInterval };
    }
  }
}

export function toProgramSet(set: SetBuild): ProgramSet {
  const { declaration } = set;
  const map = mapOf(set);
  const { timeout, gcInterval, comment } = declaration ?? {};
  const { packed } = set;
  const lowered: Omit<ProgramSet, 'elements'> = {
    name: set.name,
    anonymous: set.anonymous,
    constant: set.constant,
    interval: set.interval,
    dynamic: set.dynamic,
    autoMerge: set.autoMerge,
    timeout: set.timeout,
    // The kernel does not tell 0 from nothing.
    ...(timeout ? { defaultTimeout: timeout } : {}),
    ...(gcInterval ? { gcInterval } : {}),
    ...(set.size ? { size: set.size } : {}),
    policy: declaration?.policy ?? 'performance',
    ...(comment === undefined ? {} : { comment }),
    key: fieldsOf(set.key),
    keyLength: lengthOf(set.key),
    ...(map === undefined ? {} : { map }),
    operations: set.operations,
    ...(packed === undefined ? {} : { packed }),
    span: set.span,
  };
  if (packed === undefined) return { ...lowered, elements: set.elements };
  return {
    ...lowered,
    get elements() {
      return set.elements;
    },
  };
}
