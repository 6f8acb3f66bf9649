/** Loads a listing whose lines all have known shapes: the grammar, which takes long to make, is not needed. */

import { knownShapes } from '../../../grammar/nft/known-shapes.ts';
import { readListing } from '../../../grammar/nft/listing-reader.ts';
import type { Ruleset } from '../../ast/nft/ruleset.ts';
import type { Result } from '../../base/diagnostic.ts';
import type { Source } from '../../base/span.ts';
import { grammarTeacher } from './grammar-teacher.ts';
import { runScript } from './run-script.ts';
import { smallestListing } from './smallest-listing.ts';

/**
 * What `loadNft` gives; undefined when only `loadNft` can tell. Of large listings the few lines that are not known
 * are learnt, rather than all read again.
 */
export function loadKnownListing(source: Source): Result<Ruleset> | undefined {
  const large = source.text.length >= smallestListing;
  const script = readListing(source, knownShapes, large ? grammarTeacher : undefined);
  return script && runScript(script);
}
