/** Where in the stack an operation works (the validate functions of the kernel's expressions). */

import type { Family } from '../../fields/families.ts';
import type { Operation } from '../../model/operations.ts';
import type { HookName, ProgramHook } from '../../model/program.ts';

/** What an operation asks of the base chain that reaches it. */
export interface HookNeed {
  readonly type?: 'nat';
  readonly hooks: readonly HookName[];
}

const incoming = ['prerouting', 'input', 'forward'] as const;
const everyHook = ['prerouting', 'input', 'forward', 'output', 'postrouting'] as const;
const ipFamilies: readonly Family[] = ['ip', 'ip6', 'inet'];
/** The kernel takes it where no base chain reaches it. */
const nowhere: HookNeed = { hooks: [] };
const outgoing = ['forward', 'output', 'postrouting'] as const;

/** Undefined: works everywhere. */
export function hookNeed(operation: Operation, family: Family): HookNeed | undefined {
  switch (operation.kind) {
    case 'nat':
      return {
        type: 'nat',
        hooks: operation.type === 'snat' ? ['postrouting', 'input'] : ['prerouting', 'output'],
      };
    case 'masq':
      return { type: 'nat', hooks: ['postrouting'] };
    case 'redir':
      return { type: 'nat', hooks: ['prerouting', 'output'] };
    case 'reject':
      return rejectNeed(family);
    case 'tproxy':
      return { hooks: ['prerouting'] };
    case 'synproxy':
      return { hooks: ['input', 'forward'] };
    case 'objref':
      return 'type' in operation.target && operation.target.type === 'synproxy'
        ? { hooks: ['input', 'forward'] }
        : undefined;
    case 'flow-offload':
      return { hooks: ['forward'] };
    case 'osf':
      return { hooks: incoming };
    case 'fwd':
      return { hooks: ['ingress', 'egress'] };
    case 'socket':
      return { hooks: ['prerouting', 'input', 'output'] };
    case 'xfrm':
      return { hooks: operation.direction === 'in' ? incoming : outgoing };
    case 'rt':
      if (!ipFamilies.includes(family)) return nowhere;
      return operation.key === 'tcpmss' ? { hooks: outgoing } : undefined;
    case 'fib':
      return fibNeed(operation, family);
    case 'meta':
      return metaNeed(operation.key, family);
    case 'meta-set':
      return operation.key === 'pkttype' ? { hooks: ['prerouting', 'ingress'] } : undefined;
    default:
      return undefined;
  }
}

/** nft_meta_get_validate() */
function metaNeed(key: string, family: Family): HookNeed | undefined {
  if (key === 'sdif' || key === 'sdifname') {
    return ipFamilies.includes(family) ? { hooks: ['input', 'forward'] } : nowhere;
  }
  if (key !== 'secpath' || family === 'netdev') return undefined;
  return family === 'arp' || family === 'bridge' ? nowhere : { hooks: incoming };
}

/** The kernel has the expression in this family, also where no base chain reaches it. */
export function worksInFamily(operation: Operation, family: Family): boolean {
  switch (operation.kind) {
    case 'socket':
      return ipFamilies.includes(family);
    case 'fib':
      return family !== 'arp' && family !== 'bridge';
    case 'tunnel':
      return family === 'netdev';
    case 'connlimit':
    case 'synproxy':
      return family !== 'arp' && family !== 'netdev';
    default:
      return true;
  }
}

function rejectNeed(family: Family): HookNeed {
  switch (family) {
    case 'bridge':
      return { hooks: ['prerouting', 'input'] };
    case 'netdev':
      return { hooks: ['ingress'] };
    case 'inet':
      return { hooks: ['ingress', 'prerouting', 'input', 'forward', 'output'] };
    default:
      return { hooks: ['prerouting', 'input', 'forward', 'output'] };
  }
}

/** nft_fib_validate() */
function fibNeed(
  operation: Operation & { readonly kind: 'fib' },
  family: Family,
): HookNeed | undefined {
  const { flags, result } = operation;
  if (family === 'netdev') return netdevFibNeed(operation);
  if (result !== 'addrtype') return { hooks: incoming };
  if (flags.includes('iif')) return { hooks: incoming };
  if (flags.includes('oif')) return { hooks: outgoing };
  return { hooks: everyHook };
}

/** Packets come in at ingress and leave at egress. */
function netdevFibNeed({
  flags,
  result,
}: Operation & { readonly kind: 'fib' }): HookNeed | undefined {
  if (result !== 'addrtype' || flags.includes('iif')) return { hooks: ['ingress'] };
  return flags.includes('oif') ? { hooks: ['egress'] } : undefined;
}

export function fits(need: HookNeed, hook: ProgramHook): boolean {
  if (need.type !== undefined && hook.type !== need.type) return false;
  return need.hooks.includes(hook.hook);
}
