/** All the ways that it can go: how probable each is, or what it rests on. */

import { printable } from '../base/text.ts';
import type { Exploration, Outcome } from '../simulate/api.ts';
import type { NatBoundEvent } from '../trace/event.ts';
import type { Annotator } from './annotator.ts';
import { fateText } from './fate-text.ts';
import { endpointText } from './packet-text.ts';
import type { Style } from './style.ts';

export interface OutcomeView {
  readonly style: Style;
  readonly annotator: Annotator;
}

/** The destination that NAT gave the packet of the question. */
export function natTarget(outcome: Outcome): NatBoundEvent | undefined {
  const bound = outcome.trace.filter(
    (event): event is NatBoundEvent =>
      event.kind === 'nat-bound' && event.subject === 0 && event.manipulation === 'destination',
  );
  return bound.at(-1);
}

/** 1 when nothing random decided. */
export function probabilityOf(outcome: Outcome): number {
  const { probability } = outcome;
  return probability === undefined ? 1 : probability.numerator / probability.denominator;
}

function assumptionsText(outcome: Outcome): string {
  const texts = outcome.assumptions.map(
    ({ choice, option }) =>
      `${printable(choice.key)} = ${printable(choice.options[option]?.label ?? '?')}`,
  );
  return [...new Set(texts)].join(', ');
}

function targetText(outcome: Outcome, view: OutcomeView): string {
  const bound = natTarget(outcome);
  if (bound === undefined) return '';
  const { destination, destinationPort } = bound.after;
  const name = view.annotator.address(destination);
  const label = name === undefined ? '' : view.style.faint(` [${printable(name)}]`);
  return `dnat to ${endpointText(destination, destinationPort)}${label}  `;
}

interface Group {
  readonly text: string;
  readonly assumptions: string;
  readonly target: string | undefined;
  probability: number;
}

/** Outcomes that look alike to the reader are one line; their probabilities add up. */
function groupOutcomes(outcomes: readonly Outcome[], view: OutcomeView): readonly Group[] {
  const groups = new Map<string, Group>();
  for (const outcome of outcomes) {
    const text = `${targetText(outcome, view)}${fateText(outcome.fate, view.style)}`;
    const assumptions = assumptionsText(outcome);
    const key = `${text}\n${assumptions}`;
    const known = groups.get(key);
    if (known !== undefined) known.probability += probabilityOf(outcome);
    else {
      const bound = natTarget(outcome)?.after;
      const target = bound && endpointText(bound.destination, bound.destinationPort);
      groups.set(key, { text, assumptions, target, probability: probabilityOf(outcome) });
    }
  }
  return [...groups.values()];
}

const percent = (value: number) => `${(100 * value).toFixed(1)} %`;

/** `2 endpoints, 50.0 % each`, when every outcome is an endpoint and nothing but chance decides. */
function endpointsLine(groups: readonly Group[]): readonly string[] {
  const targets = groups.filter((group) => group.target !== undefined);
  const byChance = groups.every((group) => group.assumptions === groups[0]?.assumptions);
  if (targets.length < 2 || targets.length < groups.length || !byChance) return [];
  const shares = new Set(targets.map((group) => percent(group.probability)));
  const each = shares.size === 1 ? `${[...shares][0]} each` : 'unevenly shared';
  return [`  ${targets.length} endpoints, ${each}`];
}

/** The lines of the summary; none when there is a single outcome that rests on nothing. */
export function outcomeLines(exploration: Exploration, view: OutcomeView): readonly string[] {
  const { outcomes, cut } = exploration;
  const groups = groupOutcomes(outcomes, view);
  const certain = outcomes.length === 1 && outcomes[0]?.assumptions.length === 0;
  if (certain && !cut) return [];
  const random = outcomes.some(({ probability }) => probability !== undefined);
  const lines = groups.flatMap(({ text, assumptions, probability }) => [
    `  ${random ? `${percent(probability).padStart(7)}  ` : ''}${text}`,
    ...(assumptions === '' ? [] : [`  ${random ? '         ' : '  '}if ${assumptions}`]),
  ]);
  const more = cut ? ['  there are more outcomes: the exploration was cut'] : [];
  return [view.style.heading('outcomes'), ...lines, ...endpointsLine(groups), ...more];
}
