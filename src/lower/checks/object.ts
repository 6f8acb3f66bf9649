/** Named objects that nft or the kernel refuses (nft: obj_evaluate()). */

import type { ObjectDeclaration } from '../../ast/nft/ruleset.ts';
import type { Diagnostic } from '../../base/diagnostic.ts';
import type { Family } from '../../fields/families.ts';
import { limitOperation, limitProblem } from '../statements/stateful.ts';
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
      if (wrong === undefined) return trackingProblem(family, object);
      const message = `'${wrong.state}' is no state of ${object.protocol}`;
      return { code: 'invalid-value', span: wordSpan(span, wrong.state), message };
    }
    case 'ct expectation': {
      const complete =
        object.protocol !== '' && object.dport > 0 && object.timeout > 0 && object.size > 0;
      return complete
        ? trackingProblem(family, object)
        : { code: 'invalid-value', span, message: 'missing options' };
    }
    case 'limit': {
      const message = limitProblem(limitOperation(object));
      if (message === undefined) return undefined;
      return { code: 'kernel-refused', span: wordSpan(span, object.name), message };
    }
    case 'quota':
      return object.usedBytes > object.bytes
        ? {
            code: 'kernel-refused',
            span: wordSpan(span, object.name),
            message: 'more than the quota is used: invalid argument',
          }
        : undefined;
    case 'ct helper':
    case 'synproxy':
      return trackingProblem(family, object);
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

/** What the kernel says of objects that need connections (nf_ct_netns_get(), nft_ct_helper_obj_init(), …). */
function trackingProblem(family: Family, object: ObjectDeclaration): Diagnostic | undefined {
  const message = trackingMessage(family, object);
  if (message === undefined) return undefined;
  return { code: 'kernel-refused', span: wordSpan(object.span, object.name), message };
}

function trackingMessage(family: Family, object: ObjectDeclaration): string | undefined {
  if (family === 'arp' || family === 'netdev') {
    return `connections are not tracked in the ${family} family`;
  }
  const l3proto = 'l3proto' in object ? (object.l3proto ?? family) : family;
  if (object.type === 'ct expectation' && l3proto !== 'ip' && l3proto !== 'ip6') {
    return 'an expectation needs the network protocol: address family not supported';
  }
  const other = family === 'ip' ? 'ip6' : 'ip';
  const isOther = object.type === 'ct expectation' && l3proto !== family && family !== 'inet';
  const isOtherIp =
    object.type === 'ct helper' && (family === 'ip' || family === 'ip6') && l3proto === other;
  if (isOther || isOtherIp) return `${l3proto} is not of this family`;
  return undefined;
}
