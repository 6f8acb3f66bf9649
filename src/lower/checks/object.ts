/** Named objects that nft or the kernel refuses (nft: obj_evaluate()). */

import type { ObjectDeclaration } from '../../ast/nft/ruleset.ts';
import type { Diagnostic } from '../../base/diagnostic.ts';
import type { Family } from '../../fields/families.ts';
import { wordSpan } from '../word-span.ts';

/** States that a timeout policy may name (nft: timeout_protocol). */
const timeoutStates: Readonly<Record<string, readonly string[]>> = {
  tcp: [
    ...['syn_sent', 'syn_recv', 'established', 'fin_wait', 'close_wait', 'last_ack', 'time_wait'],
    ...['close', 'syn_sent2', 'retrans', 'unack'],
  ],
  udp: ['unreplied', 'replied'],
};

export function objectProblem(family: Family, object: ObjectDeclaration): Diagnostic | undefined {
  const { span } = object;
  switch (object.type) {
    case 'ct timeout': {
      const states = timeoutStates[object.protocol] ?? [];
      const wrong = object.policy.find(({ state }) => !states.includes(state));
      if (wrong === undefined) return undefined;
      const message = `'${wrong.state}' is no state of ${object.protocol}`;
      return { code: 'invalid-value', span: wordSpan(span, wrong.state), message };
    }
    case 'ct expectation': {
      const complete =
        object.protocol !== '' && object.dport > 0 && object.timeout > 0 && object.size > 0;
      return complete ? undefined : { code: 'invalid-value', span, message: 'missing options' };
    }
    case 'quota':
      return object.usedBytes > object.bytes
        ? {
            code: 'kernel-refused',
            span: wordSpan(span, object.name),
            message: 'more than the quota is used: invalid argument',
          }
        : undefined;
    case 'ct helper': {
      const { l3proto } = object;
      if (l3proto === undefined || family === 'inet' || l3proto === family) return undefined;
      return { code: 'kernel-refused', span, message: `${l3proto} is not of this family` };
    }
    case 'tunnel': {
      const { id, source, destination } = object.tunnel;
      const complete = id !== undefined && (source !== undefined || destination !== undefined);
      return complete
        ? undefined
        : { code: 'kernel-refused', span, message: 'a tunnel needs an id and an address' };
    }
    default:
      return undefined;
  }
}
