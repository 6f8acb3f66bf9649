/** The options of `trace` as commander gives them. */

import type { PacketOptions } from './question.ts';

export interface TraceOptions extends PacketOptions {
  readonly ctState?: 'new' | 'established' | 'invalid';
  readonly count?: number;
  readonly flow?: boolean;
  readonly reply?: boolean;
  readonly ruleset?: readonly string[];
  readonly host?: string;
  readonly fact?: readonly string[];
  readonly assume?: readonly string[];
  readonly hookOrder?: 'loading' | 'unknown';
  readonly expect?: string;
  readonly explain?: boolean;
  readonly allOutcomes?: boolean;
  readonly seed?: number;
  readonly clock?: number;
  readonly format?: 'text' | 'json' | 'nft';
  readonly json?: boolean;
  readonly color?: 'auto' | 'always' | 'never';
}
