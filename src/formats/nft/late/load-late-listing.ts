/**
 * Loads a listing without the rules of its chains: they are read one chain after the other, when a packet comes to them.
 * Reading and lowering all rules is what takes longest before a first answer, and a packet meets few chains.
 */

import { knownShapes } from '../../../../grammar/nft/known-shapes.ts';
import type { LateChains } from '../../../../grammar/nft/late-chains.ts';
import { readLateListing } from '../../../../grammar/nft/listing-reader.ts';
import type { Chain, Rule, Ruleset } from '../../../ast/nft/ruleset.ts';
import type { Source } from '../../../base/span.ts';
import { runScript } from '../run-script.ts';
import { jumpsAreSound } from './late-jumps.ts';
import { type RuleLine, ruleLines } from './late-lines.ts';

export interface LateListing {
  /** Its chains have no rules. */
  readonly ruleset: Ruleset;
  /** The rules of a chain; undefined when only the grammar can tell. */
  readonly rulesOf: (chain: Chain) => readonly Rule[] | undefined;
  /** The text of its rules. */
  readonly textOf: (chain: Chain) => string;
  /** The lines of its rules, where every rule is one. */
  readonly linesOf: (chain: Chain) => readonly RuleLine[] | undefined;
}

/**
 * Undefined when the listing is not laid out as nft does, when a line outside of chains is not known, or when jumps are
 * wrong: the whole has to be read then.
 */
export function loadLateListing(source: Source): LateListing | undefined {
  const late = readLateListing(source, knownShapes);
  if (late === undefined) return undefined;
  const { value: ruleset, diagnostics } = runScript(late.script);
  if (diagnostics.length > 0 || isRepeated(ruleset, late.chains)) return undefined;
  const bodyOf = ({ span }: Chain) => late.chains.bodies.get(span.start);
  if (!jumpsAreSound(source.text, ruleset, bodyOf)) return undefined;
  return {
    ruleset,
    rulesOf: ({ span }) => late.chains.rules(span.start),
    textOf: (chain) => {
      const { start = 0, end = 0 } = bodyOf(chain) ?? {};
      return source.text.slice(start, end);
    },
    linesOf: (chain) => {
      const body = bodyOf(chain);
      return body && ruleLines(source, body);
    },
  };
}

/** Chains that are declared twice have the rules of both places. */
function isRepeated({ tables }: Ruleset, { bodies }: LateChains): boolean {
  let count = 0;
  for (const { chains } of tables) count += chains.length;
  return count !== bodies.size;
}
