/**
 * Which rules no packet can come to, whatever it is: a walk over the chains that keeps what is known of the mark.
 *
 * It errs on one side only: what it calls dead is dead; of the rest it says nothing.
 */

import type { Operation, Verdict } from '../../model/operations.ts';
import type { Program, ProgramChain, ProgramSet, ProgramTable } from '../../model/program.ts';
import { toBigInt } from './condition.ts';
import {
  eitherMark,
  isMark,
  type KnownMark,
  refinedMark,
  unknownMark,
  writtenMark,
} from './known-mark.ts';
import { registerOffset } from './register-origins.ts';

export interface RuleReach {
  /** Rules that may be evaluated: `ip filter input#3`. */
  readonly evaluated: ReadonlySet<string>;
  /** Rules that may match. */
  readonly matched: ReadonlySet<string>;
}

export const ruleName = (table: ProgramTable, chain: string, index: number): string =>
  `${table.family} ${table.name} ${chain}#${index}`;

type Maybe = KnownMark | undefined;

const join = (one: Maybe, other: Maybe): Maybe =>
  one === undefined || other === undefined ? (one ?? other) : eitherMark(one, other);

/** A register that holds (mark & mask) ^ xor, or a constant (mask 0). */
interface MarkRegister {
  readonly mask: number;
  readonly xor: number;
}

/** A rule on its way: the mark, what the registers hold of it, and what is known where it stopped. */
interface RuleWalk {
  mark: KnownMark;
  /** Undefined: it cannot have stopped so far. */
  missed: Maybe;
  verdicts: readonly Verdict[];
  /** The rule decides about the packet without a verdict in the model. */
  ends: boolean;
  readonly registers: Map<number, MarkRegister>;
}

const numberOf = (bytes: Uint8Array): number => Number(toBigInt(bytes.slice(0, 4), true));

/** A test of the mark; false: the rule cannot go on. */
function testMark(walk: RuleWalk, mask: number, value: number, isEqual: boolean): boolean {
  const result = isMark(walk.mark, mask, value);
  if (result !== undefined) {
    if (result === isEqual) return true;
    walk.missed = join(walk.missed, walk.mark);
    return false;
  }
  walk.missed = join(walk.missed, refinedMark(walk.mark, mask, value, !isEqual));
  walk.mark = refinedMark(walk.mark, mask, value, isEqual);
  return true;
}

const passive: ReadonlySet<string> = new Set(['counter', 'log', 'comment', 'track']);
const ending: ReadonlySet<string> = new Set(['nat', 'masq', 'redir', 'reject', 'queue']);
const endingTargets: ReadonlySet<string> = new Set([
  'REJECT',
  'DNAT',
  'SNAT',
  'MASQUERADE',
  'REDIRECT',
  'NETMAP',
]);

function mayStop(walk: RuleWalk): true {
  walk.missed = join(walk.missed, walk.mark);
  return true;
}

function walkTarget(
  walk: RuleWalk,
  target: Extract<Operation, { readonly kind: 'target' }>['target'],
): true {
  const { name, options } = target;
  if (options?.kind === 'MARK') {
    walk.mark = writtenMark(walk.mark, options.mask >>> 0, options.value >>> 0);
  } else if (endingTargets.has(name)) walk.ends = true;
  else walk.mark = unknownMark;
  return true;
}

function walkMatch(
  walk: RuleWalk,
  { options, name }: Extract<Operation, { readonly kind: 'match' }>['match'],
): boolean {
  if (name === 'comment') return true;
  if (options?.kind === 'mark')
    return testMark(walk, options.mask >>> 0, options.value >>> 0, !options.inverted);
  return mayStop(walk);
}

