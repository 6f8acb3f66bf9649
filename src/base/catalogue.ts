/** Every diagnostic code with its severity and meaning; codes are stable and documented from here. */

import type { CatalogueEntry } from './diagnostic.ts';

export const catalogue = {
  'syntax-error': {
    severity: 'error',
    explain: 'The text is not what the grammar expects at this place.',
  },
} as const satisfies Record<string, CatalogueEntry>;
