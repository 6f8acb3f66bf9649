/** Compiling a program for simulation: hooks in order, chains prepared on first use, room for state. */

import type { Host } from '../host/host.ts';
import { type PreparedHost, prepareHost } from '../host/prepared-host.ts';
import type { Operation } from '../model/operations.ts';
import type { Program, ProgramChain, ProgramSet, ProgramTable } from '../model/program.ts';
import type { CompileOptions, SimulationState } from './api.ts';
import { loadConnections } from './conntrack/load.ts';
import { buildHookTable, type HookTable } from './hooks/hook-table.ts';
import { neededTracking } from './hooks/tracking-needs.ts';
import { objectStep } from './operations/named-object.ts';
import { prepareOperation } from './operations/prepare.ts';
import type { Step } from './rules/evaluation.ts';
import { allocate, type RuleShop } from './rules/prepare-rule.ts';
import type { PreparedChain } from './rules/prepared-chain.ts';
import { newProgramCode } from './rules/rule-code.ts';
import { sharedStep } from './rules/shared-step.ts';
import type { StateAccess, StepCompiler } from './rules/step-compiler.ts';
import type { Run } from './run.ts';
import { dynamicSets } from './sets/dynamic-sets.ts';
import { declaredKey } from './sets/lookup.ts';
import { type ElementProgram, type PreparedSet, prepareSet } from './sets/prepared-set.ts';
import { setByName } from './sets/set-by-name.ts';
import { createVersions, newStore, type Store, setScalar, type Versions } from './state/store.ts';

export interface ObjectSlot {
  readonly table: ProgramTable;
  readonly name: string;
  readonly type: string;
  readonly slot: number;
}

export interface CompiledProgram {
  readonly program: Program;
  readonly host: PreparedHost;
  readonly hooks: HookTable;
  readonly versions: Versions;
  /** Connections count packets and bytes. */
  readonly accounting: boolean;
  readonly objects: ObjectSlot[];
  readonly initial: SimulationState;
  /** All chains by number. */
  readonly chains: readonly PreparedChain[];
  readonly shop: RuleShop;
  /** To be used again: nothing that a run holds outlives it, but for what its result has. */
  readonly spareRuns: Run[];
  /** Of conntrack, by number, as far as anybody asked; NaN: not known. */
  readonly settings: (number | undefined)[];
  findChain(table: ProgramTable, name: string): PreparedChain | undefined;
  findSet(table: ProgramTable, name: string): PreparedSet | undefined;
  /** Sets that packets may change, in the order of the store's sets. */
  readonly dynamicSets: readonly { readonly table: ProgramTable; readonly set: ProgramSet }[];
}

interface TableParts {
  readonly chains: ReadonlyMap<string, PreparedChain>;
  readonly sets: Map<string, PreparedSet>;
  readonly objects: Map<string, Step>;
}

