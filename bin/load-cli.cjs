// Loads the bundle of the command line interface. The build keeps V8's compiled code beside it: a Node of the same
// version and flags takes that, any other compiles the bundle as usual.
const { readFileSync } = require('node:fs');
const { dirname, join } = require('node:path');
const { setFlagsFromString } = require('node:v8');
const { Script } = require('node:vm');

const file = join(__dirname, '..', 'dist', 'cli.cjs');

function cachedCode() {
  try {
    return readFileSync(join(__dirname, '..', 'dist', 'cli.cache'));
  } catch {
    return undefined;
  }
}

/** The exports of src/cli/main.ts; `keep` is given the script, for the build to take its code from. */
module.exports = function loadCli(keep) {
  // A short trace is over before optimised code is of use; src/cli/optimiser.ts turns it on for longer work.
  setFlagsFromString('--no-opt');
  // The bundle is ASCII.
  const source = readFileSync(file, 'latin1');
  const cachedData = keep === undefined ? cachedCode() : undefined;
  const script = new Script(source, { filename: file, cachedData });
  keep?.(script);
  const loaded = { exports: {} };
  script.runInThisContext()(loaded.exports, require, loaded, file, dirname(file));
  return loaded.exports;
};
