/** What every node of the nft tree has. */

import type { Span } from '../../base/span.ts';

export interface Node {
  readonly span: Span;
}
