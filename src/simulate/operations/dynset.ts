/** dynset: packets add, renew and delete set elements (nft_dynset_eval()). */

import type { DynsetOperation } from '../../model/operations.ts';
import { chainOf, type Evaluation, type Step } from '../rules/evaluation.ts';
import { registerOffset } from '../rules/registers.ts';
import type { StepCompiler } from '../rules/step-compiler.ts';
import { type Run, record } from '../run.ts';
import { collect, collectedAfterMilliseconds, isGone } from '../sets/collected.ts';
import type { DynamicElement } from '../sets/dynamic-element.ts';
import { runElementStatements } from '../sets/element-statements.ts';
import { dynamicKey, elementsOf, isExpired } from '../sets/lookup.ts';
import type { PreparedSet } from '../sets/prepared-set.ts';
import { setEntry } from '../state/store.ts';
import { breakRule } from './store.ts';
import { unmodelledEffect } from './unmodelled.ts';

/** The kernel's size of a dynamic set that declares none. */
const defaultSize = 0xffff;

export function prepareDynset(operation: DynsetOperation, compiler: StepCompiler): Step {
  const prepared = compiler.findSet(operation.set);
  const index = prepared?.dynamic;
  if (prepared === undefined || index === undefined)
    return unmodelledEffect(`dynset:${operation.set}`, operation);
  const from = registerOffset(operation.key);
  const program = programOf(prepared, operation);
  const counts = prepared.programs.some(({ operations }) =>
    operations.some(({ kind }) => kind === 'connlimit'),
  );
  return (evaluation) => {
    const key = dynamicKey(prepared, evaluation.registers.bytes, from);
    const elements = elementsOf(evaluation.run, index);
    if (counts) collect(evaluation.run, index, elements);
    const existing = elements.get(key);
    const live =
      existing !== undefined && !isExpired(evaluation.run, existing) ? existing : undefined;
    if (operation.operator === 'delete') {
      if (live !== undefined) {
        setEntry(evaluation.run.journal, elements, key, undefined);
        bury(evaluation.run, index, evaluation.run.clock);
        noteChange(evaluation, prepared, from, 'deleted');
      }
      return;
    }
    const dead = uncollected(evaluation.run, index);
    const element =
      live ?? addElement(evaluation, prepared, operation, { from, program, elements, dead });
    if (element === undefined) {
      noteChange(evaluation, prepared, from, 'full');
      if (!operation.inverted) breakRule(evaluation);
      return;
    }
    const renewed =
      live !== undefined && operation.operator === 'update'
        ? renew(evaluation, prepared, operation, live)
        : element;
    if (renewed !== existing) setEntry(evaluation.run.journal, elements, key, renewed);
    // The new one stands beside what has expired.
    if (live === undefined && existing?.expires !== undefined)
      bury(evaluation.run, index, existing.expires);
    noteChange(evaluation, prepared, from, live === undefined ? 'added' : 'updated');
    runElementStatements(evaluation, prepared, key, renewed);
    if (operation.inverted) breakRule(evaluation);
  };
}

/** nft_dynset_init(): the statements of the rule, else those of the set. */
function programOf(prepared: PreparedSet, operation: DynsetOperation): number | undefined {
  const operations =
    operation.operations.length > 0 ? operation.operations : prepared.set.operations;
  const found = prepared.programs.findIndex((each) => each.operations === operations);
  return found < 0 ? undefined : found;
}

interface Addition {
  readonly from: number;
  readonly program: number | undefined;
  readonly elements: ReadonlyMap<string, DynamicElement>;
  /** Elements that are gone and still counted. */
  readonly dead: number;
}

function addElement(
  evaluation: Evaluation,
  prepared: PreparedSet,
  operation: DynsetOperation,
  { from, program, elements, dead }: Addition,
): DynamicElement | undefined {
  const { set } = prepared;
  if (isFull(evaluation, elements, (set.size ?? defaultSize) - dead)) return undefined;
  const { bytes } = evaluation.registers;
  const key = bytes.slice(from, from + set.keyLength);
  const timeout = operation.timeout ?? set.defaultTimeout;
  const lifetime =
    timeout === undefined ? {} : { timeout, expires: evaluation.run.clock + timeout };
  const statements = program === undefined ? undefined : prepared.programs[program];
  const values = Float64Array.from(statements?.initialValues ?? []);
  const own = program === undefined ? lifetime : { ...lifetime, program };
  const length = set.map?.kind === 'data' ? set.map.length : 0;
  if (operation.data === undefined) return { key, values, ...own };
  const at = registerOffset(operation.data);
  return { key, values, data: bytes.slice(at, at + length), ...own };
}

const graveKey = (index: number): string => `dead elements ${index}`;

/** nft_rhash_delete() marks an element only: it keeps its place until nft_rhash_gc() comes. */
function bury(run: Run, index: number, since: number): void {
  const { memory } = run.store;
  const others = (memory.get(graveKey(index)) ?? []).filter((time) => isKept(run, time));
  setEntry(run.journal, memory, graveKey(index), [...others, since]);
}

const isKept = (run: Run, since: number): boolean => since + collectedAfterMilliseconds > run.clock;

function uncollected(run: Run, index: number): number {
  const dead = run.store.memory.get(graveKey(index));
  return dead === undefined ? 0 : dead.filter((time) => isKept(run, time)).length;
}

/** What has expired takes its place until it is collected. */
function isFull(
  { run }: Evaluation,
  elements: ReadonlyMap<string, DynamicElement>,
  most: number,
): boolean {
  if (elements.size < most) return false;
  let taken = 0;
  for (const element of elements.values()) {
    const { expires, counted } = element;
    const expired = expires !== undefined && expires + collectedAfterMilliseconds <= run.clock;
    if (!expired && (counted === undefined || !isGone(run.store, run.clock, element))) taken++;
  }
  return taken >= most;
}

function renew(
  evaluation: Evaluation,
  prepared: PreparedSet,
  operation: DynsetOperation,
  element: DynamicElement,
): DynamicElement {
  if (element.expires === undefined) return element;
  // Where neither the rule nor the set has a timeout, the element expires on the spot.
  const timeout = operation.timeout ?? prepared.set.defaultTimeout ?? 0;
  return { ...element, expires: evaluation.run.clock + timeout };
}

function noteChange(
  evaluation: Evaluation,
  prepared: PreparedSet,
  from: number,
  change: 'added' | 'updated' | 'deleted' | 'full',
): void {
  const { run, packet } = evaluation;
  if (run.recorder === undefined) return;
  const chain = chainOf(evaluation);
  record(run, {
    kind: 'set-changed',
    subject: packet.subject,
    family: chain.table.family,
    table: chain.table.name,
    chain: chain.chain.name,
    loader: chain.table.loader,
    set: prepared.set.name,
    change,
    key: evaluation.registers.bytes.slice(from, from + prepared.set.keyLength),
  });
}
