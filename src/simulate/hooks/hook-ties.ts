/** Base chains of equal priority: the one registered last runs first, and a listing does not tell which that is. */

import type { HookFunction } from '../../host/hook-order.ts';
import type { HookName, ProgramTable } from '../../model/program.ts';
import type { HookFamily } from '../rules/evaluation.ts';
import { choose, type Run } from '../run.ts';
import type { HookEntry } from './hook-table.ts';

/** What stands at a hook, with who put it there. */
export interface TieMember {
  readonly entry: HookEntry;
  readonly priority: number;
  /** The table that registered it; within one table a listing shows the order. Absent: the kernel's own. */
  readonly owner?: ProgramTable;
  /** Its place in `nft list hooks`. */
  readonly listed?: number;
}

/** Entries whose order nobody told: one queue for each table, the order within a queue is known. */
export interface HookTie {
  readonly key: string;
  readonly queues: readonly (readonly TieMember[])[];
}

export type HookSegment =
  | { readonly kind: 'entries'; readonly entries: readonly HookEntry[] }
  | ({ readonly kind: 'tie' } & HookTie)
  /** The NAT core, whose own chains are tied. */
  | { readonly kind: 'nat'; readonly segments: readonly HookSegment[] };

/** `ip kube-proxy nat-prerouting`, or the kernel's own function. */
export function memberLabel({ entry }: TieMember): string {
  if (entry.kind !== 'chain') return entry.kind;
  const { table, chain } = entry.chain;
  const loader = table.loader === 'iptables-legacy' ? ' (legacy)' : '';
  return `${table.family} ${table.name} ${chain.name}${loader}`;
}

/** Cuts a sorted list into parts whose order is known and ties; undefined: all of it is known. */
export function findTies(
  name: string,
  members: readonly TieMember[],
): readonly HookSegment[] | undefined {
  const segments: HookSegment[] = [];
  let tied = false;
  for (let start = 0; start < members.length; ) {
    let end = start + 1;
    while (end < members.length && members[end]?.priority === members[start]?.priority) end++;
    const group = members.slice(start, end);
    const queues = isListed(group) ? [group] : queuesOf(group);
    if (queues.length > 1) {
      tied = true;
      segments.push({ kind: 'tie', key: `${name} ${group[0]?.priority ?? 0}`, queues });
    } else segments.push({ kind: 'entries', entries: group.map(({ entry }) => entry) });
    start = end;
  }
  return tied ? segments : undefined;
}

/** `nft list hooks` shows all of them, so their order is a fact. */
export function isListed(group: readonly TieMember[]): boolean {
  return group.every(({ listed }) => listed !== undefined);
}

/** Empty chains that let everything through do not matter. */
function matters({ entry }: TieMember): boolean {
  if (entry.kind !== 'chain') return true;
  const { base, rules } = entry.chain.chain;
  return rules.length > 0 || base?.policy === 'drop';
}

function queuesOf(group: readonly TieMember[]): readonly (readonly TieMember[])[] {
  if (group.every(({ owner }) => owner === group[0]?.owner)) return [group];
  const queues = new Map<ProgramTable | undefined, TieMember[]>();
  for (const member of group) {
    if (!matters(member)) continue;
    const queue = queues.get(member.owner);
    if (queue === undefined) queues.set(member.owner, [member]);
    else queue.push(member);
  }
  if (queues.size < 2) return [group];
  const idle = group.filter((member) => !matters(member));
  const [first = [], ...others] = [...queues.values()];
  return [[...idle, ...first], ...others];
}

/** The entries in one order: the chooser says which runs first of those that are tied. */
export function settleSegments(
  run: Run,
  subject: number,
  segments: readonly HookSegment[],
): readonly HookEntry[] {
  return segments.flatMap((segment) => settleSegment(run, subject, segment));
}

function settleSegment(run: Run, subject: number, segment: HookSegment): readonly HookEntry[] {
  if (segment.kind === 'entries') return segment.entries;
  if (segment.kind === 'tie') return settleTie(run, subject, segment);
  const chains = settleSegments(run, subject, segment.segments).flatMap((entry) =>
    entry.kind === 'chain' ? [entry.chain] : [],
  );
  return [{ kind: 'nat', chains }];
}

function settleTie(run: Run, subject: number, { key, queues }: HookTie): readonly HookEntry[] {
  const rest = queues.map((queue) => [...queue]);
  const entries: HookEntry[] = [];
  for (let place = 1; ; place++) {
    const heads = rest.filter((queue) => queue.length > 0);
    if (heads.length === 0) return entries;
    const suffix = place === 1 ? '' : ` place ${place}`;
    const options = heads.map(([head]) => ({ label: head === undefined ? '' : memberLabel(head) }));
    const taken =
      heads.length === 1
        ? 0
        : choose(run, subject, {
            reason: 'hook-order',
            key: `hook-order ${key}${suffix}`,
            options,
          });
    const next = heads[taken]?.shift();
    if (next !== undefined) entries.push(next.entry);
  }
}

export interface HookPlace {
  readonly family: HookFamily;
  readonly hook: HookName;
  readonly device?: string;
}

/** Where `nft list hooks` shows the entry among those of its hook; undefined when it does not. */
export function listedPlace(
  facts: readonly HookFunction[] | undefined,
  place: HookPlace,
  { entry, priority }: TieMember,
): number | undefined {
  if (facts === undefined) return undefined;
  const { family, hook, device } = place;
  const isIp = family === 'ip' || family === 'ip6';
  const found = facts.findIndex(
    (fact) =>
      (fact.family === family || (isIp && fact.family === 'inet')) &&
      fact.hook === hook &&
      fact.device === device &&
      fact.priority === priority &&
      isSame(fact, entry),
  );
  return found < 0 ? undefined : found;
}

const kernelFunctions = {
  defragment: /defrag/,
  track: /conntrack_(in|local)$/,
  confirm: /confirm/,
  nat: /nat/,
  'bridge-netfilter': /^br_nf_/,
} as const;

function isSame({ chain, functionName = '' }: HookFunction, entry: HookEntry): boolean {
  if (entry.kind !== 'chain')
    return chain === undefined && kernelFunctions[entry.kind].test(functionName);
  const { table, chain: own } = entry.chain;
  if (table.loader === 'iptables-legacy')
    return chain === undefined && /(ip6?t_do_table|ip6?table_)/.test(functionName);
  return (
    chain !== undefined &&
    chain.family === table.family &&
    chain.table === table.name &&
    chain.chain === own.name
  );
}
