/** Jumps between chains: unknown targets, circles, depth, and what base chains reach (kernel: nft_chain_validate()). */

import { jumpStackSize } from '../../fields/hooks.ts';
import type { Operation } from '../../model/operations.ts';
import type {
  PackedElements,
  ProgramChain,
  ProgramHook,
  ProgramRule,
  ProgramSet,
  ProgramTable,
} from '../../model/program.ts';
import type { RuleScope } from '../rule.ts';
import { ShapedProgramRule } from '../shape/shaped-program-rule.ts';
import { jumpTarget } from '../shape/variant.ts';
import { closest } from '../suggest.ts';
import { ChainGraph, type Need, type Place } from './chain-graph.ts';
import { fits, hookNeed, worksInFamily } from './hooks.ts';

/** Chains are walked by recursion; what nests deeper than this is far too deep anyway. */
const deepestWalk = 1000;

interface Walk {
  readonly scope: RuleScope;
  readonly table: ProgramTable;
  readonly index: ReadonlyMap<string, number>;
  readonly graph: ChainGraph;
  /** What operations of the shapes of rules need. */
  readonly needs: Map<Operation, Need | undefined>;
}

export function checkChains(scope: RuleScope, table: ProgramTable): void {
  const index = new Map<string, number>();
  for (const [number, { name }] of table.chains.entries()) index.set(name, number);
  const walk: Walk = { scope, table, index, graph: new ChainGraph(), needs: new Map() };
  const maps = new Map<string, ProgramSet>();
  for (const set of table.sets) if (set.map?.kind === 'verdict') maps.set(set.name, set);
  for (const chain of table.chains) gather(walk, chain, maps);
  checkFromBases(walk);
}

function gather(walk: Walk, chain: ProgramChain, maps: ReadonlyMap<string, ProgramSet>): void {
  walk.graph.startChain();
  for (const rule of chain.rules) {
    if (rule instanceof ShapedProgramRule) gatherShaped(walk, chain, rule, maps);
    else
      for (const operation of rule.operations) gatherOperation(walk, chain, rule, operation, maps);
  }
}

function gatherOperation(
  walk: Walk,
  chain: ProgramChain,
  rule: ProgramRule,
  operation: Operation,
  maps: ReadonlyMap<string, ProgramSet>,
): void {
  const { family } = walk.table;
  switch (operation.kind) {
    case 'immediate':
      if (!(operation.data instanceof Uint8Array) && 'chain' in operation.data) {
        addJump(walk, operation.data.chain, operation.span ?? rule.span, 0);
      }
      break;
    case 'lookup':
      if (operation.destination === 0) addMapJumps(walk, chain, maps.get(operation.set));
      break;
    case 'cmp':
    case 'payload':
    case 'counter':
      break;
    default: {
      const need = hookNeed(operation, family);
      if (!worksInFamily(operation, family)) {
        walk.scope.diagnostics.push({
          code: 'kernel-refused',
          span: rule.span,
          message: `${operation.kind} does not work in the ${family} family: operation not supported`,
        });
      } else if (need !== undefined) {
        walk.graph.needs.add({ need, kind: operation.kind }, rule.span, 0);
      }
    }
  }
}

/** The same for a rule whose operations are not made yet. */
function gatherShaped(
  walk: Walk,
  chain: ProgramChain,
  rule: ShapedProgramRule,
  maps: ReadonlyMap<string, ProgramSet>,
): void {
  const { jumps, maps: looked, needs } = rule.variant.facts;
  for (let number = 0; number < jumps.length; number++) {
    const jump = jumps[number];
    if (jump !== undefined) addJump(walk, jumpTarget(rule.rule, jump), rule, number);
  }
  for (const name of looked) addMapJumps(walk, chain, maps.get(name));
  for (const operation of needs) {
    const need = needOf(walk, operation);
    if (need !== undefined) walk.graph.needs.add(need, rule, 0);
  }
}

function needOf({ needs, table }: Walk, operation: Operation): Need | undefined {
  const known = needs.get(operation);
  if (known !== undefined || needs.has(operation)) return known;
  const need = hookNeed(operation, table.family);
  const made = need === undefined ? undefined : { need, kind: operation.kind };
  needs.set(operation, made);
  return made;
}

function addMapJumps(walk: Walk, chain: ProgramChain, set: ProgramSet | undefined): void {
  if (set?.packed !== undefined) {
    addPackedJumps(walk, set.packed);
    return;
  }
  for (const { data, span } of set?.elements ?? []) {
    if (data === undefined || data instanceof Uint8Array || !('chain' in data)) continue;
    addJump(walk, data.chain, span ?? chain.span, 0);
  }
}