/** False: the rule never goes on behind this operation. */
function walkOperation(walk: RuleWalk, operation: Operation, { sets }: TableParts): boolean {
  const { registers } = walk;
  switch (operation.kind) {
    case 'match':
      return walkMatch(walk, operation.match);
    case 'target':
      return walkTarget(walk, operation.target);
    case 'meta':
      registers.clear();
      if (operation.key !== 'mark') return mayStop(walk);
      registers.set(registerOffset(operation.destination), { mask: 0xffffffff, xor: 0 });
      return true;
    case 'bitwise': {
      const source = registers.get(registerOffset(operation.source));
      registers.clear();
      if (source === undefined || operation.operator !== 'mask-xor') return mayStop(walk);
      const [mask, xor] = [numberOf(operation.mask), numberOf(operation.xor)];
      registers.set(registerOffset(operation.destination), {
        mask: (source.mask & mask) >>> 0,
        xor: ((source.xor & mask) ^ xor) >>> 0,
      });
      return true;
    }
    case 'immediate':
      if (!(operation.data instanceof Uint8Array)) walk.verdicts = [operation.data];
      else {
        registers.clear();
        const constant = { mask: 0, xor: numberOf(operation.data) };
        if (operation.data.length === 4)
          registers.set(registerOffset(operation.destination), constant);
      }
      return true;
    case 'cmp': {
      const source = registers.get(registerOffset(operation.source));
      const { operator } = operation;
      if (source === undefined || (operator !== 'eq' && operator !== 'neq')) return mayStop(walk);
      const value = (numberOf(operation.data) ^ source.xor) >>> 0;
      return testMark(walk, source.mask, value, operator === 'eq');
    }
    case 'meta-set': {
      if (operation.key !== 'mark') return true;
      const source = registers.get(registerOffset(operation.source));
      walk.mark = source ? writtenMark(walk.mark, ~source.mask, source.xor) : unknownMark;
      return true;
    }
    case 'lookup': {
      const set = sets.get(operation.set);
      registers.clear();
      mayStop(walk);
      if (operation.destination === undefined || set?.map?.kind !== 'verdict') return true;
      walk.verdicts = set.elements.flatMap(({ data }) =>
        data !== undefined && 'kind' in data ? [data] : [],
      );
      return true;
    }
    default:
      if (ending.has(operation.kind)) walk.ends = true;
      else if (!passive.has(operation.kind)) mayStop(walk);
      if ('destination' in operation) registers.clear();
      return true;
  }
}

interface TableParts {
  readonly table: ProgramTable;
  readonly chains: ReadonlyMap<string, ProgramChain>;
  readonly sets: ReadonlyMap<string, ProgramSet>;
}

interface Search {
  readonly evaluated: Set<string>;
  readonly matched: Set<string>;
  /** What is known behind a chain, by the chain and what was known before it. */
  readonly known: Map<string, Maybe>;
}

/** Deeper jumps than the kernel allows do not happen. */
const jumpLimit = 16;

function afterVerdict(
  search: Search,
  parts: TableParts,
  verdict: Verdict | undefined,
  mark: KnownMark,
  depth: number,
): { readonly next?: Maybe; readonly back?: Maybe } {
  switch (verdict?.kind) {
    case undefined:
    case 'continue':
    case 'break':
      return { next: mark };
    case 'return':
      return { back: mark };
    case 'jump':
      return { next: walkChain(search, parts, verdict.chain, mark, depth + 1) };
    case 'goto':
      return { back: walkChain(search, parts, verdict.chain, mark, depth + 1) };
    default:
      return {};
  }
}

/** What is known when a packet comes back from the chain; undefined: none does. */
function walkChain(
  search: Search,
  parts: TableParts,
  name: string,
  entry: KnownMark,
  depth: number,
): Maybe {
  const { table } = parts;
  const chain = parts.chains.get(name);
  if (chain === undefined || depth > jumpLimit) return unknownMark;
  const key = `${table.family} ${table.name} ${name} ${entry.mask} ${entry.value}`;
  if (search.known.has(key)) return search.known.get(key);
  let back: Maybe;
  let here: Maybe = entry;
  for (const [index, { operations }] of chain.rules.entries()) {
    if (here === undefined) break;
    const rule = ruleName(table, name, index);
    search.evaluated.add(rule);
    const walk: RuleWalk = {
      mark: here,
      missed: undefined,
      verdicts: [],
      ends: false,
      registers: new Map(),
    };
    const isThrough = operations.every((operation) => walkOperation(walk, operation, parts));
    here = walk.missed;
    if (!isThrough) continue;
    search.matched.add(rule);
    if (walk.ends) continue;
    const verdicts = walk.verdicts.length === 0 ? [undefined] : walk.verdicts;
    for (const verdict of verdicts) {
      const after = afterVerdict(search, parts, verdict, walk.mark, depth);
      here = join(here, after.next);
      back = join(back, after.back);
    }
  }
  const result = join(back, here);
  search.known.set(key, result);
  return result;
}

export function ruleReach(program: Program): RuleReach {
  const search: Search = { evaluated: new Set(), matched: new Set(), known: new Map() };
  for (const table of program.tables) {
    const parts: TableParts = {
      table,
      chains: new Map(table.chains.map((chain) => [chain.name, chain])),
      sets: new Map(table.sets.map((set) => [set.name, set])),
    };
    for (const { base, name } of table.chains) {
      if (base !== undefined) walkChain(search, parts, name, unknownMark, 0);
    }
  }
  return search;
}
