/** Systematic mutations of a program: what goes wrong when rules are edited by hand or by a generator with a bug. */

import type { Operation } from '../model/operations.ts';
import type { Program, ProgramChain, ProgramRule, ProgramTable } from '../model/program.ts';

export interface Mutation {
  /** Kebab-case. */
  readonly kind: MutationKind;
  /** `ip filter cali-INPUT#3`. */
  readonly place: string;
  readonly program: Program;
}

/** The operations of a rule as they are after the mistake; undefined: it cannot happen to this rule. */
type RuleMutator = (
  operations: readonly Operation[],
  rule: ProgramRule,
) => readonly Operation[] | undefined;

function replaceFirst(
  operations: readonly Operation[],
  change: (operation: Operation) => Operation | undefined,
): readonly Operation[] | undefined {
  for (const [index, operation] of operations.entries()) {
    const changed = change(operation);
    if (changed !== undefined) return operations.with(index, changed);
  }
  return undefined;
}

function withByte(bytes: Uint8Array, at: number, value: number): Uint8Array {
  const copy = Uint8Array.from(bytes);
  copy[at] = value & 255;
  return copy;
}

const verdictOf = (operation: Operation) =>
  operation.kind === 'immediate' && !(operation.data instanceof Uint8Array)
    ? operation.data
    : undefined;

function flipVerdict(operation: Operation): Operation | undefined {
  const verdict = verdictOf(operation);
  if (operation.kind !== 'immediate') return undefined;
  if (verdict?.kind === 'accept') return { ...operation, data: { kind: 'drop' } };
  return verdict?.kind === 'drop' ? { ...operation, data: { kind: 'accept' } } : undefined;
}

const isJump = (operation: Operation) => {
  const kind = verdictOf(operation)?.kind;
  return kind === 'jump' || kind === 'goto';
};

function negate(operation: Operation): Operation | undefined {
  if (operation.kind === 'cmp' && operation.operator === 'eq')
    return { ...operation, operator: 'neq' };
  if (operation.kind === 'cmp' && operation.operator === 'neq')
    return { ...operation, operator: 'eq' };
  return operation.kind === 'lookup' && operation.destination === undefined
    ? { ...operation, inverted: !operation.inverted }
    : undefined;
}

/** The last bit that a mask keeps, dropped: a prefix one shorter, or a mark mask with one flag less. */
function loosenMask(operation: Operation): Operation | undefined {
  if (operation.kind !== 'bitwise' || operation.operator !== 'mask-xor') return undefined;
  if (operation.xor.some((byte) => byte !== 0)) return undefined;
  const at = operation.mask.findLastIndex((byte) => byte !== 0);
  const byte = operation.mask[at] ?? 0;
  return at < 0
    ? undefined
    : { ...operation, mask: withByte(operation.mask, at, byte & (byte - 1)) };
}

/** What a rule sets in the mark. */
function flipMark(operation: Operation): Operation | undefined {
  if (operation.kind !== 'bitwise' || operation.operator !== 'mask-xor') return undefined;
  const at = operation.xor.findIndex((byte) => byte !== 0);
  return at < 0
    ? undefined
    : { ...operation, xor: withByte(operation.xor, at, (operation.xor[at] ?? 0) << 1 || 1) };
}

/** A port or protocol constant off by one. */
function offByOne(length: number): (operation: Operation) => Operation | undefined {
  return (operation) => {
    if (operation.kind !== 'cmp' || operation.data.length !== length) return undefined;
    const last = length - 1;
    return { ...operation, data: withByte(operation.data, last, (operation.data[last] ?? 0) + 1) };
  };
}

/** A random share: the constant that a random number is compared with. */
function halveProbability(operations: readonly Operation[]): readonly Operation[] | undefined {
  const random = operations.some(
    (operation) => operation.kind === 'meta' && operation.key === 'random',
  );
  if (random) {
    return replaceFirst(operations, (operation) =>
      operation.kind === 'cmp' && operation.data.length === 4
        ? { ...operation, data: withByte(operation.data, 0, (operation.data[0] ?? 0) >> 1) }
        : undefined,
    );
  }
  return replaceFirst(operations, (operation) =>
    operation.kind === 'numgen' && operation.modulus > 1
      ? { ...operation, modulus: operation.modulus - 1 }
      : undefined,
  );
}

const changesNat = (
  operations: readonly Operation[],
  length: number,
): readonly Operation[] | undefined => {
  if (!operations.some(({ kind }) => kind === 'nat')) return undefined;
  return replaceFirst(operations, (operation) => {
    if (operation.kind !== 'immediate' || !(operation.data instanceof Uint8Array)) return undefined;
    if (operation.data.length !== length) return undefined;
    const last = length - 1;
    return { ...operation, data: withByte(operation.data, last, (operation.data[last] ?? 0) + 1) };
  });
};

