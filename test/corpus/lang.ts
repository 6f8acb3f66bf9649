/** The language corpus: parsing, lowering, listing, JSON, and the iptables languages. */

import type { CaseOutcome, CorpusRunner } from './check.ts';
import { iptablesChecks } from './lang-iptables.ts';
import { lowerChecks } from './lang-lower.ts';
import { runNftLoad } from './lang-nft-load.ts';
import { printChecks } from './lang-print.ts';

async function* run(directory: string): AsyncIterable<CaseOutcome> {
  yield* runNftLoad(directory);
  yield* lowerChecks(directory);
  yield* printChecks(directory);
  yield* iptablesChecks(directory);
}

export const langRunner: CorpusRunner = { run };
