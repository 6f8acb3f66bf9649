/** Flowtables as blocks. */

import type { Flowtable } from '../../../ast/nft/ruleset.ts';
import type { Family } from '../../../fields/families.ts';
import { printPriority } from './chain.ts';
import { handleSuffix, type PrintContext } from './context.ts';

export function printFlowtable(table: Flowtable, family: Family, context: PrintContext): string {
  let text = `\tflowtable ${table.name} {${handleSuffix(table.handle, context)}\n`;
  if (table.priority !== undefined) {
    const priority = printPriority(table.priority, family, 'ingress', context);
    text += `\t\thook ingress priority ${priority}\n`;
  }
  if (table.devices.length > 0) {
    const devices = table.devices.map((device) =>
      context.dialect === '1.0.6' ? device : `"${device}"`,
    );
    text += `\t\tdevices = { ${devices.join(', ')} }\n`;
  }
  if (table.flags.includes('offload')) text += '\t\tflags offload\n';
  if (table.counter) text += '\t\tcounter\n';
  if (table.comment !== undefined) text += `\t\tcomment "${table.comment}"\n`;
  return `${text}\t}\n`;
}
