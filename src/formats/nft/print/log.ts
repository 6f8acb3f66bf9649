/** The log statement as text. */

import type { LogStatement } from '../../../ast/nft/statements.ts';
import type { PrintContext } from './context.ts';
import { printExpression } from './expression.ts';

/** In nft's order; the level `warn` is the default and stays unwritten. */
export function printLog(node: LogStatement, context: PrintContext): string {
  let text = 'log';
  if (node.prefix !== undefined) {
    const { prefix } = node;
    const quoted = prefix.kind === 'symbol' ? `"${prefix.text}"` : printExpression(prefix, context);
    text += ` prefix ${quoted}`;
  }
  if (node.group !== undefined) text += ` group ${node.group}`;
  if (node.snaplen !== undefined) text += ` snaplen ${node.snaplen}`;
  if (node.queueThreshold !== undefined) text += ` queue-threshold ${node.queueThreshold}`;
  if (node.level !== undefined && node.level !== 'warn') text += ` level ${node.level}`;
  return text + printFlags(node.flags ?? []);
}

function printFlags(flags: readonly string[]): string {
  if (flags.includes('all')) return ' flags all';
  const tcp = ['sequence', 'options'].filter((word) => flags.includes(`tcp ${word}`));
  let text = tcp.length > 0 ? ` flags tcp ${tcp.join(',')}` : '';
  for (const flag of ['ip options', 'skuid', 'ether']) {
    if (flags.includes(flag)) text += ` flags ${flag}`;
  }
  return text;
}
