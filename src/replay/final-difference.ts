/** Compares what is left after a scenario: counters, objects, the size of sets. */

import type { ProgramTable } from '../model/program.ts';
import type { SimulationState } from '../simulate/api.ts';
import type { CompiledProgram } from '../simulate/compile.ts';
import { readCounters, readObjects, readSets } from '../simulate/reading.ts';
import { firstDifference } from './event-difference.ts';
import type { RecordedFinal } from './recording.ts';

export function finalDifference(
  compiled: CompiledProgram,
  state: SimulationState,
  clock: number,
  final: RecordedFinal,
): string | undefined {
  return (
    counterDifference(compiled, state, final) ??
    objectDifference(compiled, state, final) ??
    setDifference(compiled, state, clock, final)
  );
}

function counterDifference(
  compiled: CompiledProgram,
  state: SimulationState,
  final: RecordedFinal,
): string | undefined {
  const legacy = new Set(
    compiled.program.tables
      .filter(({ loader }) => loader === 'iptables-legacy')
      .map(({ family, name }) => `${family} ${name}`),
  );
  const own = readCounters(compiled, state)
    .filter(({ packets, family, table }) => packets > 0 && !legacy.has(`${family} ${table}`))
    .map(({ family, table, chain, index, packets, bytes }) =>
      [family, table, chain, index, packets, bytes].join(' '),
    )
    .sort();
  const wanted = final.counters.map((counter) => counter.join(' ')).sort();
  return firstDifference('counter', wanted, own);
}

function objectDifference(
  compiled: CompiledProgram,
  state: SimulationState,
  final: RecordedFinal,
): string | undefined {
  const own = new Map(
    readObjects(compiled, state).map(({ table, type, name, values }) => [
      `${type} ${table.family} ${table.name} ${name}`,
      // A quota is listed as used up at most (nft_quota_do_dump()).
      type === 'quota' ? values.map((value) => Math.min(value, limitOf(table, name))) : values,
    ]),
  );
  for (const [key, value] of Object.entries(final.objects)) {
    const [first, second] = own.get(key) ?? [];
    const wanted = 'packets' in value ? `${value.packets} ${value.bytes}` : `${value.used ?? 0}`;
    const found = 'packets' in value ? `${first} ${second}` : `${first}`;
    if (wanted !== found) return `${key}: kernel ${wanted}, simulated ${found}`;
  }
  return undefined;
}

function limitOf(table: ProgramTable, name: string): number {
  const operation = table.objects.find(
    (each) => each.type === 'quota' && each.name === name,
  )?.operation;
  return operation?.kind === 'quota' ? Number(operation.bytes) : Number.POSITIVE_INFINITY;
}

function setDifference(
  compiled: CompiledProgram,
  state: SimulationState,
  clock: number,
  final: RecordedFinal,
): string | undefined {
  const own = new Map(
    readSets(compiled, state, clock).map(({ table, set, elements }) => [
      `${table.family} ${table.name} ${set.name}`,
      elements.length,
    ]),
  );
  for (const [key, elements] of Object.entries(final.sets)) {
    const found = own.get(key);
    if (found !== elements.length)
      return `set ${key}: kernel ${elements.length} elements, simulated ${found ?? 'no such set'}`;
  }
  return undefined;
}
