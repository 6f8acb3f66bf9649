/** What one parse works on: the scanner, the diagnostics so far, and the definitions in force. */

import type { Expression } from '../../src/ast/nft/expressions.ts';
import type { Diagnostic } from '../../src/base/diagnostic.ts';
import type { Source } from '../../src/base/span.ts';
import type { NftScanner } from './scanner.ts';

/** How included files are found and read; plain functions, so that the grammar does no input itself. */
export interface IncludeReader {
  /** Text of a file; undefined if it is not there. */
  readonly readFile: (path: string) => string | undefined;
  /** Paths a pattern stands for, in order of name; without it patterns stand for nothing. */
  readonly glob?: (pattern: string) => readonly string[];
  /** Folders searched for relative paths. */
  readonly includePaths?: readonly string[];
}

/** `define`d names of one block. */
export type Definitions = Map<string, Expression>;

export interface ParseContext {
  readonly scanner: NftScanner;
  readonly diagnostics: Diagnostic[];
  /** Innermost block last. */
  readonly definitions: Definitions[];
  readonly includes: IncludeReader | undefined;
  readonly sources: Source[];
  errorCount: number;
}
