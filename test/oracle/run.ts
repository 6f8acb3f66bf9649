/**
 * `npm run test:nft -- [--runs N] [--seed S] [--show N] [--seeds FILE]`: generated rules and mutants on libnftables and here.
 *
 * Compared: accepted or refused, where, listing, JSON, bytecode. Disagreements are grouped by cause, the largest first; exit code 1
 * when there is one, 0 otherwise; also 0, with the reason, where no nft can be asked. FILE holds further texts of rules.
 */

import { parseArgs } from 'node:util';
import { makeCases, type OracleCase } from './cases.ts';
import { compare, type Disagreement } from './compare.ts';
import { compareIptables } from './iptables-run.ts';
import { askNft, libraryMissing } from './nft-library.ts';
import { ask } from './ours.ts';
import { readSeeds } from './seeds.ts';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
    show: { type: 'string', default: '3' },
    kind: { type: 'string', default: '' },
    only: { type: 'string', default: '' },
    corpus: { type: 'string', default: '' },
    iptables: { type: 'boolean', default: false },
  },
});

interface Found {
  readonly each: OracleCase;
  readonly difference: Disagreement;
}

async function mainIptables(): Promise<number> {
  const result = await compareIptables({
    seed: Number(values.seed),
    runs: Number(values.runs),
    corpus: values.corpus,
  });
  if (typeof result === 'string') {
    console.log(`test:nft skipped: ${result}`);
    return 0;
  }
  report(
    result.found.map(({ each, difference }) => ({
      each: { label: `${each.family} ${each.table}`, setup: '', text: each.rule },
      difference,
    })),
  );
  console.log(result.summary);
  return result.found.length === 0 ? 0 : 1;
}

async function main(): Promise<number> {
  if (values.iptables) return mainIptables();
  const missing = libraryMissing();
  if (missing !== undefined) {
    console.log(`test:nft skipped: ${missing}`);
    return 0;
  }
  const cases = makeCases({
    seed: Number(values.seed),
    runs: Number(values.runs),
    kind: values.kind,
    seeds: readSeeds(values.corpus),
  });
  const answers = await askNft(cases);
  const found: Found[] = [];
  const tally = { accepted: 0, refused: 0, unset: 0, crashed: 0 };
  cases.forEach((each, index) => {
    const answer = answers[index];
    if (answer === undefined) tally.crashed += 1;
    else if (answer.setupError !== '') {
      tally.unset += 1;
      if (values.only === 'setup') console.log(answer.setupError, each.setup);
    } else if (answer.status === 0) tally.accepted += 1;
    else tally.refused += 1;
    const difference = compare(answer, ask(each.setup, each.text), each.text);
    if (difference !== undefined) found.push({ each, difference });
  });
  report(found);
  console.log(
    `${cases.length} scripts: nft accepted ${tally.accepted}, refused ${tally.refused}, broke down at ${tally.crashed}, setup refused ${tally.unset}; ${found.length} disagree`,
  );
  return found.length === 0 ? 0 : 1;
}

function report(found: readonly Found[]): void {
  const groups = new Map<string, Found[]>();
  for (const one of found) {
    if (!one.difference.kind.includes(values.only)) continue;
    const key = `${one.difference.kind}: ${one.difference.cause}`;
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  for (const [key, members] of [...groups].sort((a, b) => b[1].length - a[1].length)) {
    console.log(`\n## ${members.length} × ${key}`);
    const shown = [...members].sort((a, b) => a.each.text.length - b.each.text.length);
    for (const { each, difference } of shown.slice(0, Number(values.show)))
      console.log(
        `[${each.label}] ${each.text.trim()}\n   ${difference.detail.replaceAll('\n', '\n   ')}`,
      );
  }
}

process.exitCode = await main();
