// Loads a bundle of the command line interface: dist/NAME.cjs. The build keeps V8's compiled code beside it in
// NAME.cache: a Node of the same version and flags takes that, any other compiles the bundle as usual.
const { readFileSync } = require('node:fs');
const { dirname, join } = require('node:path');
const { setFlagsFromString } = require('node:v8');
const { Script } = require('node:vm');

// A short command is over before optimised code is of use; src/cli/optimiser.ts turns it on for longer work.
setFlagsFromString('--no-opt');

const directory = join(__dirname, '..', 'dist');
const loaded = new Map();

function cachedCode(name) {
  try {
    return readFileSync(join(directory, `${name}.cache`));
  } catch {
    return undefined;
  }
}

/** The exports of a bundle; `keep` is given the script, for the build to take its code from. */
module.exports = function loadBundle(name, keep) {
  const known = loaded.get(name);
  if (known !== undefined) return known.exports;
  const filename = join(directory, `${name}.cjs`);
  // Bundles are ASCII.
  const source = readFileSync(filename, 'latin1');
  const cachedData = keep === undefined ? cachedCode(name) : undefined;
  const script = new Script(source, { filename, cachedData });
  keep?.(script);
  const made = { exports: {} };
  loaded.set(name, made);
  script.runInThisContext()(made.exports, require, made, filename, dirname(filename));
  return made.exports;
};
