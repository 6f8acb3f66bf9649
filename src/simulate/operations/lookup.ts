/** lookup: sets and maps (nft_lookup_eval()). */

import type { Span } from '../../base/span.ts';
import type { LookupOperation } from '../../model/operations.ts';
import { hexOfBytes } from '../../packet/bytes.ts';
import { chainOf, type Evaluation, type Step } from '../rules/evaluation.ts';
import { registerOffset } from '../rules/registers.ts';
import type { StepCompiler } from '../rules/step-compiler.ts';
import { chooseYes, record } from '../run.ts';
import { runElementStatements } from '../sets/element-statements.ts';
import { elementsOf, type Hit, lookupSet } from '../sets/lookup.ts';
import type { PreparedSet } from '../sets/prepared-set.ts';
import { breakRule, storeBytes } from './store.ts';
import { unmodelledStep } from './unmodelled.ts';

export function prepareLookup(
  operation: LookupOperation & { readonly span?: Span },
  compiler: StepCompiler,
): Step {
  const found = compiler.findSet(operation.set);
  if (found === undefined) return unmodelledStep(`set:${operation.set}`, operation);
  if (found.set.unknownElements === true) return prepareUnknownSet(operation, found);
  const prepared: PreparedSet = found;
  const from = registerOffset(operation.source);
  const { destination, inverted } = operation;
  return (evaluation) => {
    const hit = lookupSet(evaluation.run, prepared, evaluation.registers.bytes, from);
    noteLookup(evaluation, prepared, from, hit);
    if ((hit !== undefined) === inverted) {
      breakRule(evaluation);
      return;
    }
    if (hit === undefined) return;
    if (destination !== undefined) storeHit(evaluation, destination, hit);
    updateElement(evaluation, prepared, hit);
  };
}

/** Map data goes to its register; a verdict decides. */
export function storeHit(evaluation: Evaluation, destination: number, hit: Hit): void {
  const { data } = hit;
  if (data === undefined) return;
  if (data instanceof Uint8Array) {
    const at = registerOffset(destination);
    storeBytes(evaluation, at, data);
    if (hit.dataEnd !== undefined)
      storeBytes(evaluation, at + ((data.length + 3) & ~3), hit.dataEnd);
  } else if ('kind' in data) evaluation.registers.verdict = data;
}

function updateElement(evaluation: Evaluation, prepared: PreparedSet, hit: Hit): void {
  if (hit.storeKey === undefined || prepared.dynamic === undefined) return;
  if (prepared.programs.length === 0) return;
  const element = elementsOf(evaluation.run, prepared.dynamic).get(hit.storeKey);
  if (element === undefined) return;
  const { verdict } = evaluation.registers;
  evaluation.registers.verdict = { kind: 'continue' };
  runElementStatements(evaluation, prepared, hit.storeKey, element);
  if (evaluation.registers.verdict.kind === 'continue') evaluation.registers.verdict = verdict;
}

function noteLookup(
  evaluation: Evaluation,
  prepared: PreparedSet,
  from: number,
  hit: Hit | undefined,
): void {
  const { run, packet } = evaluation;
  if (run.recorder?.wantsMisses !== true) return;
  const chain = chainOf(evaluation);
  const element = hit === undefined || hit.position < 0 ? {} : { element: hit.position };
  record(run, {
    kind: 'set-looked-up',
    subject: packet.subject,
    family: chain.table.family,
    table: chain.table.name,
    chain: chain.chain.name,
    loader: chain.table.loader,
    set: prepared.set.name,
    key: evaluation.registers.bytes.slice(from, from + prepared.set.keyLength),
    found: hit !== undefined,
    ...element,
  });
}

/** The elements are not known: is the key in the set? Maps cannot answer with data, so they only miss. */
function prepareUnknownSet(
  operation: LookupOperation & { readonly span?: Span },
  prepared: PreparedSet,
): Step {
  const from = registerOffset(operation.source);
  const origin = operation.span === undefined ? {} : { origin: operation.span };
  return (evaluation) => {
    const key = evaluation.registers.bytes.slice(from, from + prepared.set.keyLength);
    const found = chooseYes(evaluation.run, evaluation.packet.subject, {
      reason: 'unknown-set',
      key: `set ${prepared.set.name} ${hexOfBytes(key)}`,
      ...origin,
    });
    if (found === operation.inverted || (found && operation.destination !== undefined))
      breakRule(evaluation);
  };
}
