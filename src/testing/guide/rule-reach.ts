/**
 * Which rules no packet can come to, whatever it is: a walk over the chains, hook after hook, that keeps what is known
 * of the mark. A packet comes in, and a process sends, with any mark.
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
  /** Rules that may be evaluated and not match. */
  readonly missed: ReadonlySet<string>;
  /** Base chains of which the policy may decide: `ip filter input`. */
  readonly ends: ReadonlySet<string>;
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

/** Targets that leave the mark alone. */
const markless: ReadonlySet<string> = new Set([
  'AUDIT',
  'CHECKSUM',
  'CLASSIFY',
  'CT',
  'DSCP',
  'HL',
  'LOG',
  'NFLOG',
  'NOTRACK',
  'TCPMSS',
  'TOS',
  'TRACE',
  'TTL',
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
  else if (!markless.has(name)) walk.mark = unknownMark;
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
  readonly missed: Set<string>;
  readonly ends: Set<string>;
  /** What is known behind a chain, by the chain and what was known before it. */
  readonly known: Map<string, Walked>;
}

/** What is known of packets that come back from a chain, and of those that are accepted in it; undefined: none. */
interface Walked {
  readonly back: Maybe;
  readonly accepted: Maybe;
}

/** Deeper jumps than the kernel allows do not happen. */
const jumpLimit = 16;

interface AfterVerdict {
  readonly next?: Maybe;
  readonly back?: Maybe;
  readonly accepted?: Maybe;
}

function afterVerdict(
  search: Search,
  parts: TableParts,
  verdict: Verdict | undefined,
  mark: KnownMark,
  depth: number,
): AfterVerdict {
  switch (verdict?.kind) {
    case undefined:
    case 'continue':
    case 'break':
      return { next: mark };
    case 'return':
      return { back: mark };
    case 'accept':
      return { accepted: mark };
    case 'jump': {
      const { back, accepted } = walkChain(search, parts, verdict.chain, mark, depth + 1);
      return { next: back, accepted };
    }
    case 'goto':
      return walkChain(search, parts, verdict.chain, mark, depth + 1);
    default:
      return {};
  }
}

function walkChain(
  search: Search,
  parts: TableParts,
  name: string,
  entry: KnownMark,
  depth: number,
): Walked {
  const { table } = parts;
  const chain = parts.chains.get(name);
  if (chain === undefined || depth > jumpLimit) return { back: unknownMark, accepted: unknownMark };
  const key = `${table.family} ${table.name} ${name} ${entry.mask} ${entry.value}`;
  const known = search.known.get(key);
  if (known !== undefined) return known;
  let back: Maybe;
  let accepted: Maybe;
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
    if (here !== undefined) search.missed.add(rule);
    if (!isThrough) continue;
    search.matched.add(rule);
    if (walk.ends) {
      accepted = join(accepted, walk.mark);
      continue;
    }
    const verdicts = walk.verdicts.length === 0 ? [undefined] : walk.verdicts;
    for (const verdict of verdicts) {
      const after = afterVerdict(search, parts, verdict, walk.mark, depth);
      here = join(here, after.next);
      back = join(back, after.back);
      accepted = join(accepted, after.accepted);
    }
  }
  const result: Walked = { back: join(back, here), accepted };
  search.known.set(key, result);
  return result;
}

interface BaseChain {
  readonly parts: TableParts;
  readonly chain: ProgramChain;
  readonly priority: number;
}

/** Through the chains of one hook; those of equal priority in any order. Undefined: no packet gets through. */
function walkHook(search: Search, chains: readonly BaseChain[], entry: Maybe): Maybe {
  let mark = entry;
  const priorities = [...new Set(chains.map(({ priority }) => priority))].sort((a, b) => a - b);
  for (const wanted of priorities) {
    const group = chains.filter(({ priority }) => priority === wanted);
    // Once per chain: each may come before or after each other one.
    for (let round = 0; round < group.length; round += 1) {
      let after: Maybe = group.length > 1 ? mark : undefined;
      for (const { parts, chain } of group) {
        if (mark === undefined) return undefined;
        const { back, accepted } = walkChain(search, parts, chain.name, mark, 0);
        const { table } = parts;
        if (back !== undefined) search.ends.add(`${table.family} ${table.name} ${chain.name}`);
        const passed = chain.base?.policy === 'accept' ? back : undefined;
        after = join(after, join(passed, accepted));
        // Only the first packet of a connection comes to NAT chains.
        if (chain.base?.type === 'nat') after = join(after, mark);
      }
      mark = after;
    }
  }
  return mark;
}

type Hook = NonNullable<ProgramChain['base']>['hook'];

/** Hooks in the order in which packets meet them; forwarded and sent ones meet in postrouting. */
function walkFamily(search: Search, chains: readonly BaseChain[]): void {
  const at = (hook: Hook, entry: Maybe): Maybe =>
    walkHook(
      search,
      chains.filter(({ chain }) => chain.base?.hook === hook),
      entry,
    );
  const received = at('prerouting', at('ingress', unknownMark));
  at('input', received);
  const leaving = join(at('forward', received), at('output', unknownMark));
  at('egress', at('postrouting', leaving));
}

const network: ReadonlySet<string> = new Set(['ip', 'ip6', 'inet']);

export function ruleReach(program: Program): RuleReach {
  const search: Search = {
    evaluated: new Set(),
    matched: new Set(),
    missed: new Set(),
    ends: new Set(),
    known: new Map(),
  };
  const chains = program.tables.flatMap((table): readonly BaseChain[] => {
    const parts: TableParts = {
      table,
      chains: new Map(table.chains.map((chain) => [chain.name, chain])),
      sets: new Map(table.sets.map((set) => [set.name, set])),
    };
    return table.chains.flatMap((chain) =>
      chain.base === undefined ? [] : [{ parts, chain, priority: chain.base.priority }],
    );
  });
  for (const family of ['ip', 'ip6']) {
    const own = chains.filter(({ parts }) => [family, 'inet'].includes(parts.table.family));
    walkFamily(search, own);
  }
  // Of bridges, devices and ARP each chain by itself: packets come to them in many ways.
  for (const one of chains) {
    if (!network.has(one.parts.table.family)) walkHook(search, [one], unknownMark);
  }
  return search;
}
