/** Named objects as the program holds them. */

import type { ObjectDeclaration } from '../ast/nft/ruleset.ts';
import type { Operation } from '../model/operations.ts';
import type { ProgramObject } from '../model/program.ts';
import { objectKind } from './statements/object-reference.ts';
import { limitOperation } from './statements/stateful.ts';

type Attributes = Readonly<Record<string, string | number>>;

export function lowerObject(object: ObjectDeclaration): ProgramObject {
  const operation = operationOf(object);
  const attributes = attributesOf(object);
  const { comment } = object;
  return {
    type: objectKind(object.type),
    name: object.name,
    ...(operation === undefined ? {} : { operation }),
    ...(attributes === undefined ? {} : { attributes }),
    ...(comment === undefined ? {} : { comment }),
    span: object.span,
  };
}

function operationOf(object: ObjectDeclaration): Operation | undefined {
  switch (object.type) {
    case 'counter':
      return { kind: 'counter', packets: object.packets, bytes: object.bytes };
    case 'quota':
      return {
        kind: 'quota',
        bytes: object.bytes,
        consumed: object.usedBytes,
        inverted: object.over,
      };
    case 'limit':
      return limitOperation(object);
    case 'synproxy': {
      const { mss, wscale, flags } = object;
      const bits =
        (mss === undefined ? 0 : 0x1) |
        (wscale === undefined ? 0 : 0x2) |
        (flags.includes('sack-perm') ? 0x4 : 0) |
        (flags.includes('timestamp') ? 0x8 : 0);
      return { kind: 'synproxy', mss: mss ?? 0, wscale: wscale ?? 0, flags: bits };
    }
    default:
      return undefined;
  }
}

function attributesOf(object: ObjectDeclaration): Attributes | undefined {
  switch (object.type) {
    case 'ct helper': {
      const { helper, protocol, l3proto } = object;
      return { helper, protocol, ...(l3proto === undefined ? {} : { l3proto }) };
    }
    case 'ct timeout': {
      const { protocol, l3proto, policy } = object;
      const states = Object.fromEntries(policy.map(({ state, seconds }) => [state, seconds]));
      return { protocol, ...(l3proto === undefined ? {} : { l3proto }), ...states };
    }
    case 'ct expectation': {
      const { protocol, dport, timeout, size, l3proto } = object;
      return { protocol, dport, timeout, size, ...(l3proto === undefined ? {} : { l3proto }) };
    }
    case 'secmark':
      return { context: object.context };
    case 'tunnel':
      return { id: object.tunnel.id ?? 0 };
    default:
      return undefined;
  }
}
