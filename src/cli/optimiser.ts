/** Code of a short trace runs a few times at most: compiling it well takes longer than it saves. */

import { setFlagsFromString } from 'node:v8';

/** Turns V8's optimising compiler on, which bin/load-cli.cjs leaves off. */
export function optimise(): void {
  setFlagsFromString('--opt');
}
