/**
 * Loads a listing without the rules of its chains: they are read one chain after the other, when a packet comes to them.
 * Reading and lowering all rules is what takes longest before a first answer, and a packet meets few chains.
 */

import { knownShapes } from '../../../../grammar/nft/known-shapes.ts';
import type { LateChain } from '../../../../grammar/nft/late-chains.ts';
import { readLateListing } from '../../../../grammar/nft/listing-reader.ts';
import type { ShapeBook } from '../../../../grammar/nft/shape-book.ts';
import type { Rule, Ruleset, Table } from '../../../ast/nft/ruleset.ts';
import type { Source } from '../../../base/span.ts';
import { grammarTeacher } from '../grammar-teacher.ts';
import { runScript } from '../run-script.ts';
import { smallestListing } from '../smallest-listing.ts';
import { jumpsAreSound } from './late-jumps.ts';

export interface LateListing {
  /** Chains without hooks are left out, and the others have no rules. */
  readonly ruleset: Ruleset;
  /** All chains, table by table. */
  readonly chains: readonly (readonly LateChain[])[];
  /** The rules of a chain; undefined when only the grammar can tell. */
  readonly rulesOf: (chain: LateChain) => readonly Rule[] | undefined;
}

/**
 * Of large listings the lines that are not known are learnt from the grammar, as `loadKnownListing` does.
 * Undefined when the listing is not laid out as nft does, when a line outside of chains is not known, or when jumps are
 * wrong: the whole has to be read then.
 */
export function loadLateListing(
  source: Source,
  book: ShapeBook = knownShapes,
): LateListing | undefined {
  const large = source.text.length >= smallestListing;
  const late = readLateListing(source, book, large ? grammarTeacher : undefined);
  if (late === undefined) return undefined;
  const { value: ruleset, diagnostics } = runScript(late.script);
  const { tables } = late.chains;
  if (diagnostics.length > 0 || ruleset.tables.length !== tables.length) return undefined;
  const isSound = (table: Table, chains: readonly LateChain[]) => {
    if (new Set(chains.map(({ name }) => name)).size < chains.length) return false;
    const bases = new Set(
      table.chains.flatMap(({ base, name }) => (base === undefined ? [] : [name])),
    );
    return jumpsAreSound(source.text, { chains, bases, sets: table.sets });
  };
  if (!ruleset.tables.every((table, index) => isSound(table, tables[index] ?? [])))
    return undefined;
  return { ruleset, chains: tables, rulesOf: (chain) => late.chains.rules(chain) };
}
