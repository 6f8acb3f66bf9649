/** What the grammar says about one line: the way to learn a shape that is not known. */

import { NftParser } from '../../../grammar/nft/nft-parser.ts';
import type { Teacher } from '../../../grammar/nft/shape-book.ts';

let parser: NftParser | undefined;

/** The parser is made when the first line of a new shape asks for it: that takes some tens of milliseconds. */
export const grammarTeacher: Teacher = (kind, text) => {
  parser ??= new NftParser();
  return parser.teacher(kind, text);
};