export function compileProgram(program: Program, options: CompileOptions): CompiledProgram {
  const host = prepareHost(options.host);
  const changing = dynamicSets(program);
  const store = newStore(changing.length);
  loadConnections(store, options.host);
  const tables = new Map<ProgramTable, TableParts>();
  const allChains: PreparedChain[] = [];
  const steps = new Map<string, Step>();
  for (const table of program.tables) {
    const chains = new Map<string, PreparedChain>();
    for (const chain of table.chains) {
      const prepared = newChain(table, chain, chains, allChains.length);
      chains.set(chain.name, prepared);
      allChains.push(prepared);
    }
    tables.set(table, { chains, sets: new Map(), objects: new Map() });
  }
  const accounting =
    options.host.sysctls.get('net.netfilter.nf_conntrack_acct') === '1' ||
    program.tables.some((table) => neededTracking(table).accounting);
  const versions = createVersions(store);
  const chainsOf = (table: ProgramTable): readonly PreparedChain[] => [
    ...(tables.get(table)?.chains.values() ?? []),
  ];
  const compiled: CompiledProgram = {
    program,
    host,
    hooks: buildHookTable(program, chainsOf, {
      bridgeNetfilter: usesBridgeNetfilter(options.host),
      hookOrder: options.hookOrder ?? 'loading',
      listed: options.host.hooks,
    }),
    versions,
    accounting,
    objects: [],
    initial: { kind: 'simulation-state', version: 0, node: versions.current },
    chains: allChains,
    shop: {
      code: newProgramCode(),
      store,
      plain: options.evaluation === 'plain',
      makeStep: (chain, operation, rest, slot) =>
        sharedStep(steps, operation, () =>
          stepCompiler(compiled, tables, chain.table, rest, (initial) =>
            scalarAccess(slot(initial)),
          ).prepare(operation),
        ),
      findSet: (chain, name) => findSet(compiled, store, tables, chain.table, name),
      laterCounters: new Map(),
    },
    spareRuns: [],
    settings: [],
    dynamicSets: changing,
    findChain: (table, name) => tables.get(table)?.chains.get(name),
    findSet: (table, name) => findSet(compiled, store, tables, table, name),
  };
  changing.forEach(({ table, set }) => {
    findSet(compiled, store, tables, table, set.name);
  });
  for (const table of program.tables) prepareObjects(compiled, store, tables, table);
  return compiled;
}

function usesBridgeNetfilter({ sysctls }: Host): boolean {
  return ['iptables', 'ip6tables'].some(
    (name) => sysctls.get(`net.bridge.bridge-nf-call-${name}`) === '1',
  );
}

type Tables = ReadonlyMap<ProgramTable, TableParts>;

function newChain(
  table: ProgramTable,
  chain: ProgramChain,
  siblings: ReadonlyMap<string, PreparedChain>,
  number: number,
): PreparedChain {
  // What each packet reads stands first, in one line of the processor's cache.
  return {
    first: -1,
    count: 0,
    index: undefined,
    number,
    siblings,
    chain,
    table,
    steps: undefined,
  };
}

function scalarAccess(slot: number): StateAccess {
  return {
    read: ({ run }, index) => run.store.scalars[slot + index] ?? 0,
    write: ({ run }, index, value) => setScalar(run.journal, slot + index, value),
    name: () => `slot ${slot}`,
  };
}

/** State of an element's statements: they are laid out one after the other. */
function elementAccess(offset: number): StateAccess {
  return {
    read: ({ element }, index) => element?.values[offset + index] ?? 0,
    write: ({ element }, index, value) => {
      if (element !== undefined) element.values[offset + index] = value;
    },
    name: ({ element }) => `element ${element?.name ?? ''} ${offset}`,
  };
}

function stepCompiler(
  compiled: CompiledProgram,
  tables: Tables,
  table: ProgramTable,
  rest: readonly Operation[],
  allocateState: (initial: readonly number[]) => StateAccess,
): StepCompiler {
  const compiler: StepCompiler = {
    host: compiled.host,
    table,
    rest,
    findSet: (name) => compiled.findSet(table, name),
    findObject: (type, name) => tables.get(table)?.objects.get(`${type} ${name}`),
    allocate: allocateState,
    prepare: (operation) => prepareOperation(operation, compiler),
  };
  return compiler;
}

function findSet(
  compiled: CompiledProgram,
  store: Store,
  tables: Tables,
  table: ProgramTable,
  name: string,
): PreparedSet | undefined {
  const known = tables.get(table)?.sets.get(name);
  if (known !== undefined) return known;
  const set = setByName(table, name);
  if (set === undefined) return undefined;
  const index = compiled.dynamicSets.findIndex((entry) => entry.set === set);
  const prepared = prepareSetWithStatements(
    compiled,
    store,
    tables,
    table,
    set,
    index < 0 ? undefined : index,
  );
  tables.get(table)?.sets.set(name, prepared);
  return prepared;
}

