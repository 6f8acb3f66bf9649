/** Jumps between chains: unknown targets, circles, depth, and what base chains reach (kernel: nft_chain_validate()). */

import type { Span } from '../../base/span.ts';
import type { Operation } from '../../model/operations.ts';
import type {
  PackedElements,
  ProgramChain,
  ProgramHook,
  ProgramSet,
  ProgramTable,
} from '../../model/program.ts';
import type { RuleScope } from '../rule.ts';
import { ShapedProgramRule } from '../shape/shaped-program-rule.ts';
import { jumpTarget } from '../shape/variant.ts';
import { closest } from '../suggest.ts';
import { fits, type HookNeed, hookNeed, worksInFamily } from './hooks.ts';

/** NFT_JUMP_STACK_SIZE */
const deepestJump = 16;

/** Chains are walked by recursion; what nests deeper than this is far too deep anyway. */
const deepestWalk = 1000;

/** Where a message points to; of rules with a shape it is worked out when there is something to say. */
type Place = Span | (() => Span);

interface Jump {
  /** Index of the chain. */
  readonly target: number;
  readonly place: Place;
}

interface Need {
  readonly need: HookNeed;
  readonly place: Place;
  readonly kind: Operation['kind'];
}

function spanAt(place: Place): Span {
  return typeof place === 'function' ? place() : place;
}

interface ChainFacts {
  readonly chain: ProgramChain;
  readonly jumps: Jump[];
  readonly needs: Need[];
}

interface Walk {
  readonly scope: RuleScope;
  readonly table: ProgramTable;
  readonly index: ReadonlyMap<string, number>;
  readonly facts: readonly ChainFacts[];
}

export function checkChains(scope: RuleScope, table: ProgramTable): void {
  const index = new Map<string, number>();
  for (const [number, { name }] of table.chains.entries()) index.set(name, number);
  const facts = table.chains.map((chain): ChainFacts => ({ chain, jumps: [], needs: [] }));
  const walk: Walk = { scope, table, index, facts };
  const maps = new Map<string, ProgramSet>();
  for (const set of table.sets) if (set.map?.kind === 'verdict') maps.set(set.name, set);
  for (const fact of facts) gather(walk, fact, maps);
  checkFromBases(walk);
}

function gather(walk: Walk, fact: ChainFacts, maps: ReadonlyMap<string, ProgramSet>): void {
  const { family } = walk.table;
  for (const rule of fact.chain.rules) {
    if (rule instanceof ShapedProgramRule) {
      gatherShaped(walk, fact, rule, maps);
      continue;
    }
    for (const operation of rule.operations) {
      switch (operation.kind) {
        case 'immediate':
          if (!(operation.data instanceof Uint8Array) && 'chain' in operation.data) {
            addJump(walk, fact, operation.data.chain, operation.span ?? rule.span);
          }
          break;
        case 'lookup':
          if (operation.destination === 0) addMapJumps(walk, fact, maps.get(operation.set));
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
            fact.needs.push({ need, place: rule.span, kind: operation.kind });
          }
        }
      }
    }
  }
}

/** The same for a rule whose operations are not made yet. */
function gatherShaped(
  walk: Walk,
  fact: ChainFacts,
  rule: ShapedProgramRule,
  maps: ReadonlyMap<string, ProgramSet>,
): void {
  const { family } = walk.table;
  const { jumps, maps: looked, needs } = rule.variant.facts;
  for (const jump of jumps) {
    addJump(walk, fact, jumpTarget(rule.rule, jump), () => jump.place(rule.rule));
  }
  for (const name of looked) addMapJumps(walk, fact, maps.get(name));
  for (const operation of needs) {
    const need = hookNeed(operation, family);
    if (need !== undefined) {
      fact.needs.push({ need, place: () => rule.span, kind: operation.kind });
    }
  }
}

function addMapJumps(walk: Walk, fact: ChainFacts, set: ProgramSet | undefined): void {
  if (set?.packed !== undefined) {
    addPackedJumps(walk, fact, set.packed);
    return;
  }
  for (const { data, span } of set?.elements ?? []) {
    if (data === undefined || data instanceof Uint8Array || !('chain' in data)) continue;
    addJump(walk, fact, data.chain, span ?? fact.chain.span);
  }
}

