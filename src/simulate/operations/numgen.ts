/** numgen and hash: number generators (nft_numgen.c, nft_hash.c). */

import type { Span } from '../../base/span.ts';
import type {
  HashOperation,
  NumgenOperation,
  Operation,
  Register,
} from '../../model/operations.ts';
import type { Step } from '../rules/evaluation.ts';
import { registerOffset } from '../rules/registers.ts';
import { drawingStep, type RuleQuestion, sharedOptions } from '../rules/rule-choice.ts';
import type { StepCompiler } from '../rules/step-compiler.ts';
import { valueClasses } from '../rules/value-classes.ts';
import { setByName } from '../sets/set-by-name.ts';
import { jenkinsHash, reciprocalScale } from './jenkins-hash.ts';
import { storeHost32 } from './store.ts';

export function prepareNumgen(
  operation: NumgenOperation & { readonly span?: Span },
  compiler: StepCompiler,
): Step {
  const { modulus, offset, destination } = operation;
  if (operation.mode === 'random')
    return prepareRandomNumber(destination, modulus, offset, compiler, operation);
  const to = registerOffset(destination);
  const state = compiler.allocate([modulus - 1]);
  return (evaluation) => {
    const before = state.read(evaluation, 0);
    const value = before + 1 < modulus ? before + 1 : 0;
    state.write(evaluation, 0, value);
    storeHost32(evaluation, to, value + offset);
  };
}

/** A random number below `modulus`: a choice between the ranges that the rule tells apart. */
export function prepareRandomNumber(
  destination: Register,
  modulus: number,
  offset: number,
  compiler: StepCompiler,
  operation: Operation,
): Step {
  const to = registerOffset(destination);
  const find = (name: string) => setByName(compiler.table, name);
  const shifted = valueClasses(compiler.rest, destination, modulus + offset, find);
  const classes = shifted
    .filter(({ last }) => last >= offset)
    .map(({ first, last }) => ({ first: Math.max(first, offset), last }));
  const firsts = classes.map(({ first }) => first);
  const options = sharedOptions(`${modulus} + ${offset} ${firsts.join()}`, () =>
    classes.map(({ first, last }) => ({
      label: first === last ? `${first}` : `${first}-${last}`,
      probability: { numerator: last - first + 1, denominator: modulus },
    })),
  );
  const question: RuleQuestion = {
    reason: 'numgen-random',
    key: ({ table, chain }, rule) =>
      `numgen random mod ${modulus} ${table.name} ${chain.name} ${rule}`,
    options,
    origin: operation.span,
  };
  return drawingStep(question, { firsts, to, host: true });
}

export function prepareHash(
  operation: HashOperation & { readonly span?: Span },
  compiler: StepCompiler,
): Step {
  const { modulus, offset, destination, source, length, seed } = operation;
  if (
    operation.type === 'symmetric' ||
    seed === undefined ||
    source === undefined ||
    length === undefined
  )
    return prepareRandomNumber(destination, modulus, offset, compiler, operation);
  const to = registerOffset(destination);
  const from = registerOffset(source);
  return (evaluation) => {
    const hash = jenkinsHash(evaluation.registers.bytes.subarray(from, from + length), seed);
    storeHost32(evaluation, to, reciprocalScale(hash, modulus) + offset);
  };
}
