/** The JSON schema of test files, for editors: made from the same rows that read them. */

import { scenarioShape } from './rows/scenario-rows.ts';
import type { JsonSchema } from './shape/shape.ts';

/** JSON Schema 2020-12. */
export function scenarioJsonSchema(): JsonSchema {
  const definitions = new Map<string, JsonSchema>();
  const schema = scenarioShape.schema(definitions);
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'nft-sim test file',
    ...schema,
    $defs: Object.fromEntries([...definitions].sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}
