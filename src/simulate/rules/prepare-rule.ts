/** Preparing rules when a packet first comes to them: as integers, or plainly as one step per operation. */

import type { Operation } from '../../model/operations.ts';
import type { PreparedSet } from '../sets/prepared-set.ts';
import type { Store } from '../state/store.ts';
import { indexChain } from './chain-index.ts';
import type { Step } from './evaluation.ts';
import type { PreparedChain } from './prepared-chain.ts';
import {
  chainCode,
  endChainCode,
  type ProgramCode,
  reserveRules,
  setChainCode,
  writeRule,
} from './rule-code.ts';

/** Makes the step of an operation; its state lives where `slot` says. */
export type StepMaker = (
  chain: PreparedChain,
  operation: Operation,
  rest: readonly Operation[],
  slot: (initial: readonly number[]) => number,
) => Step;

export interface RuleShop {
  readonly code: ProgramCode;
  readonly store: Store;
  /** Rules are taken one by one: no index, no leading tests. */
  readonly plain: boolean;
  readonly makeStep: StepMaker;
  findSet(chain: PreparedChain, name: string): PreparedSet | undefined;
  /** Counters that are not the first state of their rule: by rule number and position. */
  readonly laterCounters: Map<number, Map<number, number>>;
}

export function openChain(shop: RuleShop, chain: PreparedChain): void {
  if (chain.first >= 0) return;
  const { rules } = chain.chain;
  chain.count = rules.length;
  chain.index = shop.plain ? undefined : indexChain(rules);
  chain.first = reserveRules(shop.code, rules.length);
}

/** Chains of more rules are written rule by rule, as packets come to them. */
const mostAtOnce = 16;

/** Opens the chain for its code; where that starts, or `chainCode.none`. */
export function openCode(shop: RuleShop, chain: PreparedChain): number {
  openChain(shop, chain);
  const { code } = shop;
  const isLong = chain.index !== undefined || chain.count > mostAtOnce;
  const start = isLong ? chainCode.none : code.end;
  if (!isLong) {
    // A rule that was met the plain way before has its slots already.
    for (let index = 0; index < chain.count; index++) ruleStart(shop, chain, index);
    endChainCode(code);
  }
  setChainCode(code, chain.number, start);
  return start;
}

export function allocate(store: Store, initial: readonly number[]): number {
  const slot = store.scalars.length;
  store.scalars.push(...(initial.length === 0 ? [0] : initial));
  return slot;
}

/** Slots for the state of a rule, in order; the same ones again when the rule is prepared the other way. */
function slotsOfRule(shop: RuleShop, number: number): (initial: readonly number[]) => number {
  const { code, store } = shop;
  const known = (code.slots[number] ?? 0) - 1;
  let next = known;
  return (initial) => {
    if (known >= 0) {
      const slot = next;
      next += Math.max(1, initial.length);
      return slot;
    }
    const slot = allocate(store, initial);
    if (code.slots[number] === 0) code.slots[number] = slot + 1;
    return slot;
  };
}

function noteCounter(shop: RuleShop, number: number, position: number, slot: number): void {
  if (slot + 1 === shop.code.slots[number]) return;
  const known = shop.laterCounters.get(number) ?? new Map<number, number>();
  shop.laterCounters.set(number, known.set(position, slot));
}

/** Where the code of the rule starts. */
export function ruleStart(shop: RuleShop, chain: PreparedChain, index: number): number {
  const number = chain.first + index;
  const { code } = shop;
  const known = code.starts[number];
  if (known !== undefined && known !== 0) return known;
  const rule = chain.chain.rules[index];
  if (rule === undefined) throw new RangeError(`no rule ${index} in ${chain.chain.name}`);
  const { operations } = rule;
  const slot = slotsOfRule(shop, number);
  const operationAt = (position: number): Operation => {
    const operation = operations[position];
    if (operation === undefined) throw new RangeError(`no operation ${position}`);
    return operation;
  };
  const start = writeRule(code, rule, {
    chain,
    place: index,
    set: (name) => shop.findSet(chain, name),
    step: (position) =>
      shop.makeStep(chain, operationAt(position), operations.slice(position + 1), slot),
    counter(position) {
      const operation = operationAt(position);
      if (operation.kind !== 'counter') throw new RangeError('no counter');
      const at = slot([Number(operation.packets), Number(operation.bytes)]);
      noteCounter(shop, number, position, at);
      return at;
    },
  });
  code.starts[number] = start;
  return start;
}

/** One step for each operation of the rule. */
export function plainSteps(shop: RuleShop, chain: PreparedChain, index: number): readonly Step[] {
  chain.steps ??= Array.from<undefined>({ length: chain.count });
  const known = chain.steps[index];
  if (known !== undefined) return known;
  const operations = chain.chain.rules[index]?.operations ?? [];
  const number = chain.first + index;
  const slot = slotsOfRule(shop, number);
  const steps = operations.map((operation, position) =>
    shop.makeStep(chain, operation, operations.slice(position + 1), (initial) => {
      const at = slot(initial);
      if (operation.kind === 'counter') noteCounter(shop, number, position, at);
      return at;
    }),
  );
  chain.steps[index] = steps;
  return steps;
}

/** Where a counter's packets and bytes live; undefined: no packet came to the rule. */
export function counterSlot(
  shop: RuleShop,
  chain: PreparedChain,
  index: number,
  position: number,
): number | undefined {
  if (chain.first < 0) return undefined;
  const number = chain.first + index;
  const first = shop.code.slots[number] ?? 0;
  return first === 0 ? undefined : (shop.laterCounters.get(number)?.get(position) ?? first - 1);
}
