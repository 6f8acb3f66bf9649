/** Code of a short command runs a few times at most: compiling it well takes longer than it saves. */

import { setFlagsFromString } from 'node:v8';

let optimising = false;

/** Turns V8's optimising compiler on, which bin/load-bundle.cjs leaves off. */
export function optimise(): void {
  optimising = true;
  setFlagsFromString('--opt');
}

/** Loads code that the build keeps compiled: V8 takes it under the flags only that it was made with, those of bin/load-bundle.cjs. */
export function loadCompiled<T>(load: () => T): T {
  setFlagsFromString('--no-opt');
  try {
    return load();
  } finally {
    if (optimising) setFlagsFromString('--opt');
  }
}
