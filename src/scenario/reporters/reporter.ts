/** Reporters: results as text, file by file as they come and once at the end. */

import type { Style } from '../../report/style.ts';
import type { ScenarioResult } from '../result.ts';

export interface Reporter {
  /** Printed when a file is done. */
  readonly file: (result: ScenarioResult) => string;
  /** Printed when all are done. */
  readonly end: (results: readonly ScenarioResult[]) => string;
}

export type MakeReporter = (style: Style) => Reporter;