/** Each target once, unless one of them is wrong: that is said of every element. */
function addPackedJumps(walk: Walk, packed: PackedElements): void {
  const { values = [], valueNumbers = new Int32Array() } = packed;
  const names = values.map((value) =>
    value instanceof Uint8Array || !('chain' in value) ? undefined : value.chain,
  );
  if (names.every((name) => name === undefined || isTarget(walk, name))) {
    for (const [number, name] of names.entries()) {
      if (name === undefined) continue;
      addJump(walk, name, () => packed.spanOf(valueNumbers.indexOf(number)), 0);
    }
    return;
  }
  for (const [index, number] of valueNumbers.entries()) {
    const name = names[number];
    if (name !== undefined) addJump(walk, name, () => packed.spanOf(index), 0);
  }
}

function isTarget({ index, table }: Walk, name: string): boolean {
  const target = index.get(name);
  return target !== undefined && table.chains[target]?.base === undefined;
}

function addJump(walk: Walk, name: string, place: Place, number: number): void {
  const { index, table, graph } = walk;
  const target = index.get(name) ?? -1;
  graph.jumps.add(target, place, number);
  if (target >= 0 && table.chains[target]?.base === undefined) return;
  const span = graph.jumpSpan(graph.jumps.rows.length - 1);
  if (target >= 0) {
    const message = `chain '${name}' is a base chain: operation not supported`;
    walk.scope.diagnostics.push({ code: 'kernel-refused', span, message });
    return;
  }
  const near = closest(name, index.keys());
  const { family, name: tableName } = table;
  walk.scope.diagnostics.push({
    code: 'unknown-chain',
    span,
    message: `no chain '${name}' in table ${family} ${tableName}`,
    ...(near === undefined ? {} : { hint: `did you mean '${near}'?` }),
  });
}

function checkFromBases(walk: Walk): void {
  const { chains } = walk.table;
  const depths = new Int16Array(chains.length).fill(unknownDepth);
  const seen = new Uint8Array(chains.length);
  for (const [number, { base }] of chains.entries()) {
    if (base === undefined) continue;
    depthOf(walk, number, depths, 0);
    checkReached(walk, number, base, seen.fill(0));
  }
}

const unknownDepth = -2;
const beingWalked = -1;

/** Longest way down from a chain. */
function depthOf(walk: Walk, number: number, depths: Int16Array, level: number): number {
  const known = depths[number] ?? 0;
  if (known !== unknownDepth) return known;
  depths[number] = beingWalked;
  let deepest = 0;
  const { jumps } = walk.graph;
  const end = jumps.end(number);
  for (let row = jumps.starts[number] ?? 0; row < end; row++) {
    const target = jumps.rows[row] ?? -1;
    if (target < 0) continue;
    const below = level > deepestWalk ? jumpStackSize : depthOf(walk, target, depths, level + 1);
    if (below === beingWalked) {
      const message = 'chains jump in a circle: too many levels of symbolic links';
      walk.scope.diagnostics.push({ code: 'jump-loop', span: walk.graph.jumpSpan(row), message });
      continue;
    }
    if (below + 1 >= jumpStackSize && deepest + 1 < jumpStackSize) {
      const message = `chains jump more than ${jumpStackSize} deep`;
      walk.scope.diagnostics.push({ code: 'jump-loop', span: walk.graph.jumpSpan(row), message });
    }
    deepest = Math.max(deepest, below + 1);
  }
  depths[number] = Math.min(deepest, jumpStackSize - 1);
  return deepest;
}

/** Operations that do not work at the hook of a base chain that reaches them. */
function checkReached(walk: Walk, base: number, hook: ProgramHook, seen: Uint8Array): void {
  const { jumps, needs } = walk.graph;
  const pending = [base];
  seen[base] = 1;
  for (let number = pending.pop(); number !== undefined; number = pending.pop()) {
    const needEnd = needs.end(number);
    for (let row = needs.starts[number] ?? 0; row < needEnd; row++) {
      const need = needs.rows[row];
      if (need !== undefined && !fits(need.need, hook)) refuse(walk, need, row);
    }
    const end = jumps.end(number);
    for (let row = jumps.starts[number] ?? 0; row < end; row++) {
      const target = jumps.rows[row] ?? -1;
      if (target < 0 || seen[target] === 1) continue;
      seen[target] = 1;
      pending.push(target);
    }
  }
}

function refuse(walk: Walk, { need, kind }: Need, row: number): void {
  const type = need.type === undefined ? '' : ` of type ${need.type}`;
  walk.scope.diagnostics.push({
    code: 'kernel-refused',
    span: walk.graph.needSpan(row),
    message:
      need.hooks.length === 0
        ? `${kind} does not work in the ${walk.table.family} family: operation not supported`
        : `${kind} works only in chains${type} at ${need.hooks.join(', ')}: operation not supported`,
  });
}
