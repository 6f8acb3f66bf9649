/** Whether a set has a key after a packet: keys are written as nft writes them, `10.0.0.1 . 80`. */

import { closest } from '../base/text.ts';
import { debianEnvironment } from '../datatypes/environment.ts';
import { parseValue } from '../datatypes/parse-value.ts';
import type { ProgramSet, ProgramTable, SetField } from '../model/program.ts';
import type { SimulationState } from '../simulate/api.ts';
import type { CompiledProgram } from '../simulate/compile.ts';
import { readSets } from '../simulate/reading.ts';

export interface FoundSet {
  readonly table: ProgramTable;
  readonly set: ProgramSet;
}

/** Finds `set`, `table set` or `family table set`. */
export function findSet(
  { program }: CompiledProgram,
  name: string,
): FoundSet | { readonly message: string; readonly hint?: string } {
  const words = name.trim().split(/\s+/);
  const [wanted, wantedTable, wantedFamily] = [words.at(-1), words.at(-2), words.at(-3)];
  const all = program.tables
    .filter(
      ({ family, name: table }) =>
        (wantedTable ?? table) === table && (wantedFamily ?? family) === family,
    )
    .flatMap((table) => table.sets.map((set): FoundSet => ({ table, set })));
  const found = all.find(({ set }) => set.name === wanted);
  if (found !== undefined) return found;
  const names = all.filter(({ set }) => !set.anonymous).map(({ set }) => set.name);
  const near = closest(wanted ?? '', names);
  const hint = near === undefined ? {} : { hint: `did you mean ${near}?` };
  return { message: `there is no set '${name}'`, ...hint };
}

function fieldBytes({ type, length }: SetField, text: string): Uint8Array | undefined {
  const parsed = parseValue(type, text, debianEnvironment);
  if (parsed.kind !== 'value') return undefined;
  const bytes = new Uint8Array(length);
  if (typeof parsed.value === 'string') {
    bytes.set(new TextEncoder().encode(parsed.value).subarray(0, length));
    return bytes;
  }
  let rest = parsed.value;
  for (let index = 0; index < length; index++) {
    const at = type.byteOrder === 'host' ? index : length - 1 - index;
    bytes[at] = Number(rest & 255n);
    rest >>= 8n;
  }
  return rest === 0n ? bytes : undefined;
}

/** The key in register memory; undefined when the text is no key of this set. */
export function keyBytes(set: ProgramSet, text: string): Uint8Array | undefined {
  const parts = text.split(/\s+\.\s+/);
  if (parts.length !== set.key.length) return undefined;
  const key = new Uint8Array(set.keyLength);
  let offset = 0;
  for (const [index, field] of set.key.entries()) {
    const bytes = fieldBytes(field, parts[index] ?? '');
    if (bytes === undefined) return undefined;
    key.set(bytes, offset);
    offset += (field.length + 3) & ~3;
  }
  return key;
}

function compare(first: Uint8Array, second: Uint8Array, start: number, end: number): number {
  for (let index = start; index < end; index++) {
    const difference = (first[index] ?? 0) - (second[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Concatenated intervals hold field by field. */
function covers(set: ProgramSet, from: Uint8Array, to: Uint8Array, key: Uint8Array): boolean {
  let start = 0;
  for (const { length } of set.key) {
    const end = start + ((length + 3) & ~3);
    if (compare(key, from, start, end) < 0 || compare(key, to, start, end) > 0) return false;
    start = end;
  }
  return true;
}

export function hasKey(
  compiled: CompiledProgram,
  state: SimulationState,
  clock: number,
  found: FoundSet,
  key: Uint8Array,
): boolean {
  const { set } = found;
  const living = readSets(compiled, state, clock).find((reading) => reading.set === set);
  const elements = living?.elements ?? set.elements;
  return elements.some((element) => {
    if (element.key === undefined) return false;
    return covers(set, element.key, element.keyEnd ?? element.key, key);
  });
}
