/** The exact listing of a loaded ruleset: lowered, raised and printed, as a kernel and nft would. */

import type { Ruleset } from '../../ast/nft/ruleset.ts';
import { lower } from '../../lower/lower.ts';
import type { Program } from '../../model/program.ts';
import { raise } from '../../raise/raise.ts';
import { writeNftJson } from '../nft-json/write.ts';
import { type PrintOptions, printNft } from './print.ts';

/** What reading the rules back gives: constants typed, implicit matches dropped, elements sorted. */
export function canonicalRuleset(ruleset: Ruleset, options: PrintOptions = {}): Ruleset {
  const environment = options.environment === undefined ? {} : { environment: options.environment };
  const dialect = options.dialect === undefined ? {} : { dialect: options.dialect };
  return raise(lower(ruleset, environment).value, ruleset, { ...environment, ...dialect });
}

/**
 * What `nft list ruleset` 1.1.7 prints after loading the ruleset, byte for byte. Rules that `lower` refuses are left
 * empty; look at its diagnostics first.
 */
export function listNft(ruleset: Ruleset, options: PrintOptions = {}): string {
  return printNft(canonicalRuleset(ruleset, options), options);
}

/** What `nft -j list ruleset` 1.1.7 prints after loading the ruleset. */
export function listNftJson(ruleset: Ruleset, options: PrintOptions = {}): string {
  return writeNftJson(canonicalRuleset(ruleset, options));
}

/** A program as nft text, without what only declarations hold; xtables matches appear as nft shows them. */
export function listProgram(program: Program): string {
  return printNft(raise(program));
}
