/** The iptables-save of tables that an nft listing holds too: it shows what the listing loses. */

import type { Source } from '../../base/span.ts';
import type { Program } from '../../model/program.ts';
import type { RulesetSource } from './load-program.ts';

export interface Companion {
  readonly source: Source;
  readonly family: 'ip' | 'ip6';
}

const tableStart = /^\*(\S+)/gm;

/** The source as a companion, if the program holds all of its tables. */
export function companionOf(
  { source, loader, family }: RulesetSource,
  program: Program,
): Companion | undefined {
  if (loader !== 'iptables-nft' || family === undefined) return undefined;
  const tables = new Set(program.tables.map((table) => `${table.family} ${table.name}`));
  const names = [...source.text.matchAll(tableStart)].map(([, name]) => name);
  const known = names.length > 0 && names.every((name) => tables.has(`${family} ${name}`));
  return known ? { source, family } : undefined;
}
