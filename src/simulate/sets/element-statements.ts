/** Running the statements of a set element, with the element's own state (nft_set_elem_update_expr()). */

import type { Evaluation } from '../rules/evaluation.ts';
import { setEntry } from '../state/store.ts';
import type { DynamicElement } from './dynamic-element.ts';
import { elementsOf } from './lookup.ts';
import type { PreparedSet } from './prepared-set.ts';

/** The element that is stored afterwards; the rule may have been broken by a statement. */
export function runElementStatements(
  evaluation: Evaluation,
  prepared: PreparedSet,
  storeKey: string,
  element: DynamicElement,
): void {
  const { dynamic } = prepared;
  const program = element.program === undefined ? undefined : prepared.programs[element.program];
  if (dynamic === undefined || program === undefined) return;
  const values = Float64Array.from(element.values);
  const outer = evaluation.element;
  const lists: string[] = [];
  const isNew = element.counted === undefined;
  evaluation.element = { values, name: `${dynamic} ${storeKey}`, lists, isNew };
  for (const step of program.steps) {
    step(evaluation);
    if (evaluation.registers.verdict.kind !== 'continue') break;
  }
  evaluation.element = outer;
  const { run } = evaluation;
  const counted = lists.length === 0 ? {} : { counted: { lists, at: run.clock } };
  setEntry(run.journal, elementsOf(run, dynamic), storeKey, { ...element, values, ...counted });
}