const readsState = (operations: readonly Operation[]) =>
  operations.some((operation) => operation.kind === 'ct' && operation.key === 'state');

const one =
  (change: (operation: Operation) => Operation | undefined): RuleMutator =>
  (operations) =>
    replaceFirst(operations, change);

/** Empty operations: the rule is gone. */
const gone: readonly Operation[] = [];

const mutators = {
  'remove-established-accept': (operations) =>
    readsState(operations) && operations.some((one) => verdictOf(one)?.kind === 'accept')
      ? gone
      : undefined,
  'drop-jump': (operations) => (operations.some(isJump) ? gone : undefined),
  'remove-rule': (operations) =>
    operations.some((one) => verdictOf(one) !== undefined && !isJump(one)) ? gone : undefined,
  'flip-verdict': one(flipVerdict),
  'negate-match': one(negate),
  'loosen-mask': one(loosenMask),
  'flip-mark': one(flipMark),
  'port-off-by-one': one(offByOne(2)),
  'address-off-by-one': one(offByOne(4)),
  'change-probability': halveProbability,
  'nat-address-off-by-one': (operations) => changesNat(operations, 4),
  'nat-port-off-by-one': (operations) => changesNat(operations, 2),
} as const satisfies Record<string, RuleMutator>;

export type MutationKind = keyof typeof mutators | 'swap-rules' | 'flip-policy';

function replaceChain(
  program: Program,
  table: ProgramTable,
  chain: ProgramChain,
  changed: ProgramChain,
): Program {
  const chains = table.chains.map((one) => (one === chain ? changed : one));
  return { tables: program.tables.map((one) => (one === table ? { ...table, chains } : one)) };
}

function* ruleMutations(
  program: Program,
  table: ProgramTable,
  chain: ProgramChain,
): Generator<Mutation> {
  const place = `${table.family} ${table.name} ${chain.name}`;
  for (const [index, rule] of chain.rules.entries()) {
    for (const [kind, mutate] of Object.entries(mutators)) {
      const operations = mutate(rule.operations, rule);
      const known = mutationKinds.find((name) => name === kind);
      if (operations === undefined || known === undefined) continue;
      const rules =
        operations === gone
          ? chain.rules.toSpliced(index, 1)
          : chain.rules.with(index, { ...rule, operations });
      yield {
        kind: known,
        place: `${place}#${index}`,
        program: replaceChain(program, table, chain, { ...chain, rules }),
      };
    }
    const after = chain.rules[index + 1];
    if (after === undefined) continue;
    const rules = chain.rules.with(index, after).with(index + 1, rule);
    yield {
      kind: 'swap-rules',
      place: `${place}#${index}`,
      program: replaceChain(program, table, chain, { ...chain, rules }),
    };
  }
}

const mutationKinds: readonly MutationKind[] = [
  'remove-established-accept',
  'drop-jump',
  'remove-rule',
  'flip-verdict',
  'negate-match',
  'loosen-mask',
  'flip-mark',
  'port-off-by-one',
  'address-off-by-one',
  'change-probability',
  'nat-address-off-by-one',
  'nat-port-off-by-one',
  'swap-rules',
  'flip-policy',
];

/** Every mutation of every rule, in the order of the rules; made when asked for. */
export function* mutations(program: Program): Generator<Mutation> {
  for (const table of program.tables) {
    for (const chain of table.chains) {
      if (chain.base !== undefined) {
        const policy = chain.base.policy === 'accept' ? 'drop' : 'accept';
        const changed = { ...chain, base: { ...chain.base, policy } as const };
        const place = `${table.family} ${table.name} ${chain.name}`;
        yield { kind: 'flip-policy', place, program: replaceChain(program, table, chain, changed) };
      }
      yield* ruleMutations(program, table, chain);
    }
  }
}

/** `count` of them: the kinds in turn, within a kind spread evenly over the rules. */
export function pickMutations(
  program: Program,
  count: number,
  accepts: (mutation: Mutation) => boolean = () => true,
): readonly Mutation[] {
  const byKind = new Map<MutationKind, Mutation[]>();
  for (const mutation of mutations(program)) {
    if (!accepts(mutation)) continue;
    const list = byKind.get(mutation.kind) ?? [];
    byKind.set(mutation.kind, list);
    list.push(mutation);
  }
  const groups = [...byKind.values()];
  const rounds = Math.ceil(count / Math.max(1, groups.length));
  const picked: Mutation[] = [];
  for (let round = 0; round < rounds; round += 1) {
    for (const group of groups) {
      const mutation = group[Math.floor((round * group.length) / rounds)];
      if (mutation !== undefined && picked.length < count && !picked.includes(mutation))
        picked.push(mutation);
    }
  }
  return picked;
}
