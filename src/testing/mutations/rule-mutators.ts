/** What goes wrong when a rule is edited by hand or written by a generator with a bug: one function per kind of mistake. */

import type { Operation } from '../../model/operations.ts';
import { xtMutators } from './xt-mutators.ts';

/** The operations of a rule as they are after the mistake; undefined: it cannot happen to this rule. */
export type RuleMutator = (operations: readonly Operation[]) => readonly Operation[] | undefined;

/** The first operation that can be changed is. */
export const changingFirst =
  (change: (operation: Operation) => Operation | undefined): RuleMutator =>
  (operations) => {
    for (const [index, operation] of operations.entries()) {
      const changed = change(operation);
      if (changed !== undefined) return operations.with(index, changed);
    }
    return undefined;
  };

/** Empty operations: the rule is gone. */
export const gone: readonly Operation[] = [];

export function withByte(bytes: Uint8Array, at: number, value: number): Uint8Array {
  const copy = Uint8Array.from(bytes);
  copy[at] = value & 255;
  return copy;
}

export const verdictOf = (operation: Operation) =>
  operation.kind === 'immediate' && !(operation.data instanceof Uint8Array)
    ? operation.data
    : undefined;

export const isJump = (operation: Operation): boolean => {
  const kind = verdictOf(operation)?.kind;
  return kind === 'jump' || kind === 'goto';
};

const removed =
  (isIt: (operations: readonly Operation[]) => boolean): RuleMutator =>
  (operations) =>
    isIt(operations) ? gone : undefined;

function flipVerdict(operation: Operation): Operation | undefined {
  const verdict = verdictOf(operation);
  if (operation.kind !== 'immediate') return undefined;
  if (verdict?.kind === 'accept') return { ...operation, data: { kind: 'drop' } };
  return verdict?.kind === 'drop' ? { ...operation, data: { kind: 'accept' } } : undefined;
}

function negate(operation: Operation): Operation | undefined {
  if (operation.kind === 'cmp' && operation.operator === 'eq')
    return { ...operation, operator: 'neq' };
  if (operation.kind === 'cmp' && operation.operator === 'neq')
    return { ...operation, operator: 'eq' };
  return operation.kind === 'lookup' && operation.destination === undefined
    ? { ...operation, inverted: !operation.inverted }
    : undefined;
}

/** The last bit that a mask keeps, dropped: a prefix one shorter, or a mark test with one flag less. */
function loosenMask(operation: Operation): Operation | undefined {
  if (operation.kind !== 'bitwise' || operation.operator !== 'mask-xor') return undefined;
  if (operation.xor.some((byte) => byte !== 0)) return undefined;
  const at = operation.mask.findLastIndex((byte) => byte !== 0);
  const byte = operation.mask[at] ?? 0;
  return at < 0
    ? undefined
    : { ...operation, mask: withByte(operation.mask, at, byte & (byte - 1)) };
}

/** One bit of what `meta mark set` sets is flipped: it is no longer set. */
function flipMark(operation: Operation): Operation | undefined {
  if (operation.kind !== 'bitwise' || operation.operator !== 'mask-xor') return undefined;
  const at = operation.xor.findIndex((byte) => byte !== 0);
  const byte = operation.xor[at] ?? 0;
  return at < 0 ? undefined : { ...operation, xor: withByte(operation.xor, at, byte & (byte - 1)) };
}

/** A constant of the packet's headers that is one too high. */
const offByOne =
  (length: number): RuleMutator =>
  (operations) => {
    for (const [index, operation] of operations.entries()) {
      const load = operations.findLast((one, at) => at < index && one.kind !== 'bitwise');
      if (operation.kind !== 'cmp' || operation.data.length !== length) continue;
      if (load?.kind !== 'payload') continue;
      const last = length - 1;
      const data = withByte(operation.data, last, (operation.data[last] ?? 0) + 1);
      return operations.with(index, { ...operation, data });
    }
    return undefined;
  };

