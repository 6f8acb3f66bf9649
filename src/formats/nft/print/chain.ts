/** Chains as blocks. */

import type { BaseChain, Chain, Priority } from '../../../ast/nft/ruleset.ts';
import type { Family } from '../../../fields/families.ts';
import { priorityNameFor } from '../../../fields/hooks.ts';
import { handleSuffix, type PrintContext } from './context.ts';
import { printRule } from './rule.ts';

export function printChain(chain: Chain, family: Family, context: PrintContext): string {
  let text = `\tchain ${chain.name} {${handleSuffix(chain.handle, context)}\n`;
  if (chain.comment !== undefined) text += `\t\tcomment "${chain.comment}"\n`;
  if (chain.base !== undefined) text += `\t\t${printBase(chain, chain.base, family, context)}\n`;
  for (const rule of chain.rules) text += `\t\t${printRule(rule, context)}\n`;
  return `${text}\t}\n`;
}

function printBase(chain: Chain, base: BaseChain, family: Family, context: PrintContext): string {
  const priority = printPriority(base.priority, family, base.hook, context);
  const policy = ` policy ${base.policy ?? 'accept'};`;
  const offload = chain.flags?.includes('offload') ? ' flags offload;' : '';
  const devices = printDevices(base.devices ?? [], context);
  return `type ${base.type} hook ${base.hook}${devices} priority ${priority};${policy}${offload}`;
}

function printDevices(devices: readonly string[], { dialect }: PrintContext): string {
  const [first] = devices;
  if (first === undefined) return '';
  if (devices.length === 1) return ` device "${first}"`;
  const names = dialect === '1.0.6' ? devices : devices.map((device) => `"${device}"`);
  return ` devices = { ${names.join(', ')} }`;
}

/** By the name of a standard priority at most ten away, else the number. */
export function printPriority(
  priority: Pick<Priority, 'value'>,
  family: Family,
  hook: BaseChain['hook'],
  context: PrintContext,
): string {
  const near = context.format.numericPriority
    ? undefined
    : priorityNameFor(family, hook, priority.value);
  if (near === undefined || (context.dialect === '1.0.6' && isLaterName(near.name, hook))) {
    return String(priority.value);
  }
  if (near.offset === 0) return near.name;
  return `${near.name} ${near.offset > 0 ? '+' : '-'} ${Math.abs(near.offset)}`;
}

/** The names of NAT's priorities for locally made and received packets, which came after nft 1.0.6. */
function isLaterName(name: string, hook: BaseChain['hook']): boolean {
  return (name === 'dstnat' && hook === 'output') || (name === 'srcnat' && hook === 'input');
}
