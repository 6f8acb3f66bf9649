/** Corpus calls about API objects. */

import type { Call } from './case.ts';

export const resourceCalls: Readonly<Record<string, Call>> = {};
