/** Runs a script of nft commands on an empty ruleset, or on a given one, as `nft -f` does: all of it or nothing. */

import type { Ruleset } from '../../ast/nft/ruleset.ts';
import type { Result } from '../../base/diagnostic.ts';
import type { Source } from '../../base/span.ts';
import { debianEnvironment, type NameEnvironment } from '../../datatypes/environment.ts';
import { parseNft } from './parse.ts';
import { runScript } from './run-script.ts';

/** What a script may need from the machine it runs on; plain functions and data. Names of values matter to `lower` only. */
export interface LoadEnvironment extends Partial<NameEnvironment> {
  /** Text of a file that `include` names; undefined if it is not there. */
  readonly readFile?: (path: string) => string | undefined;
  /** The paths a pattern of `include` stands for, in order of name. */
  readonly glob?: (pattern: string) => readonly string[];
  /** Folders where `include` looks for relative paths (nft: /etc, and --includepath). */
  readonly includePaths?: readonly string[];
}

export interface LoadOptions {
  /** Shown in messages when a bare text is given. */
  readonly filename?: string;
  /** The ruleset that is there already; it is not changed. */
  readonly into?: Ruleset;
  readonly environment?: LoadEnvironment;
}

/**
 * Loads text of nft. Syntax, definitions, includes, and names of tables, chains, sets and objects are checked here;
 * types, sets and jumps are checked by `lower`. After an error the value is what was there before.
 */
export function loadNft(input: string | Source, options: LoadOptions = {}): Result<Ruleset> {
  const source = typeof input === 'string' ? { name: options.filename ?? '-', text: input } : input;
  const { environment, into } = options;
  const names =
    environment === undefined ? debianEnvironment : { ...debianEnvironment, ...environment };
  return runScript(parseNft(source, includesOf(environment)), into, names);
}

function includesOf(environment: LoadEnvironment | undefined) {
  if (environment?.readFile === undefined) return {};
  const { readFile, glob, includePaths } = environment;
  return {
    includes: {
      readFile,
      ...(glob === undefined ? {} : { glob }),
      ...(includePaths === undefined ? {} : { includePaths }),
    },
  };
}
