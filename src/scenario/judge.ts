/** Judges all outcomes of a packet against an expectation. */

import { fateText } from '../report/fate-text.ts';
import type { Exploration } from '../simulate/api.ts';
import {
  type CheckContext,
  type Complaint,
  checkOutcome,
  endpointIs,
  showEndpoint,
} from './checks.ts';
import { deciderOf, fateDecider } from './decider.ts';
import { factsOf, natEnd, type OutcomeFacts } from './facts.ts';
import type { Expectation } from './rows/expectation-rows.ts';
import type { Endpoint } from './rows/values.ts';

/** Shares are compared to a millionth: the kernel's own draws are coarser. */
const tolerance = 1e-6;

const percent = (share: number) => `${(100 * share).toFixed(2)} %`;

function distinct(complaints: readonly Complaint[]): readonly Complaint[] {
  const seen = new Map(
    complaints.map((one) => [`${one.aspect}\n${one.wanted}\n${one.found}`, one]),
  );
  return [...seen.values()];
}

/** A list of targets says where it may go and also that it goes to each. */
function unreachedTargets(
  wanted: readonly (Endpoint | 'none')[],
  all: readonly OutcomeFacts[],
): readonly Complaint[] {
  const [first] = all;
  if (wanted.length < 2 || first === undefined) return [];
  const missing = wanted.filter((end) => !all.some(({ dnat }) => endpointIs(end, natEnd(dnat))));
  return missing.map((end) => ({
    aspect: 'dnat',
    wanted: `some outcome leads to ${showEndpoint(end)}`,
    found: [...new Set(all.map(({ dnat }) => showEndpoint(natEnd(dnat))))].join(', '),
    decider: deciderOf(first, 'dnat'),
  }));
}

function shareText(facts: OutcomeFacts): string {
  const nat = facts.dnat === undefined ? '' : `dnat to ${showEndpoint(natEnd(facts.dnat))} `;
  return `${nat}${fateText(facts.outcome.fate)}`;
}

/** Every listed way is met with its share, and no way is left over. */
function checkWays(
  ways: readonly Expectation[],
  all: readonly OutcomeFacts[],
  context: CheckContext,
): readonly Complaint[] {
  const shares = ways.map(() => 0);
  const met = ways.map(() => false);
  const complaints: Complaint[] = [];
  for (const facts of all) {
    const at = ways.findIndex((way) => checkOutcome(way, facts, context).length === 0);
    if (at >= 0) {
      shares[at] = (shares[at] ?? 0) + facts.probability;
      met[at] = true;
      continue;
    }
    const found = shareText(facts);
    complaints.push({
      aspect: 'outcomes',
      wanted: 'one of the listed outcomes',
      found,
      decider: fateDecider(facts),
    });
  }
  const [first] = all;
  const decider = first === undefined ? 'nothing' : deciderOf(first, 'dnat');
  ways.forEach((way, index) => {
    const wanted = way.probability;
    const share = shares[index] ?? 0;
    const name = `outcome ${index + 1}`;
    if (met[index] !== true) {
      const found = all.map(shareText).join('; ');
      complaints.push({ aspect: 'outcomes', wanted: `${name} happens`, found, decider });
    } else if (wanted !== undefined && Math.abs(wanted - share) > tolerance) {
      const found = `${name} with ${percent(share)}`;
      complaints.push({ aspect: 'probability', wanted: percent(wanted), found, decider });
    }
  });
  return complaints;
}

/** Everything that is not as expected; empty: it passed. */
export function judge(
  expectation: Expectation,
  exploration: Exploration,
  context: CheckContext,
): readonly Complaint[] {
  const all = exploration.outcomes.map(factsOf);
  const complaints = all.flatMap((facts) => checkOutcome(expectation, facts, context));
  const [first] = all;
  if (exploration.cut && first !== undefined) {
    complaints.push({
      aspect: 'outcomes',
      wanted: 'all outcomes',
      found: `more than ${all.length}, the rest was not explored`,
      decider: fateDecider(first),
    });
  }
  const ways =
    expectation.outcomes === undefined ? [] : checkWays(expectation.outcomes, all, context);
  return distinct([...complaints, ...unreachedTargets(expectation.dnat ?? [], all), ...ways]);
}
