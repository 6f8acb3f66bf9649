/** Completes chains of a listing from iptables-save text, of which only their lines are read. */

import type { Source } from '../../base/span.ts';
import { loadPlainSave } from '../../formats/iptables-save/load-plain.ts';
import { lowerIptables } from '../../lower/iptables/lower-iptables.ts';
import { completeXt, type XtCompletion } from '../../model/complete-xt.ts';
import type { Program } from '../../model/program.ts';
import type { Exploration } from '../../simulate/api.ts';
import type { Companion } from '../input/companion.ts';

const appended = /^(?:\[\d+:\d+\] )?-A (\S+) /;

/** A chain of a program, as one word. */
export const chainKey = (family: string, table: string, chain: string) =>
  `${family} ${table} ${chain}`;

/** The save with the rules of other chains made comments; places stay. */
function onlyChains({ source, family }: Companion, wanted: ReadonlySet<string>): Source {
  let table = '';
  const lines = source.text.split('\n').map((line) => {
    if (line.startsWith('*')) table = line.slice(1).trim();
    const [, chain] = appended.exec(line) ?? [];
    if (chain === undefined || wanted.has(chainKey(family, table, chain))) return line;
    return '#'.repeat(line.length);
  });
  return { name: source.name, text: lines.join('\n') };
}

/** The program with these chains completed; undefined when a companion has to be read whole, by the grammar. */
export function completeChains(
  program: Program,
  companions: readonly Companion[],
  wanted: ReadonlySet<string>,
): XtCompletion | undefined {
  const tables: Program['tables'][number][] = [];
  for (const companion of companions) {
    const { family } = companion;
    const loaded = loadPlainSave(onlyChains(companion, wanted), { family });
    if (loaded === undefined || loaded.diagnostics.length > 0) return undefined;
    const lowered = lowerIptables(loaded.value, { loader: 'iptables-nft' });
    if (lowered.diagnostics.length > 0) return undefined;
    tables.push(...lowered.value.tables);
  }
  return completeXt(program, { tables });
}

/** The chains that packets came to in any outcome. */
export function chainsOnTheWay(explorations: readonly Exploration[]): ReadonlySet<string> {
  const found = new Set<string>();
  for (const { outcomes } of explorations) {
    for (const event of outcomes.flatMap(({ trace }) => trace)) {
      if (!('chain' in event) || !('table' in event)) continue;
      found.add(chainKey(event.family, event.table, event.chain));
      if (event.kind === 'rule-matched' && 'chain' in event.verdict) {
        found.add(chainKey(event.family, event.table, event.verdict.chain));
      }
    }
  }
  return found;
}
