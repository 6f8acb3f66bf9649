/** Text of nft → commands, or a single rule: the way into the grammar. */

import { knownShapes } from '../../../grammar/nft/known-shapes.ts';
import { readListing } from '../../../grammar/nft/listing-reader.ts';
import { NftParser } from '../../../grammar/nft/nft-parser.ts';
import type { IncludeReader } from '../../../grammar/nft/parse-context.ts';
import type { Rule } from '../../ast/nft/ruleset.ts';
import type { Script } from '../../ast/nft/script.ts';
import type { Result } from '../../base/diagnostic.ts';
import type { Source } from '../../base/span.ts';
import type { Family } from '../../fields/families.ts';
import { smallestListing } from './smallest-listing.ts';

let shared: NftParser | undefined;

/** One parser serves the process: making it takes some tens of milliseconds. */
function parser(): NftParser {
  if (shared === undefined) {
    shared = new NftParser();
    shared.useBook(knownShapes);
  }
  return shared;
}

export interface ParseOptions {
  /** How `include` finds files; without it every include fails. */
  readonly includes?: IncludeReader;
  /** Whether lines of known shape are read without the grammar: large texts by default; the others are for tests. */
  readonly shapes?: 'auto' | 'always' | 'never';
}

/** Reads a script as `nft -f` does; variables are replaced and includes read. Never throws on any text. */
export function parseNft(source: Source, options: ParseOptions = {}): Result<Script> {
  const { shapes = 'auto' } = options;
  const large = shapes === 'always' || source.text.length >= smallestListing;
  if (large && shapes !== 'never') {
    // The parser is made when the first line of a new shape asks for it.
    const listing = readListing(source, knownShapes, (kind, text) => parser().teacher(kind, text));
    if (listing !== undefined) return listing;
  }
  const shared = parser();
  shared.shapes = shapes;
  return shared.parseScript(source, new Map(), options.includes);
}

/** Reads one rule, e.g. `tcp dport 22 accept`; the grammar is the same for every family. */
export function parseRuleText(source: Source, _family: Family): Result<Rule> {
  const { value, diagnostics } = parser().parseRule(source);
  const span = { source, start: 0, end: source.text.length };
  const broken: Rule = { kind: 'rule', statements: [{ kind: 'invalid', span }], span };
  return { value: value ?? broken, diagnostics };
}
