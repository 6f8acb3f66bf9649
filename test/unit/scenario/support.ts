/** Runs test files from text on the real samples. */

import { processIo } from '../../../src/cli/io.ts';
import { scenarioLoader } from '../../../src/cli/test/scenario-loader.ts';
import type { ScenarioResult } from '../../../src/scenario/result.ts';
import { runScenario } from '../../../src/scenario/run-scenario.ts';

/** The text stands in a sample's folder: `host: .` is the sample. */
export function run(text: string, sample = 'home-router'): Promise<ScenarioResult> {
  const name = `samples/${sample}/inline.nfttest.yaml`;
  return runScenario({ name, text }, { loader: scenarioLoader(processIo()) });
}

export const complaintsOf = ({ results }: ScenarioResult) =>
  results.flatMap(({ failures }) => failures.flatMap(({ complaints }) => complaints));
