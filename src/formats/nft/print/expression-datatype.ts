/** The datatype of an expression's values, as far as its own words tell. */

import type { Expression } from '../../../ast/nft/expressions.ts';
import { ctKeyByName } from '../../../fields/ct.ts';
import { headerField } from '../../../fields/headers.ts';
import { metaKeyByName } from '../../../fields/meta.ts';

/** Name of the datatype, or an empty string for what has none (concatenations, verdicts). */
export function datatypeOfExpression(node: Expression): string {
  switch (node.kind) {
    case 'payload':
      return headerField(node.protocol, node.field)?.type ?? '';
    case 'meta':
      return metaKeyByName(node.key)?.type ?? '';
    case 'ct':
      return ctKeyByName(node.key)?.type ?? '';
    case 'binary':
      return datatypeOfExpression(node.left);
    case 'element':
      return datatypeOfExpression(node.key);
    case 'raw-payload':
    case 'exthdr':
    case 'tcp-option':
    case 'ip-option':
    case 'sctp-chunk':
    case 'numgen':
    case 'jhash':
    case 'symhash':
      return 'integer';
    case 'osf':
      return 'string';
    case 'fib':
      return node.result === 'type' ? 'fib_addrtype' : 'iface_index';
    case 'ipsec':
      return node.family === undefined ? 'integer' : `ip${node.family === 'ip' ? 'v4' : 'v6'}_addr`;
    case 'value':
      return node.type.name;
    default:
      return '';
  }
}
