/** meta random: 32 random bits (nft_meta_get_eval_rng()), of which a rule tells apart what it compares. */

import type { MetaOperation, Operation, Register } from '../../model/operations.ts';
import { read32 } from '../../packet/bytes.ts';
import type { Step } from '../rules/evaluation.ts';
import { registerOffset } from '../rules/registers.ts';
import { drawingStep, type RuleQuestion, sharedOptions } from '../rules/rule-choice.ts';
import type { StepCompiler } from '../rules/step-compiler.ts';
import { type ValueClass, valueClasses } from '../rules/value-classes.ts';
import { setByName } from '../sets/set-by-name.ts';

interface Use {
  /** The operations that compare the word. */
  readonly rest: readonly Operation[];
  /** Values are below it: 2 ** 32, or less where the rule masks high bits off first. */
  readonly limit: number;
  /** A byteorder operation turns the word around before it is compared. */
  readonly swapped: boolean;
}

/** The number of values that a mask of low bits leaves, in memory order: `7f ff ff ff` leaves 2 ** 31. */
function maskedLimit(operation: Operation | undefined, register: Register): number | undefined {
  if (operation?.kind !== 'bitwise' || operation.operator !== 'mask-xor') return undefined;
  if (operation.source !== register || operation.destination !== register) return undefined;
  if (operation.length !== 4 || operation.xor.some((byte) => byte !== 0)) return undefined;
  const limit = read32(operation.mask, 0) + 1;
  return Number.isInteger(Math.log2(limit)) ? limit : undefined;
}

function useOf(rest: readonly Operation[], register: Register): Use {
  const swapped = rest.some(
    (operation) => operation.kind === 'byteorder' && operation.source === register,
  );
  const limit = maskedLimit(rest[0], register);
  if (limit === undefined) return { rest, limit: 2 ** 32, swapped };
  return { rest: rest.slice(1), limit, swapped };
}

const labelOf = ({ first, last }: ValueClass) => (first === last ? `${first}` : `${first}-${last}`);

/** Any order of uniformly random bytes is as good; big endian is the order in which cmp compares. */
export function prepareRandomWord(
  operation: MetaOperation & Pick<Operation, 'span'>,
  compiler: StepCompiler,
): Step {
  const to = registerOffset(operation.destination);
  const find = (name: string) => setByName(compiler.table, name);
  const use = useOf(compiler.rest, operation.destination);
  const classes = valueClasses(use.rest, operation.destination, use.limit, find, 'big');
  const firsts = classes.map(({ first }) => first);
  const options = sharedOptions(`${use.limit} ${firsts.join()}`, () =>
    classes.map((values) => ({
      label: labelOf(values),
      probability: { numerator: values.last - values.first + 1, denominator: use.limit },
    })),
  );
  const question: RuleQuestion = {
    reason: 'numgen-random',
    key: ({ table, chain }, rule) =>
      `meta random in ${table.family} ${table.name} ${chain.name} rule ${rule}`,
    options,
    origin: operation.span,
  };
  return drawingStep(question, { firsts, to, host: use.swapped });
}
