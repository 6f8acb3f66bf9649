/** How constants are listed: nft's numeric options. */

import { debianEnvironment, type NameEnvironment } from './environment.ts';

export interface FormatOptions {
  readonly environment: NameEnvironment;
  /** `-y`: priorities of chains as numbers. */
  readonly numericPriority?: boolean;
  /** `-p`: protocols as numbers. */
  readonly numericProtocols?: boolean;
  /** `-T`: times in seconds. */
  readonly numericTime?: boolean;
  /** Durations in seconds, as ends of ranges are. */
  readonly durationsInSeconds?: boolean;
  /** Symbolic constants as numbers (part of `-n`). */
  readonly numericSymbols?: boolean;
  /** `-S`: ports as service names. */
  readonly services?: boolean;
  /** `-u`: users and groups by name. */
  readonly identityNames?: boolean;
}

export const defaultFormatOptions: FormatOptions = { environment: debianEnvironment };
