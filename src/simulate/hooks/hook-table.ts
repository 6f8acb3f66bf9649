/** What runs at each hook, in order: base chains and the kernel's own functions (struct nf_hook_entries). */

import type { HookFunction } from '../../host/hook-order.ts';
import type { HookName, Program, ProgramTable } from '../../model/program.ts';
import type { HookFamily } from '../rules/evaluation.ts';
import type { PreparedChain } from '../rules/prepared-chain.ts';
import {
  findTies,
  type HookPlace,
  type HookSegment,
  isListed,
  listedPlace,
  type TieMember,
} from './hook-ties.ts';
import { neededTracking, type TrackingNeeds } from './tracking-needs.ts';

export type HookEntry =
  | { readonly kind: 'chain'; readonly chain: PreparedChain }
  | { readonly kind: 'defragment' | 'track' | 'confirm' | 'bridge-netfilter' }
  /** The NAT core with its chains in order of their own priorities. */
  | { readonly kind: 'nat'; readonly chains: readonly PreparedChain[] };

export interface HookTable {
  /** By `family hook` or, for netdev, `netdev hook device`. */
  readonly entries: ReadonlyMap<string, readonly HookEntry[]>;
  /** The same by the number of family and hook; netdev hooks by device. */
  readonly numbered: readonly (readonly HookEntry[] | undefined)[];
  readonly ofDevices: readonly (ReadonlyMap<string, readonly HookEntry[]> | undefined)[];
  /** Hooks at which the order of some entries is not known, in pieces; usually empty. */
  readonly ties: ReadonlyMap<string, readonly HookSegment[]>;
}

interface Registration extends TieMember {
  readonly order: number;
}

export interface HookTableOptions {
  readonly bridgeNetfilter: boolean;
  /** `unknown`: the program is a listing, which does not tell the order of registration across tables. */
  readonly hookOrder: 'loading' | 'unknown';
  /** `nft list hooks`: settles what it shows. */
  readonly listed: readonly HookFunction[] | undefined;
}

/** NF_IP_PRI_*, include/uapi/linux/netfilter_ipv4.h. */
const priorities = {
  defragment: -400,
  track: -200,
  natDestination: -100,
  natSource: 100,
  confirm: 2147483647,
} as const;

const natHooks = ['prerouting', 'output', 'input', 'postrouting'] as const;
type NatHook = (typeof natHooks)[number];

function isNatHook(hook: HookName): hook is NatHook {
  return hook === 'prerouting' || hook === 'output' || hook === 'input' || hook === 'postrouting';
}

interface Builder {
  readonly registrations: Map<string, Registration[]>;
  /** NAT chains by family and hook. */
  readonly natChains: Map<string, Registration[]>;
  readonly tracked: Set<HookFamily>;
  readonly defragmented: Set<HookFamily>;
  readonly natted: Set<HookFamily>;
  readonly listed: readonly HookFunction[] | undefined;
  order: number;
}

/** The key of a hook's list. */
export function hookKey(family: HookFamily, hook: HookName, device?: string): string {
  return device === undefined ? `${family} ${hook}` : `${family} ${hook} ${device}`;
}

/** Registers everything in the order of loading: of equal priorities the later one runs first. */
export function buildHookTable(
  program: Program,
  chainsOf: (table: ProgramTable) => readonly PreparedChain[],
  options: HookTableOptions,
): HookTable {
  const builder: Builder = {
    registrations: new Map(),
    natChains: new Map(),
    tracked: new Set(),
    defragmented: new Set(),
    natted: new Set(),
    listed: options.listed,
    order: 0,
  };
  if (options.bridgeNetfilter) registerBridgeNetfilter(builder);
  for (const table of program.tables) {
    if (table.dormant) continue;
    for (const chain of chainsOf(table)) registerChain(builder, chain);
    registerTracking(builder, table, neededTracking(table));
  }
  finishNat(builder);
  const ties = options.hookOrder === 'unknown' ? tiesOf(builder) : new Map();
  const entries = sortedEntries(builder.registrations);
  return { entries, ties, ...numberedEntries(entries) };
}

const families: readonly HookFamily[] = ['ip', 'ip6', 'arp', 'bridge', 'netdev'];
const hooks: readonly HookName[] = [
  'ingress',
  'prerouting',
  'input',
  'forward',
  'output',
  'postrouting',
  'egress',
];

