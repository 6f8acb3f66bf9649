/** Loads a listing whose lines all have known shapes: the grammar, which takes long to make, is not needed. */

import { knownShapes } from '../../../grammar/nft/known-shapes.ts';
import { readListing } from '../../../grammar/nft/listing-reader.ts';
import type { Ruleset } from '../../ast/nft/ruleset.ts';
import type { Result } from '../../base/diagnostic.ts';
import type { Source } from '../../base/span.ts';
import { runScript } from './run-script.ts';

/** What `loadNft` gives; undefined when only `loadNft` can tell. */
export function loadKnownListing(source: Source): Result<Ruleset> | undefined {
  const script = readListing(source, knownShapes);
  return script && runScript(script);
}
