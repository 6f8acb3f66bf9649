/** Tables as blocks. */

import type { Table } from '../../../ast/nft/ruleset.ts';
import { printChain } from './chain.ts';
import type { PrintContext } from './context.ts';
import { printFlowtable } from './flowtable.ts';
import { printObject } from './object.ts';
import { printSet } from './set.ts';

export function printTable(table: Table, context: PrintContext): string {
  const owner = table.flags.includes('owner');
  const handle = context.handles && table.handle !== undefined ? ` handle ${table.handle}` : '';
  const mark = handle !== '' || owner ? ` #${handle}${owner ? ' progname nft' : ''}` : '';
  let text = `table ${table.family} ${table.name} {${mark}\n`;
  if (table.flags.length > 0) text += `\tflags ${table.flags.join(',')}\n`;
  if (table.comment !== undefined) text += `\tcomment "${table.comment}"\n`;
  return `${text}${printBlocks(table, context)}}\n`;
}

/** Objects, sets, flowtables and chains with blank lines between; one before the first only after flags. */
function printBlocks(table: Table, context: PrintContext): string {
  const blocks = [
    ...table.objects.map((object) => printObject(object, table.family, context)),
    ...table.sets.map((set) => printSet(set, context)),
    ...table.flowtables.map((flowtable) => printFlowtable(flowtable, table.family, context)),
    ...table.chains.map((chain) => printChain(chain, table.family, context)),
  ];
  const lead = table.flags.length > 0 && blocks.length > 0 ? '\n' : '';
  return lead + blocks.join('\n');
}
