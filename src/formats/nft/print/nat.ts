/** Address translation and transparent proxying as text. */

import type { Expression } from '../../../ast/nft/expressions.ts';
import type { NatStatement, TproxyStatement } from '../../../ast/nft/statements.ts';
import type { PrintContext } from './context.ts';
import { printExpression } from './expression.ts';

const flagOrder = ['random', 'fully-random', 'persistent'] as const;

export function printNat(node: NatStatement, context: PrintContext): string {
  let text: string = node.type;
  if (node.address !== undefined || node.port !== undefined) {
    if (node.family !== undefined) text += ` ${node.family}`;
    if (node.typeFlags?.includes('prefix')) text += ' prefix';
    text += ' to';
  }
  if (node.address !== undefined) {
    text += ` ${printAddress(node.address, node.port !== undefined, context)}`;
  }
  text += printPort(node, context);
  const flags = flagOrder.filter((flag) => node.flags?.includes(flag));
  return flags.length === 0 ? text : `${text} ${flags.join(',')}`;
}

function printPort(
  { address, port }: { readonly address?: Expression; readonly port?: Expression },
  context: PrintContext,
): string {
  if (port === undefined) return '';
  return `${address === undefined ? ' ' : ''}:${printExpression(port, context)}`;
}

/** IPv6 addresses before a port stand in brackets. */
function printAddress(address: Expression, hasPort: boolean, context: PrintContext): string {
  const text = printExpression(address, context);
  if (!hasPort) return text;
  if (address.kind === 'range' && isIpv6(address.from)) {
    return `[${printExpression(address.from, context)}]-[${printExpression(address.to, context)}]`;
  }
  return isIpv6(address) ? `[${text}]` : text;
}

function isIpv6(node: Expression): boolean {
  if (node.kind === 'value') return node.type.name === 'ipv6_addr';
  return node.kind === 'symbol' && node.text.includes(':');
}

export function printTproxy(node: TproxyStatement, context: PrintContext): string {
  const address =
    node.address === undefined
      ? ''
      : ` ${printAddress(node.address, isIpv6(node.address), context)}`;
  return `tproxy${node.family === undefined ? '' : ` ${node.family}`} to${address}${printPort(node, context)}`;
}