function prepareSetWithStatements(
  compiled: CompiledProgram,
  store: Store,
  tables: Tables,
  table: ProgramTable,
  set: ProgramSet,
  index: number | undefined,
): PreparedSet {
  const lists = index === undefined ? [] : elementPrograms(table, set);
  const programs = lists.map((operations): ElementProgram => {
    const values: number[] = [];
    const allocateState = (initial: readonly number[]): StateAccess => {
      const offset = values.length;
      values.push(...(initial.length === 0 ? [0] : initial));
      return elementAccess(offset);
    };
    const compiler = stepCompiler(compiled, tables, table, [], allocateState);
    const steps = operations.map((operation) => compiler.prepare(operation));
    return { operations, steps, initialValues: values };
  });
  const prepared = prepareSet(set, index, programs);
  if (index !== undefined) fillDynamic(store, prepared, index, set);
  return prepared;
}

/** Lists of statements that elements of the set may carry. */
function elementPrograms(table: ProgramTable, set: ProgramSet): readonly (readonly Operation[])[] {
  const lists: (readonly Operation[])[] = [];
  for (const chain of table.chains) {
    if (chain.holds?.('set-changes') === 'no') continue;
    for (const { operations } of chain.rules)
      for (const operation of operations)
        if (operation.kind === 'dynset' && operation.set === set.name)
          lists.push(operation.operations);
  }
  const declared = set.elements.find(({ operations }) => (operations?.length ?? 0) > 0);
  // The set's own are those of declared elements, too.
  if (set.operations.length > 0) lists.push(set.operations);
  else if (declared?.operations !== undefined) lists.push(declared.operations);
  return lists.filter((list) => list.length > 0);
}

function fillDynamic(store: Store, prepared: PreparedSet, index: number, set: ProgramSet): void {
  const listed = set.operations.length === 0;
  set.elements.forEach((element, position) => {
    const isBare = listed && (element.operations?.length ?? 0) === 0;
    // The statements of declared elements stand last; all of one set are alike.
    const program = isBare ? undefined : prepared.programs.length - 1;
    const timeout = element.timeout ?? set.defaultTimeout;
    store.sets[index]?.set(declaredKey(prepared, element, position), {
      key: element.key ?? new Uint8Array(set.keyLength),
      ...(element.keyEnd === undefined ? {} : { keyEnd: element.keyEnd }),
      ...(element.data === undefined ? {} : { data: element.data }),
      ...(element.dataEnd === undefined ? {} : { dataEnd: element.dataEnd }),
      ...(timeout === undefined ? {} : { timeout }),
      ...(program === undefined || program < 0 ? {} : { program }),
      values: elementValues(prepared, program, element.operations ?? set.operations),
      declared: position,
    });
  });
}

/** Initial values, with the counters and quotas that the element was listed with. */
function elementValues(
  prepared: PreparedSet,
  program: number | undefined,
  operations: readonly Operation[],
): Float64Array {
  const statements = program === undefined ? undefined : prepared.programs[program];
  const values = Float64Array.from(statements?.initialValues ?? []);
  let at = 0;
  for (const operation of operations) {
    if (operation.kind === 'counter') {
      values[at] = Number(operation.packets);
      values[at + 1] = Number(operation.bytes);
      at += 2;
    } else if (operation.kind === 'quota') {
      values[at] = Number(operation.consumed);
      at += 1;
    } else {
      at += operation.kind === 'limit' ? 2 : 1;
    }
  }
  return values;
}

function prepareObjects(
  compiled: CompiledProgram,
  store: Store,
  tables: Tables,
  table: ProgramTable,
): void {
  for (const object of table.objects) {
    const { type, name, operation } = object;
    const allocateState = (initial: readonly number[]): StateAccess => {
      const slot = allocate(store, initial);
      compiled.objects.push({ table, name, type, slot });
      return scalarAccess(slot);
    };
    const compiler = stepCompiler(compiled, tables, table, [], allocateState);
    const step = operation === undefined ? objectStep(object) : compiler.prepare(operation);
    tables.get(table)?.objects.set(`${type} ${name}`, step);
  }
}
