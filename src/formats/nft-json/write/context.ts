/** What the JSON of an expression depends on besides itself. */

import type { NameEnvironment } from '../../../datatypes/environment.ts';
import type { Family } from '../../../fields/families.ts';

export interface JsonContext {
  readonly family: Family;
  readonly environment: NameEnvironment;
  readonly stateless: boolean;
  /** On a side of a comparison existence tests of fib keep their old name (`oif`). */
  readonly comparing: boolean;
  /** Ends of ranges: protocols are numbers. */
  readonly numericProtocols: boolean;
}
