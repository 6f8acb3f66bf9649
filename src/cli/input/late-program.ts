/** A listing as a program whose chains are read, and completed from the iptables-save beside it, when a packet comes to them. */

import type { LateChain } from '../../../grammar/nft/late-chains.ts';
import type { ShapeBook } from '../../../grammar/nft/shape-book.ts';
import type { Table } from '../../ast/nft/ruleset.ts';
import type { Source } from '../../base/span.ts';
import type { NameEnvironment } from '../../datatypes/environment.ts';
import type { LateSave } from '../../formats/iptables-save/late-save.ts';
import { ruleLines } from '../../formats/nft/late/late-lines.ts';
import { type LateListing, loadLateListing } from '../../formats/nft/late/load-late-listing.ts';
import { type LateRules, lowerLate } from '../../lower/lower-late.ts';
import type { Program, RuleTrait } from '../../model/program.ts';
import { completeFrom } from './companion.ts';
import { traitInText } from './trait-words.ts';

/** What only shows while packets are played. */
export interface LateReading {
  /** A chain cannot be read by itself: what was played on the program is void, and it has to be read whole. */
  failed: boolean;
  /** Rules taken from an iptables-save. */
  completedRules: number;
  readChains: number;
  readonly chains: number;
  readonly companions: LateSave[];
}

export interface LateOptions {
  readonly environment: NameEnvironment;
  readonly byShape: boolean;
  /** Shapes of lines; those of this process unless given. */
  readonly book?: ShapeBook;
}

/** Undefined when the listing has to be read whole. */
export function loadLateProgram(
  source: Source,
  { environment, byShape, book }: LateOptions,
): { readonly program: Program; readonly late: LateReading } | undefined {
  const listing = loadLateListing(source, book);
  if (listing === undefined) return undefined;
  const late: LateReading = {
    failed: false,
    completedRules: 0,
    readChains: 0,
    chains: listing.chains.reduce((sum, chains) => sum + chains.length, 0),
    companions: [],
  };
  const rules = lateRules(source, listing, late);
  const { value, diagnostics } = lowerLate(listing.ruleset, listing.chains, rules, {
    environment,
    byShape,
  });
  return diagnostics.length > 0 ? undefined : { program: value, late };
}

function lateRules(
  { text }: Source,
  listing: LateListing,
  late: LateReading,
): LateRules<LateChain> {
  // A word that is nowhere need not be looked for chain by chain.
  const nowhere = new Map<RuleTrait, boolean>();
  const isNowhere = (trait: RuleTrait) => {
    const known = nowhere.get(trait) ?? traitInText(trait, text) === 'no';
    nowhere.set(trait, known);
    return known;
  };
  const companionOf = ({ family }: Table) =>
    late.companions.find((companion) => companion.family === family);
  return {
    rulesOf: listing.rulesOf,
    holds: (chain, table, trait) => {
      const save = companionOf(table);
      const lines = save?.linesOf(table.name, chain.name).join('\n') ?? '';
      if (lines === '' && isNowhere(trait)) return 'no';
      const said = lines === '' ? 'no' : traitInText(trait, lines);
      return said === 'yes' || isNowhere(trait) ? said : traitInText(trait, chain.text, said);
    },
    complete: (chain, table, lowered) => {
      late.readChains++;
      const save = companionOf(table);
      if (save === undefined) return lowered();
      const lines = ruleLines(chain);
      const completed = completeFrom(save, { chain, table, lines, lowered });
      late.completedRules += completed?.length ?? 0;
      return completed;
    },
    giveUp: () => {
      late.failed = true;
    },
  };
}
