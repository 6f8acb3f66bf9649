/** Which values of an unknown 32-bit number a rule tells apart: ranges within which it goes one way. */

import type { Operation, Register } from '../../model/operations.ts';
import type { ProgramSet } from '../../model/program.ts';
import { read32, readHost32 } from '../../packet/bytes.ts';
import { registerOffset } from './registers.ts';

export interface ValueClass {
  readonly first: number;
  readonly last: number;
}

/** Above so many values of a modulus, the use is not looked through value by value. */
const enumerable = 256;

/**
 * Splits 0 … `limit` - 1 at the constants that later operations of the rule compare `register` with.
 * @param sets finds a set by name, for its elements.
 * @param order how constants that no byteorder operation stands before are to be read.
 */
export function valueClasses(
  rest: readonly Operation[],
  register: Register,
  limit: number,
  sets: (name: string) => ProgramSet | undefined,
  order: 'host' | 'big' = 'host',
): readonly ValueClass[] {
  const cuts = new Set<number>([0]);
  let swapped = order === 'big';
  let readable = true;
  for (const operation of rest) {
    switch (operation.kind) {
      case 'byteorder':
        if (operation.source === register) swapped = true;
        break;
      case 'cmp':
        if (operation.source === register)
          addCmpCuts(cuts, operation.operator, number(operation.data, swapped));
        break;
      case 'range':
        if (operation.source === register)
          addCuts(cuts, number(operation.from, swapped), number(operation.to, swapped));
        break;
      case 'lookup': {
        const set = sets(operation.set);
        if (operation.source !== register) {
          if (set !== undefined && isWithin(register, operation.source, set.keyLength))
            readable = false;
          break;
        }
        if (set === undefined || set.key.length > 1 || set.dynamic) readable = false;
        else addSetCuts(cuts, set, swapped || set.key[0]?.type.byteOrder === 'big');
        break;
      }
      case 'bitwise':
        if (operation.source === register) readable = false;
        break;
      default:
        if (reads(operation, register)) readable = false;
    }
  }
  if (!readable && limit <= enumerable) for (let value = 0; value < limit; value++) cuts.add(value);
  return classesBetween(cuts, limit);
}

const registerFields: ReadonlySet<string> = new Set(
  'source source2 key data addressMin addressMax protocolMin protocolMax address port device'.split(
    ' ',
  ),
);

/** The value itself is stored or sent somewhere: every one is another way. */
function reads(operation: Operation, register: Register): boolean {
  return Object.entries(operation).some(
    ([name, value]) => value === register && registerFields.has(name),
  );
}

/** A field behind the first of a concatenated key. */
function isWithin(register: Register, key: Register, length: number): boolean {
  const distance = registerOffset(register) - registerOffset(key);
  return distance > 0 && distance < length;
}

function number(bytes: Uint8Array, swapped: boolean): number {
  return swapped ? read32(bytes, 0) : readHost32(bytes, 0);
}

function addCmpCuts(cuts: Set<number>, operator: string, value: number): void {
  if (operator === 'eq' || operator === 'neq') addCuts(cuts, value, value);
  else cuts.add(operator === 'lt' || operator === 'gte' ? value : value + 1);
}

function addCuts(cuts: Set<number>, first: number, last: number): void {
  cuts.add(first);
  cuts.add(last + 1);
}

function addSetCuts(cuts: Set<number>, set: ProgramSet, big: boolean): void {
  for (const { key, keyEnd } of set.elements) {
    if (key === undefined) continue;
    const first = number(key, set.interval || big);
    addCuts(cuts, first, keyEnd === undefined ? first : number(keyEnd, set.interval || big));
  }
}

function classesBetween(cuts: ReadonlySet<number>, limit: number): readonly ValueClass[] {
  const starts = [...cuts].filter((cut) => cut < limit).sort((a, b) => a - b);
  return starts.map((first, index) => ({ first, last: (starts[index + 1] ?? limit) - 1 }));
}
