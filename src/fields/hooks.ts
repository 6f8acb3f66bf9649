/** Hooks of each family, the chain types they allow, and the names of priorities (nft rule.c, kernel nft_chain_*.c). */

import type { Family } from './families.ts';

export type HookWord =
  | 'ingress'
  | 'prerouting'
  | 'input'
  | 'forward'
  | 'output'
  | 'postrouting'
  | 'egress';

const inetHooks = ['prerouting', 'input', 'forward', 'output', 'postrouting'] as const;

/** NF_INET_* (also bridge), NF_ARP_*, NF_NETDEV_* order. */
export const familyHooks: Readonly<Record<Family, readonly HookWord[]>> = {
  ip: inetHooks,
  ip6: inetHooks,
  inet: [...inetHooks, 'ingress'],
  bridge: inetHooks,
  arp: ['input', 'output'],
  netdev: ['ingress', 'egress'],
};

/** Families and hooks that a chain type may be registered at (kernel nft_chain_filter.c, _nat.c, _route.c). */
export const chainTypeHooks: Readonly<
  Record<'filter' | 'nat' | 'route', Readonly<Partial<Record<Family, readonly HookWord[]>>>>
> = {
  filter: familyHooks,
  nat: {
    ip: ['prerouting', 'input', 'output', 'postrouting'],
    ip6: ['prerouting', 'input', 'output', 'postrouting'],
    inet: ['prerouting', 'input', 'output', 'postrouting'],
  },
  route: { ip: ['output'], ip6: ['output'], inet: ['output'] },
};

export interface PriorityName {
  readonly name: string;
  readonly value: number;
  readonly families: readonly Family[];
  /** Hooks where the name is known; all of the family if absent. */
  readonly hooks?: readonly HookWord[];
}

const ipFamilies = ['ip', 'ip6', 'inet'] as const;

export const priorityNames: readonly PriorityName[] = [
  { name: 'raw', value: -300, families: ipFamilies },
  { name: 'mangle', value: -150, families: ipFamilies },
  { name: 'dstnat', value: -100, families: ipFamilies, hooks: ['prerouting', 'output'] },
  { name: 'filter', value: 0, families: ['ip', 'ip6', 'inet', 'arp', 'netdev'] },
  { name: 'security', value: 50, families: ipFamilies },
  { name: 'srcnat', value: 100, families: ipFamilies, hooks: ['postrouting', 'input'] },
  { name: 'dstnat', value: -300, families: ['bridge'], hooks: ['prerouting'] },
  { name: 'filter', value: -200, families: ['bridge'] },
  { name: 'out', value: 100, families: ['bridge'], hooks: ['output'] },
  { name: 'srcnat', value: 300, families: ['bridge'], hooks: ['postrouting'] },
];

/** The number that a name stands for in a family and at a hook; undefined where nft knows no such name. */
export function priorityByName(
  family: Family,
  hook: HookWord | undefined,
  name: string,
): number | undefined {
  return priorityNames.find(
    (row) =>
      row.name === name &&
      row.families.includes(family) &&
      (hook === undefined || row.hooks === undefined || row.hooks.includes(hook)),
  )?.value;
}

/** The name nearest to a number, at most ten away, as listings print it (`dstnat + 5`). */
export function priorityNameFor(
  family: Family,
  hook: HookWord,
  value: number,
): { readonly name: string; readonly offset: number } | undefined {
  const row = priorityNames.find(
    (candidate) =>
      Math.abs(candidate.value - value) <= 10 &&
      candidate.families.includes(family) &&
      (candidate.hooks === undefined || candidate.hooks.includes(hook)),
  );
  return row === undefined ? undefined : { name: row.name, offset: value - row.value };
}

/** How many jumps deep chains go: NFT_JUMP_STACK_SIZE. */
export const jumpStackSize = 16;