/** Comparing the few words is faster than looking them up. */
function hookNumber(family: HookFamily, hook: HookName): number {
  switch (family) {
    case 'ip':
      return numberIn(hook);
    case 'ip6':
      return 8 + numberIn(hook);
    case 'arp':
      return 16 + numberIn(hook);
    case 'bridge':
      return 24 + numberIn(hook);
    case 'netdev':
      return 32 + numberIn(hook);
  }
}

function numberIn(hook: HookName): number {
  switch (hook) {
    case 'prerouting':
      return 0;
    case 'forward':
      return 1;
    case 'postrouting':
      return 2;
    case 'ingress':
      return 3;
    case 'egress':
      return 4;
    case 'input':
      return 5;
    case 'output':
      return 6;
  }
}

function numberedEntries(entries: HookTable['entries']): Pick<HookTable, 'numbered' | 'ofDevices'> {
  const numbered = Array.from<readonly HookEntry[] | undefined>({ length: 40 });
  const ofDevices = Array.from<Map<string, readonly HookEntry[]> | undefined>({ length: 40 });
  for (const family of families)
    for (const hook of hooks) {
      const number = hookNumber(family, hook);
      numbered[number] = entries.get(hookKey(family, hook));
      const start = hookKey(family, hook, '');
      for (const [key, list] of entries) {
        if (family !== 'netdev' || !key.startsWith(start)) continue;
        const known = ofDevices[number] ?? new Map<string, readonly HookEntry[]>();
        ofDevices[number] = known.set(key.slice(start.length), list);
      }
    }
  return { numbered, ofDevices };
}

/** What runs at the hook, if it does not depend on ties. */
export function entriesOf(
  { numbered, ofDevices }: HookTable,
  family: HookFamily,
  hook: HookName,
  device: string | undefined,
): readonly HookEntry[] | undefined {
  const number = hookNumber(family, hook);
  return device === undefined ? numbered[number] : ofDevices[number]?.get(device);
}

function familiesOf(table: ProgramTable): readonly HookFamily[] {
  return table.family === 'inet' ? ['ip', 'ip6'] : [table.family];
}

function registerChain(builder: Builder, chain: PreparedChain): void {
  const { base } = chain.chain;
  if (base === undefined) return;
  const entry: HookEntry = { kind: 'chain', chain };
  const order = builder.order++;
  const registration = { priority: base.priority, order, entry, owner: chain.table };
  if (chain.table.family === 'netdev' || base.hook === 'ingress' || base.hook === 'egress') {
    for (const device of base.devices)
      add(builder, { family: 'netdev', hook: base.hook, device }, registration);
    return;
  }
  for (const family of familiesOf(chain.table)) {
    if (base.type === 'nat') registerNat(builder, family, chain, order);
    else add(builder, { family, hook: base.hook }, registration);
  }
}

function add(builder: Builder, place: HookPlace, registration: Registration): void {
  const key = hookKey(place.family, place.hook, place.device);
  const listed = listedPlace(builder.listed, place, registration);
  const placed = listed === undefined ? registration : { ...registration, listed };
  const list = builder.registrations.get(key);
  if (list === undefined) builder.registrations.set(key, [placed]);
  else list.push(placed);
}

/** nf_nat_register_fn(): the core hooks of all four hooks come with the first NAT chain of the family. */
function registerNat(
  builder: Builder,
  family: HookFamily,
  chain: PreparedChain,
  order: number,
): void {
  const { base } = chain.chain;
  if (base === undefined || !isNatHook(base.hook)) return;
  if (!builder.natted.has(family)) {
    builder.natted.add(family);
    for (const hook of natHooks) {
      const chains: PreparedChain[] = [];
      const destination = hook === 'prerouting' || hook === 'output';
      const priority = destination ? priorities.natDestination : priorities.natSource;
      builder.natChains.set(hookKey(family, hook), []);
      const entry: HookEntry = { kind: 'nat', chains };
      add(builder, { family, hook }, { priority, order, entry, owner: chain.table });
    }
  }
  const place = { family, hook: base.hook };
  const entry: HookEntry = { kind: 'chain', chain };
  const registration = { priority: base.priority, order, entry, owner: chain.table };
  const listed = listedPlace(builder.listed, place, registration);
  builder.natChains
    .get(hookKey(family, base.hook))
    ?.push(listed === undefined ? registration : { ...registration, listed });
}

