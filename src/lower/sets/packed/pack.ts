/** Elements of large sets straight from the text into arrays, by what was learnt from the first element of each shape. */

import type {
  ElementShape,
  ShapedElement,
  ShapedElements,
} from '../../../ast/nft/shaped-elements.ts';
import { holeText } from '../../../ast/nft/shaped-rule.ts';
import type { Verdict } from '../../../model/operations.ts';
import type { PackedElements } from '../../../model/program.ts';
import type { LoweringContext } from '../../context.ts';
import { longestChainName } from '../../shape/pass.ts';
import type { SetBuild } from '../set-build.ts';
import { type DataTemplate, type ElementTemplate, learnElement } from './element-template.ts';
import { writeFields } from './fields.ts';
import { type Filled, hasConflicts, inOrder } from './order.ts';

/** A shape with more than this is not one of plain constants. */
const mostTemplates = 48;

/** Pairs of concatenated intervals are compared one by one in sets up to this size. */
const mostCompared = 256;

interface Packing {
  readonly context: LoweringContext;
  readonly set: SetBuild;
  readonly filled: Filled;
  readonly templates: Map<ElementShape, ElementTemplate[]>;
  readonly values: ValueTable;
}

interface ValueTable {
  readonly values: (Uint8Array | Verdict)[];
  readonly numbers: Map<string | Verdict, number>;
}

/** Undefined: the elements have to be lowered one by one; something is wrong with them, or they are not plain. */
export function packElements(
  context: LoweringContext,
  set: SetBuild,
  shaped: ShapedElements,
): PackedElements | undefined {
  if (set.kind === 'object-map') return undefined;
  if (set.concat && shaped.count <= mostCompared) return undefined;
  const { count } = shaped;
  const keyLength = keyBytes(set);
  const filled: Filled = {
    count,
    keyLength,
    keys: new Uint8Array(count * keyLength),
    keyEnds: set.interval ? new Uint8Array(count * keyLength) : undefined,
    valueNumbers: set.kind === 'set' ? undefined : new Int32Array(count),
    origins: undefined,
  };
  const values: ValueTable = { values: [], numbers: new Map() };
  const packing: Packing = { context, set, filled, templates: new Map(), values };
  for (let index = 0; index < count; index++) {
    if (!packElement(packing, shaped.at(index), index)) return undefined;
  }
  const ordered = set.interval && !set.concat ? inOrder(filled) : filled;
  if (ordered === undefined) return undefined;
  if (set.kind !== 'set' && !set.concat && hasConflicts(ordered, set.interval)) return undefined;
  return packed(set, shaped, ordered, values);
}

function keyBytes({ key }: SetBuild): number {
  if (key.parts === undefined) return Math.ceil(key.bits / 8);
  return key.parts.reduce((bytes, { bits }) => bytes + Math.ceil(bits / 32) * 4, 0);
}

function packed(
  set: SetBuild,
  shaped: ShapedElements,
  { count, keyLength, keys, keyEnds, valueNumbers, origins }: Filled,
  { values }: ValueTable,
): PackedElements {
  return {
    count,
    keyLength,
    keys,
    ...(keyEnds === undefined ? {} : { keyEnds }),
    allHaveEnds: set.concat,
    ...(valueNumbers === undefined ? {} : { valueNumbers, values }),
    spanOf: (index) => {
      const { source, start, end } = shaped.at(origins?.[index] ?? index);
      return { source, start, end };
    },
  };
}

function packElement(packing: Packing, element: ShapedElement, index: number): boolean {
  const { shape } = element;
  let templates = packing.templates.get(shape);
  if (templates === undefined) {
    templates = [];
    packing.templates.set(shape, templates);
  }
  for (const template of templates) {
    if (guarded(template, element)) return fill(packing, template, element, index);
  }
  if (templates.length >= mostTemplates) return false;
  const learnt = learnElement(packing.context, packing.set, element);
  if (learnt === undefined) return false;
  templates.push(learnt);
  return fill(packing, learnt, element, index);
}

function guarded({ guards }: ElementTemplate, element: ShapedElement): boolean {
  const { text } = element.source;
  for (const { hole, text: wanted } of guards) {
    const quote = element.shape.holes[hole] === 'string' ? 1 : 0;
    const start = element.holeStart(hole) + quote;
    if (
      element.holeEnd(hole) - quote - start !== wanted.length ||
      !text.startsWith(wanted, start)
    ) {
      return false;
    }
  }
  return true;
}

function fill(
  { filled, values }: Packing,
  { key, data }: ElementTemplate,
  element: ShapedElement,
  index: number,
): boolean {
  const { keys, keyEnds, keyLength, valueNumbers } = filled;
  if (!writeFields(key, element, keys, keyEnds, index * keyLength)) return false;
  if (data === undefined || valueNumbers === undefined) {
    return (data === undefined) === (valueNumbers === undefined);
  }
  const number = valueNumber(values, data, element);
  valueNumbers[index] = number;
  return number >= 0;
}

/** Equal data is kept once; negative when the data needs the full evaluation. */
function valueNumber(table: ValueTable, data: DataTemplate, element: ShapedElement): number {
  switch (data.kind) {
    case 'value':
      return known(table, data.value, () => data.value);
    case 'chain': {
      const chain = holeText(element, data.hole);
      if (chain.length > longestChainName) return -1;
      return known(table, `${data.verdict} ${chain}`, () => ({ kind: data.verdict, chain }));
    }
    case 'bytes': {
      const bytes = new Uint8Array(data.length);
      if (!writeFields(data.fields, element, bytes, undefined, 0)) return -1;
      return known(table, bytes.join(' '), () => bytes);
    }
  }
}

function known(
  { numbers, values }: ValueTable,
  name: string | Verdict,
  make: () => Uint8Array | Verdict,
): number {
  const number = numbers.get(name);
  if (number !== undefined) return number;
  numbers.set(name, values.length);
  return values.push(make()) - 1;
}
