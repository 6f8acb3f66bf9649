/** The four tables as Felix feeds them to iptables-restore, chains in the order of their names. */

import type { FelixModel } from './model.ts';
import { appendedSeedSuffix, iptablesLines } from './render/rendered.ts';
import type { GeneratedTable, KernelChain } from './tables.ts';

function hookLines(
  { name, inserted, appended }: KernelChain,
  insertMode: FelixModel['insertMode'],
): readonly string[] {
  const first = iptablesLines(name, inserted).map(({ text }) => text);
  const last = iptablesLines(`${name}${appendedSeedSuffix}`, appended).map(({ text }) => text);
  // Each insertion goes in front of the ones before it.
  const written =
    insertMode === 'insert'
      ? first.toReversed().map((text) => `-I ${name} ${text}`)
      : first.map((text) => `-A ${name} ${text}`);
  return [...written, ...last.map((text) => `-A ${name} ${text}`)];
}

export function restoreTable(
  table: GeneratedTable,
  insertMode: FelixModel['insertMode'],
): readonly string[] {
  const chains = [...table.chains.values()].sort((left, right) =>
    left.name < right.name ? -1 : 1,
  );
  return [
    `*${table.name}`,
    ...chains.map(({ name }) => `:${name} - -`),
    ...chains.flatMap(({ name, rules }) =>
      iptablesLines(name, rules).map(({ text }) => `-A ${name} ${text}`),
    ),
    ...table.kernelChains.flatMap((chain) => hookLines(chain, insertMode)),
    'COMMIT',
  ];
}

/** Lines of the whole restore text. */
export function restoreText(
  tables: readonly GeneratedTable[],
  insertMode: FelixModel['insertMode'],
): readonly string[] {
  return tables.flatMap((table) => restoreTable(table, insertMode));
}