/** The NAT chains of each hook in the order in which they are consulted. */
function finishNat(builder: Builder): void {
  for (const [key, chains] of builder.natChains) {
    const sorted = inOrder(chains).flatMap(({ entry }) =>
      entry.kind === 'chain' ? [entry.chain] : [],
    );
    const list = builder.registrations.get(key) ?? [];
    builder.registrations.set(
      key,
      list.map((registration) =>
        registration.entry.kind === 'nat'
          ? { ...registration, entry: { kind: 'nat', chains: sorted } }
          : registration,
      ),
    );
  }
}

/** nf_ct_netns_get(), nf_defrag_ipv4_enable(): when the first rule needs them. */
function registerTracking(builder: Builder, table: ProgramTable, needs: TrackingNeeds): void {
  for (const family of familiesOf(table)) {
    if (family !== 'ip' && family !== 'ip6') continue;
    const track = needs.track === true || needs.track === family;
    if (track || needs.defragment) registerDefragment(builder, family, table);
    if (track) registerTrack(builder, family, table);
  }
}

function registerDefragment(builder: Builder, family: HookFamily, owner: ProgramTable): void {
  if (builder.defragmented.has(family)) return;
  builder.defragmented.add(family);
  const order = builder.order++;
  const entry: HookEntry = { kind: 'defragment' };
  for (const hook of ['prerouting', 'output'] as const)
    add(builder, { family, hook }, { priority: priorities.defragment, order, entry, owner });
}

function registerTrack(builder: Builder, family: HookFamily, owner: ProgramTable): void {
  if (builder.tracked.has(family)) return;
  builder.tracked.add(family);
  const order = builder.order++;
  const track: HookEntry = { kind: 'track' };
  for (const hook of ['prerouting', 'output'] as const)
    add(builder, { family, hook }, { priority: priorities.track, order, entry: track, owner });
  const confirm: HookEntry = { kind: 'confirm' };
  for (const hook of ['input', 'postrouting'] as const)
    add(builder, { family, hook }, { priority: priorities.confirm, order, entry: confirm, owner });
}

/** br_nf_ops[], net/bridge/br_netfilter_hooks.c; registered with the first bridge, before any ruleset. */
function registerBridgeNetfilter(builder: Builder): void {
  const entry: HookEntry = { kind: 'bridge-netfilter' };
  const places = [
    ['prerouting', 0],
    ['forward', 0],
    ['postrouting', priorities.confirm],
  ] as const;
  for (const [hook, priority] of places)
    add(builder, { family: 'bridge', hook }, { priority, order: -1, entry });
}

/** By priority; of equal ones as `nft list hooks` shows them, else the one registered last first. */
function inOrder(list: readonly Registration[]): readonly Registration[] {
  const sorted = [...list].sort((a, b) => a.priority - b.priority || b.order - a.order);
  const known = new Set<number>();
  for (const { priority } of sorted)
    if (isListed(sorted.filter((each) => each.priority === priority))) known.add(priority);
  if (known.size === 0) return sorted;
  return sorted.sort(
    (a, b) =>
      a.priority - b.priority ||
      (known.has(a.priority) ? (a.listed ?? 0) - (b.listed ?? 0) : b.order - a.order),
  );
}

function tiesOf(builder: Builder): ReadonlyMap<string, readonly HookSegment[]> {
  const ties = new Map<string, readonly HookSegment[]>();
  for (const [key, list] of builder.registrations) {
    const natTies = findTies(`${key} nat`, inOrder(builder.natChains.get(key) ?? []));
    const found = findTies(key, inOrder(list));
    if (found === undefined && natTies === undefined) continue;
    const whole = found ?? [{ kind: 'entries', entries: inOrder(list).map(({ entry }) => entry) }];
    ties.set(key, natTies === undefined ? whole : withNatTies(whole, natTies));
  }
  return ties;
}

function withNatTies(
  segments: readonly HookSegment[],
  natTies: readonly HookSegment[],
): readonly HookSegment[] {
  return segments.flatMap((segment): readonly HookSegment[] => {
    if (segment.kind !== 'entries') return [segment];
    return segment.entries.map(
      (entry): HookSegment =>
        entry.kind === 'nat'
          ? { kind: 'nat', segments: natTies }
          : { kind: 'entries', entries: [entry] },
    );
  });
}

function sortedEntries(
  registrations: ReadonlyMap<string, readonly Registration[]>,
): ReadonlyMap<string, readonly HookEntry[]> {
  const entries = new Map<string, readonly HookEntry[]>();
  for (const [key, list] of registrations)
    entries.set(
      key,
      inOrder(list).map(({ entry }) => entry),
    );
  return entries;
}
