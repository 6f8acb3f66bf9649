/** The options of every xtables extension that the program knows, told apart by `kind`: a match or a target's name. */

import type { MatchOptions } from '../../fields/iptables/match-table.ts';
import type { TargetOptions } from '../../fields/iptables/target-table.ts';

/** Targets in capitals (`MARK`), matches in small letters (`mark`); interfaces stand with the option rows. */
export type XtOptionsUnion = MatchOptions | TargetOptions;