/** Each target once, unless one of them is wrong: that is said of every element. */
function addPackedJumps(walk: Walk, fact: ChainFacts, packed: PackedElements): void {
  const { values = [], valueNumbers = new Int32Array() } = packed;
  const names = values.map((value) =>
    value instanceof Uint8Array || !('chain' in value) ? undefined : value.chain,
  );
  if (names.every((name) => name === undefined || isTarget(walk, name))) {
    for (const [number, name] of names.entries()) {
      if (name === undefined) continue;
      addJump(walk, fact, name, () => packed.spanOf(valueNumbers.indexOf(number)));
    }
    return;
  }
  for (const [index, number] of valueNumbers.entries()) {
    const name = names[number];
    if (name !== undefined) addJump(walk, fact, name, () => packed.spanOf(index));
  }
}

function isTarget(walk: Walk, name: string): boolean {
  const target = walk.index.get(name);
  return target !== undefined && walk.facts[target]?.chain.base === undefined;
}

function addJump(walk: Walk, fact: ChainFacts, name: string, place: Place): void {
  const target = walk.index.get(name);
  const known = target === undefined ? undefined : walk.facts[target];
  if (target === undefined || known === undefined) {
    const near = closest(name, walk.index.keys());
    const { family, name: table } = walk.table;
    walk.scope.diagnostics.push({
      code: 'unknown-chain',
      span: spanAt(place),
      message: `no chain '${name}' in table ${family} ${table}`,
      ...(near === undefined ? {} : { hint: `did you mean '${near}'?` }),
    });
    return;
  }
  if (known.chain.base !== undefined) {
    walk.scope.diagnostics.push({
      code: 'kernel-refused',
      span: spanAt(place),
      message: `chain '${name}' is a base chain: operation not supported`,
    });
  }
  fact.jumps.push({ target, place });
}

function checkFromBases(walk: Walk): void {
  const depths = new Int16Array(walk.facts.length).fill(unknownDepth);
  const seen = new Uint8Array(walk.facts.length);
  for (const [number, { chain }] of walk.facts.entries()) {
    if (chain.base === undefined) continue;
    depthOf(walk, number, depths, 0);
    checkReached(walk, number, chain.base, seen.fill(0));
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
  for (const { target, place } of walk.facts[number]?.jumps ?? []) {
    const below = level > deepestWalk ? deepestJump : depthOf(walk, target, depths, level + 1);
    if (below === beingWalked) {
      const message = 'chains jump in a circle: too many levels of symbolic links';
      walk.scope.diagnostics.push({ code: 'jump-loop', span: spanAt(place), message });
      continue;
    }
    if (below + 1 >= deepestJump && deepest + 1 < deepestJump) {
      const message = `chains jump more than ${deepestJump} deep`;
      walk.scope.diagnostics.push({ code: 'jump-loop', span: spanAt(place), message });
    }
    deepest = Math.max(deepest, below + 1);
  }
  depths[number] = Math.min(deepest, deepestJump - 1);
  return deepest;
}

/** Operations that do not work at the hook of a base chain that reaches them. */
function checkReached(walk: Walk, base: number, hook: ProgramHook, seen: Uint8Array): void {
  const pending = [base];
  seen[base] = 1;
  for (let number = pending.pop(); number !== undefined; number = pending.pop()) {
    const fact = walk.facts[number];
    if (fact === undefined) continue;
    for (const need of fact.needs) if (!fits(need.need, hook)) refuse(walk, need);
    for (const { target } of fact.jumps) {
      if (seen[target] === 1) continue;
      seen[target] = 1;
      pending.push(target);
    }
  }
}

function refuse(walk: Walk, { need, place, kind }: Need): void {
  const type = need.type === undefined ? '' : ` of type ${need.type}`;
  walk.scope.diagnostics.push({
    code: 'kernel-refused',
    span: spanAt(place),
    message: `${kind} works only in chains${type} at ${need.hooks.join(', ')}: operation not supported`,
  });
}
