/** Jumps between chains: unknown targets, circles, depth, and what base chains reach (kernel: nft_chain_validate()). */

import type { Span } from '../../base/span.ts';
import type { Operation } from '../../model/operations.ts';
import type { ProgramChain, ProgramSet, ProgramTable } from '../../model/program.ts';
import type { RuleScope } from '../rule.ts';
import { closest } from '../suggest.ts';
import { fits, type HookNeed, hookNeed } from './hooks.ts';

/** NFT_JUMP_STACK_SIZE */
const deepestJump = 16;

interface Jump {
  readonly target: string;
  readonly span: Span;
}

interface Need {
  readonly need: HookNeed;
  readonly span: Span;
  readonly kind: Operation['kind'];
}

interface ChainFacts {
  readonly chain: ProgramChain;
  readonly jumps: readonly Jump[];
  readonly needs: readonly Need[];
}

export function checkChains(scope: RuleScope, table: ProgramTable): void {
  const verdictMaps = new Map(
    table.sets.filter((set) => set.map?.kind === 'verdict').map((set) => [set.name, set]),
  );
  const facts = new Map(
    table.chains.map((chain) => [chain.name, factsOf(table, chain, verdictMaps)]),
  );
  checkTargets(scope, facts);
  const depths = new Map<string, number>();
  for (const chain of table.chains) {
    if (chain.base === undefined) continue;
    depthOf(scope, facts, chain.name, depths);
    checkReached(scope, facts, chain);
  }
}

function factsOf(
  table: ProgramTable,
  chain: ProgramChain,
  maps: ReadonlyMap<string, ProgramSet>,
): ChainFacts {
  const jumps: Jump[] = [];
  const needs: Need[] = [];
  for (const rule of chain.rules) {
    for (const operation of rule.operations) {
      const { kind, span = rule.span } = operation;
      const need = hookNeed(operation, table.family);
      if (need !== undefined) needs.push({ need, span: rule.span, kind });
      if (kind === 'immediate' && !(operation.data instanceof Uint8Array)) {
        if ('chain' in operation.data) jumps.push({ target: operation.data.chain, span });
      } else if (kind === 'lookup' && operation.destination === 0) {
        for (const target of mapTargets(maps.get(operation.set), span)) jumps.push(target);
      }
    }
  }
  return { chain, jumps, needs };
}

function mapTargets(set: ProgramSet | undefined, span: Span): readonly Jump[] {
  if (set === undefined) return [];
  return set.elements.flatMap(({ data, span: elementSpan = span }) => {
    const jump = data !== undefined && !(data instanceof Uint8Array) && 'chain' in data;
    return jump ? [{ target: data.chain, span: elementSpan }] : [];
  });
}

function checkTargets(scope: RuleScope, facts: ReadonlyMap<string, ChainFacts>): void {
  const { table } = scope.table;
  for (const { jumps } of facts.values()) {
    for (const { target, span } of jumps) {
      const known = facts.get(target);
      if (known === undefined) {
        const near = closest(target, facts.keys());
        scope.diagnostics.push({
          code: 'unknown-chain',
          span,
          message: `no chain '${target}' in table ${table.family} ${table.name}`,
          ...(near === undefined ? {} : { hint: `did you mean '${near}'?` }),
        });
      } else if (known.chain.base !== undefined) {
        scope.diagnostics.push({
          code: 'kernel-refused',
          span,
          message: `chain '${target}' is a base chain: operation not supported`,
        });
      }
    }
  }
}

/** Longest way down from a chain; -1 while it is being walked. Recursion is bounded by the depth that is allowed. */
function depthOf(
  scope: RuleScope,
  facts: ReadonlyMap<string, ChainFacts>,
  name: string,
  depths: Map<string, number>,
  level = 0,
): number {
  const known = depths.get(name);
  if (known !== undefined) return known;
  depths.set(name, -1);
  let deepest = 0;
  for (const { target, span } of facts.get(name)?.jumps ?? []) {
    if (!facts.has(target)) continue;
    const below = level > 1000 ? deepestJump : depthOf(scope, facts, target, depths, level + 1);
    const problem =
      below < 0
        ? 'chains jump in a circle: too many levels of symbolic links'
        : below + 1 >= deepestJump && deepest + 1 < deepestJump
          ? `chains jump more than ${deepestJump} deep`
          : undefined;
    if (problem !== undefined) {
      scope.diagnostics.push({ code: 'jump-loop', span, message: problem });
      if (below < 0) continue;
    }
    deepest = Math.max(deepest, below + 1);
  }
  depths.set(name, Math.min(deepest, deepestJump - 1));
  return deepest;
}

/** Operations that do not work at the hook of a base chain that reaches them. */
function checkReached(
  scope: RuleScope,
  facts: ReadonlyMap<string, ChainFacts>,
  base: ProgramChain,
): void {
  const hook = base.base;
  if (hook === undefined) return;
  const seen = new Set<string>([base.name]);
  const pending = [base.name];
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    const chain = facts.get(name);
    if (chain === undefined) continue;
    for (const { need, span, kind } of chain.needs) {
      if (fits(need, hook)) continue;
      const type = need.type === undefined ? '' : ` of type ${need.type}`;
      scope.diagnostics.push({
        code: 'kernel-refused',
        span,
        message: `${kind} works only in chains${type} at ${need.hooks.join(', ')}: operation not supported`,
      });
    }
    for (const { target } of chain.jumps) {
      if (seen.has(target)) continue;
      seen.add(target);
      pending.push(target);
    }
  }
}
