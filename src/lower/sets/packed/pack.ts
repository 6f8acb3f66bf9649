/** Elements of large sets straight from the text into arrays, by what was learnt from the first element of each shape. */

import type { ShapedElement, ShapedElements } from '../../../ast/nft/shaped-elements.ts';
import { holeText } from '../../../ast/nft/shaped-rule.ts';
import type { Verdict } from '../../../model/operations.ts';
import type { PackedElements } from '../../../model/program.ts';
import type { LoweringContext } from '../../context.ts';
import { longestChainName } from '../../shape/pass.ts';
import type { SetBuild } from '../set-build.ts';
import { type DataTemplate, type ElementTemplate, learnElement } from './element-template.ts';
import { writeFields } from './fields.ts';
import { type Filled, hasConflicts, inOrder } from './order.ts';
import { guardedPlain, type PlainTemplate, plainTemplate, writePlain } from './plain-template.ts';

/** A shape with more than this is not one of plain constants. */
const mostTemplates = 48;

/** Pairs of concatenated intervals are compared one by one in sets up to this size. */
const mostCompared = 256;

interface Packing {
  readonly context: LoweringContext;
  readonly set: SetBuild;
  readonly shaped: ShapedElements;
  readonly filled: Filled;
  /** What was learnt for each kind of elements. */
  readonly learnt: readonly Learnt[][];
  readonly values: ValueTable;
}

interface Learnt {
  readonly template: ElementTemplate;
  /** For elements that are numbers of the column. */
  readonly plain: PlainTemplate | undefined;
  /** The data that all elements of the template share, by its number; negative where they do not. */
  readonly value: number;
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
  const learnt = shaped.kinds.map(() => []);
  const packing: Packing = { context, set, shaped, filled, learnt, values };
  for (let index = 0; index < count; index++) {
    if (!packElement(packing, index)) return undefined;
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

function packElement(packing: Packing, index: number): boolean {
  const { shaped, learnt } = packing;
  const number = shaped.kindNumbers[index] ?? 0;
  const known = learnt[number] ?? [];
  if (shaped.kinds[number]?.plain === true) {
    const offset = shaped.offsets[index] ?? 0;
    for (let place = 0; place < known.length; place++) {
      const one = known[place];
      if (one?.plain === undefined || !guardedPlain(one.plain, shaped.values, offset)) continue;
      return fillPlain(packing, one, one.plain, offset, index);
    }
  }
  const element = shaped.at(index);
  for (const one of known) {
    if (guarded(one.template, element)) return fill(packing, one, element, index);
  }
  if (known.length >= mostTemplates) return false;
  const template = learnElement(packing.context, packing.set, element);
  if (template === undefined) return false;
  const one = learntOf(packing, template, element, number);
  known.push(one);
  return fill(packing, one, element, index);
}

function learntOf(
  { shaped, filled, values }: Packing,
  template: ElementTemplate,
  element: ShapedElement,
  kind: number,
): Learnt {
  const { data } = template;
  const plain = shaped.kinds[kind]?.plain ? plainTemplate(template, filled.keyLength) : undefined;
  const same = data?.kind === 'bytes' ? data.fields.every(({ fixed }) => fixed) : true;
  const shared = data !== undefined && data.kind !== 'chain' && same;
  return { template, plain, value: shared ? valueNumber(values, data, element) : -1 };
}

function fillPlain(
  { filled, values, shaped }: Packing,
  { template, value }: Learnt,
  plain: PlainTemplate,
  offset: number,
  index: number,
): boolean {
  const { keys, keyEnds, keyLength, valueNumbers } = filled;
  if (!writePlain(plain, shaped.values, offset, keys, keyEnds, index * keyLength)) return false;
  const { data } = template;
  if (data === undefined || valueNumbers === undefined) {
    return (data === undefined) === (valueNumbers === undefined);
  }
  const number = value >= 0 ? value : valueNumber(values, data, shaped.at(index));
  valueNumbers[index] = number;
  return number >= 0;
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
  { template: { key, data }, value }: Learnt,
  element: ShapedElement,
  index: number,
): boolean {
  const { keys, keyEnds, keyLength, valueNumbers } = filled;
  if (!writeFields(key, element, keys, keyEnds, index * keyLength)) return false;
  if (data === undefined || valueNumbers === undefined) {
    return (data === undefined) === (valueNumbers === undefined);
  }
  const number = value >= 0 ? value : valueNumber(values, data, element);
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
