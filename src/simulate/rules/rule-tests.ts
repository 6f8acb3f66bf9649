/**
 * The tests that a rule begins with: loads followed by comparisons with constants, which have no effect but to let the
 * packet through or not. They can be made in one go, without registers, and rules can be found by them.
 */

import type { Operation } from '../../model/operations.ts';
import { registerOffset } from './registers.ts';
import { type LoadedPlace, loadedPlace, testSource } from './test-source.ts';

export type TestOperator = 'eq' | 'neq' | 'lt' | 'lte' | 'gt' | 'gte' | 'inside' | 'outside';

/** (bytes of the place & mask) compared with constants; all of one length, at most that of the place. */
export interface RuleTest {
  readonly place: LoadedPlace;
  readonly operator: TestOperator;
  readonly mask: Uint8Array;
  readonly value: Uint8Array;
  /** Upper end of `inside` and `outside`. */
  readonly last: Uint8Array;
}

export interface LeadingTests {
  readonly tests: readonly RuleTest[];
  /** So many operations of the rule are covered. */
  readonly operations: number;
}

interface Loaded {
  readonly place: LoadedPlace;
  readonly mask: Uint8Array | undefined;
  readonly xor: Uint8Array | undefined;
  readonly maskLength: number;
}

const ordered = new Set(['lt', 'lte', 'gt', 'gte']);

/**
 * The longest beginning of the rule that consists of such tests, and whose loads nothing behind it reads. Rules are
 * taken to read no register that they did not write (nft_parse_register_load() refuses others).
 */
export function leadingTests(operations: readonly Operation[]): LeadingTests {
  const loaded = new Map<number, Loaded>();
  const tests: RuleTest[] = [];
  const ends: { readonly tests: number; readonly operations: number; readonly words: number }[] =
    [];
  let words = 0;
  for (let index = 0; index < operations.length; index++) {
    const operation = operations[index];
    if (operation === undefined || !takeOperation(operation, loaded, tests)) break;
    const place = loadedPlace(operation);
    if (place !== undefined) words |= writtenWords(operation, place);
    else if (operation.kind !== 'bitwise')
      ends.push({ tests: tests.length, operations: index + 1, words });
  }
  for (let at = ends.length - 1; at >= 0; at--) {
    const end = ends[at];
    if (end !== undefined && !readsWords(operations, end.operations, end.words))
      return { tests: tests.slice(0, end.tests), operations: end.operations };
  }
  return { tests: [], operations: 0 };
}

/** Bits of the sixteen register words that a load writes. */
function writtenWords(operation: Operation, place: LoadedPlace): number {
  if (!('destination' in operation) || operation.destination === undefined) return 0;
  const count = (place.length + 3) >> 2;
  return ((1 << count) - 1) << (registerOffset(operation.destination) >> 2);
}

/** False: the operation is none of these tests. */
function takeOperation(
  operation: Operation,
  loaded: Map<number, Loaded>,
  tests: RuleTest[],
): boolean {
  switch (operation.kind) {
    case 'match':
      return operation.match.name === 'comment';
    case 'bitwise': {
      if (operation.operator !== 'mask-xor') return false;
      const from = loaded.get(registerOffset(operation.source));
      if (from === undefined || from.mask !== undefined) return false;
      if (operation.destination !== operation.source) return false;
      const { mask, xor, length } = operation;
      loaded.set(registerOffset(operation.source), {
        place: from.place,
        mask,
        xor,
        maskLength: length,
      });
      return true;
    }
    case 'cmp': {
      const from = loaded.get(registerOffset(operation.source));
      const test = from && comparison(from, operation.operator, operation.data, operation.data);
      if (test === undefined) return false;
      tests.push(test);
      return true;
    }
    case 'range': {
      const from = loaded.get(registerOffset(operation.source));
      const operator = operation.operator === 'eq' ? 'inside' : 'outside';
      const test = from && comparison(from, operator, operation.from, operation.to);
      if (test === undefined) return false;
      tests.push(test);
      return true;
    }
    default: {
      const place = loadedPlace(operation);
      if (place === undefined || !('destination' in operation)) return false;
      const { destination } = operation;
      if (destination === undefined) return false;
      const at = registerOffset(destination);
      for (const [other, { place: held }] of loaded)
        if (at < other + held.length && other < at + Math.max(place.length, 4))
          loaded.delete(other);
      loaded.set(at, { place, mask: undefined, xor: undefined, maskLength: 16 });
      return true;
    }
  }
}

function comparison(
  { place, mask, xor, maskLength }: Loaded,
  operator: TestOperator,
  first: Uint8Array,
  last: Uint8Array,
): RuleTest | undefined {
  const { length } = first;
  if (length === 0 || length > place.length || length > maskLength) return undefined;
  const isNumber = ordered.has(operator) || operator === 'inside' || operator === 'outside';
  const flips = xor?.subarray(0, length).some((byte) => byte !== 0) ?? false;
  if (isNumber && (place.length > 4 || flips)) return undefined;
  if (isName(place) && (mask !== undefined || isNumber)) return undefined;
  const value = first.map((byte, index) => byte ^ (xor?.[index] ?? 0));
  const whole = mask === undefined ? new Uint8Array(length).fill(255) : mask.slice(0, length);
  return { place, operator, mask: whole, value, last };
}

export function isName({ source }: LoadedPlace): boolean {
  return source === testSource.iifname || source === testSource.oifname;
}

/**
 * Does an operation from `start` on read a word that still holds what the tests loaded? Operations are taken to read
 * everything from their register on: sets have keys of any length.
 */
function readsWords(operations: readonly Operation[], start: number, words: number): boolean {
  let live = words;
  for (let index = start; index < operations.length && live !== 0; index++) {
    const operation = operations[index];
    if (operation === undefined) break;
    for (const register of registersRead(operation)) {
      if (register === undefined || register === 0) continue;
      if (live >>> (registerOffset(register) >> 2) !== 0) return true;
    }
    const place = loadedPlace(operation);
    if (place !== undefined) live &= ~writtenWords(operation, place);
  }
  return false;
}

const none: readonly (number | undefined)[] = [];

function registersRead(operation: Operation): readonly (number | undefined)[] {
  switch (operation.kind) {
    case 'payload-write':
    case 'exthdr-write':
    case 'meta-set':
    case 'ct-set':
    case 'hash':
    case 'byteorder':
    case 'cmp':
    case 'range':
    case 'lookup':
    case 'queue':
      return [operation.source];
    case 'bitwise':
      return 'source2' in operation ? [operation.source, operation.source2] : [operation.source];
    case 'dynset':
      return [operation.key, operation.data];
    case 'objref':
      return 'source' in operation.target ? [operation.target.source] : none;
    case 'nat':
      return [
        operation.addressMin,
        operation.addressMax,
        operation.protocolMin,
        operation.protocolMax,
      ];
    case 'masq':
    case 'redir':
      return [operation.protocolMin, operation.protocolMax];
    case 'tproxy':
      return [operation.address, operation.port];
    case 'dup':
    case 'fwd':
      return [operation.address, operation.device];
    case 'inner':
      return [1];
    default:
      return none;
  }
}
