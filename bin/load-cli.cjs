// Loads the command line interface.
const { setFlagsFromString } = require('node:v8');
const loadBundle = require('./load-bundle.cjs');

/** The exports of src/cli/main.ts; `keep` is given the script, for the build to take its code from. */
module.exports = function loadCli(keep) {
  // A short trace is over before optimised code is of use; src/cli/optimiser.ts turns it on for longer work.
  setFlagsFromString('--no-opt');
  return loadBundle('cli', keep);
};
