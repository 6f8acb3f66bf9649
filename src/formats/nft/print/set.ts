/** Named sets and maps as blocks. */

import type { Expression } from '../../../ast/nft/expressions.ts';
import type { SetDeclaration, SetType } from '../../../ast/nft/ruleset.ts';
import { formatDuration } from '../../../datatypes/format-time.ts';
import { handleSuffix, type PrintContext, statelessContext } from './context.ts';
import { printElements } from './elements.ts';
import { printExpression } from './expression.ts';
import { printStatement } from './statement.ts';

const flagOrder = ['constant', 'dynamic', 'interval', 'timeout'] as const;

export function printSet(set: SetDeclaration, context: PrintContext): string {
  const head = `\t${set.map ? 'map' : 'set'} ${set.name} {${handleSuffix(set.handle, context)}\n`;
  const body = printLines(set, context).map((line) => `\t\t${line}\n`);
  const elements = context.terse || set.elements.length === 0 ? '' : printElements(set, context);
  return `${head}${body.join('')}${elements}\t}\n`;
}

/** In the order of nft's set_print_declaration(). */
function printLines(set: SetDeclaration, context: PrintContext): string[] {
  const lines = [printKey(set, context)];
  if (!set.flags.includes('constant')) {
    if (set.policy === 'memory') lines.push('policy memory');
    if (set.size !== undefined) lines.push(`size ${set.size}${countSuffix(set, context)}`);
  }
  const shown = set.flags.filter((flag) => flag !== 'timeout' || set.timeout === undefined);
  if (shown.length > 0) {
    lines.push(`flags ${flagOrder.filter((flag) => set.flags.includes(flag)).join(',')}`);
  }
  if (set.statements.length > 0) {
    const stateless = statelessContext(context);
    lines.push(set.statements.map((node) => printStatement(node, stateless)).join(' '));
  }
  if (set.autoMerge) lines.push('auto-merge');
  if (set.timeout !== undefined) lines.push(`timeout ${formatDuration(set.timeout)}`);
  if (set.gcInterval !== undefined) lines.push(`gc-interval ${formatDuration(set.gcInterval)}`);
  if (set.comment !== undefined) lines.push(`comment "${set.comment}"`);
  return lines;
}

/** All but the one for all others. */
export function countedElements({ elements }: SetDeclaration): number {
  return elements.some(isOthers) ? elements.length - 1 : elements.length;
}

function isOthers(node: Expression): boolean {
  if (node.kind === 'element' || node.kind === 'mapping') return isOthers(node.key);
  return node.kind === 'wildcard';
}

/** The kernel counts elements against a size limit; nft 1.1.x shows the count. */
function countSuffix(set: SetDeclaration, context: PrintContext): string {
  if (context.dialect === '1.0.6') return '';
  const count = countedElements(set);
  return count === 0 ? '' : `\t# count ${count}`;
}

function printKey(set: SetDeclaration, context: PrintContext): string {
  const key = set.key === undefined ? 'type invalid' : printType(set.key, context);
  if (set.objectType !== undefined) return `${key} : ${set.objectType}`;
  if (set.data === undefined) return key;
  const interval = set.dataInterval ? 'interval ' : '';
  return `${key} : ${interval}${printType(set.data, context).replace(/^type(of)? /, '')}`;
}

function printType(type: SetType, context: PrintContext): string {
  if (type.kind === 'type') return `type ${type.names.join(' . ')}`;
  return `typeof ${printExpression(type.expression, context)}`;
}