/** Addresses are compared whole or by their first bytes: one byte less makes /32 a /24, /16 a /8. */
const widenPrefix: RuleMutator = (operations) => {
  for (const [index, load] of operations.entries()) {
    const test = operations[index + 1];
    if (load.kind !== 'payload' || load.base !== 'network' || test?.kind !== 'cmp') continue;
    const isAddress = load.offset === 12 || load.offset === 16 || load.offset === 8;
    if (!isAddress || load.length < 2 || test.data.length !== load.length) continue;
    const length = load.length - 1;
    const shorter = { ...load, length };
    return operations
      .with(index, shorter)
      .with(index + 1, { ...test, data: test.data.subarray(0, length) });
  }
  return undefined;
};

/** A random share: the constant that a random number is compared with, or one choice less. */
const changeProbability: RuleMutator = (operations) => {
  const isRandom = operations.some(({ kind, ...rest }) => {
    return kind === 'meta' && 'key' in rest && rest.key === 'random';
  });
  const change = changingFirst((operation) => {
    if (isRandom && operation.kind === 'cmp' && operation.data.length === 4)
      return { ...operation, data: withByte(operation.data, 0, (operation.data[0] ?? 0) >> 1) };
    return operation.kind === 'numgen' && operation.modulus > 1
      ? { ...operation, modulus: operation.modulus - 1 }
      : undefined;
  });
  return change(operations);
};

const nat: ReadonlySet<string> = new Set(['nat', 'masq', 'redir']);
const isNat = (operations: readonly Operation[]): boolean =>
  operations.some(({ kind }) => nat.has(kind));

/** Constants of NAT are loaded before it. */
const natConstant =
  (length: number): RuleMutator =>
  (operations) => {
    if (!isNat(operations)) return undefined;
    const change = changingFirst((operation) => {
      if (operation.kind !== 'immediate' || !(operation.data instanceof Uint8Array))
        return undefined;
      if (operation.data.length !== length) return undefined;
      const last = length - 1;
      const data = withByte(operation.data, last, (operation.data[last] ?? 0) + 1);
      return { ...operation, data };
    });
    return change(operations);
  };

const readsState = (operation: Operation): boolean =>
  operation.kind === 'ct' && operation.key === 'state';

/** The first of the mutators that can. */
const either =
  (...mutators: readonly RuleMutator[]): RuleMutator =>
  (operations) => {
    for (const mutate of mutators) {
      const changed = mutate(operations);
      if (changed !== undefined) return changed;
    }
    return undefined;
  };

const accepts = (operations: readonly Operation[]): boolean =>
  operations.some((one) => verdictOf(one)?.kind === 'accept');

export const ruleMutators = {
  'drop-jump': removed((operations) => operations.some(isJump)),
  'remove-established-accept': removed(
    (operations) =>
      accepts(operations) &&
      operations.some((one) => readsState(one) || xtMutators.readsState(one)),
  ),
  'remove-rule': removed((operations) =>
    operations.some((one) => verdictOf(one) !== undefined && !isJump(one)),
  ),
  'remove-nat': removed((operations) => isNat(operations) || operations.some(xtMutators.isNat)),
  'flip-verdict': changingFirst(flipVerdict),
  'negate-match': either(changingFirst(negate), changingFirst(xtMutators.negate)),
  'loosen-mask': changingFirst(loosenMask),
  'flip-mark': either(changingFirst(flipMark), changingFirst(xtMutators.flipMark)),
  'widen-prefix': widenPrefix,
  'port-off-by-one': either(offByOne(2), changingFirst(xtMutators.shiftPort)),
  'address-off-by-one': offByOne(4),
  'change-probability': either(changeProbability, changingFirst(xtMutators.changeProbability)),
  'nat-address-off-by-one': either(natConstant(4), changingFirst(xtMutators.shiftNatAddress)),
  'nat-port-off-by-one': either(natConstant(2), changingFirst(xtMutators.shiftNatPort)),
} as const satisfies Record<string, RuleMutator>;

export type RuleMutationKind = keyof typeof ruleMutators;

/** These change only what a rule does once it matches. */
export const effectKinds: ReadonlySet<string> = new Set<RuleMutationKind>([
  'drop-jump',
  'remove-established-accept',
  'remove-rule',
  'remove-nat',
  'flip-verdict',
  'flip-mark',
  'nat-address-off-by-one',
  'nat-port-off-by-one',
]);
