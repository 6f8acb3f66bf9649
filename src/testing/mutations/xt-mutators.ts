/** The same mistakes in xtables matches and targets. */

import type { Operation } from '../../model/operations.ts';
import type { XtOptions } from '../../model/xt.ts';

type Change = (operation: Operation) => Operation | undefined;

function changedMatch(change: (options: XtOptions) => XtOptions | undefined): Change {
  return (operation) => {
    if (operation.kind !== 'match' || operation.match.options === undefined) return undefined;
    const options = change(operation.match.options);
    return options && { ...operation, match: { ...operation.match, options } };
  };
}

function changedTarget(change: (options: XtOptions) => XtOptions | undefined): Change {
  return (operation) => {
    if (operation.kind !== 'target' || operation.target.options === undefined) return undefined;
    const options = change(operation.target.options);
    return options && { ...operation, target: { ...operation.target, options } };
  };
}

const natTargets: ReadonlySet<string> = new Set([
  'DNAT',
  'SNAT',
  'MASQUERADE',
  'REDIRECT',
  'NETMAP',
]);

function readsState(operation: Operation): boolean {
  if (operation.kind !== 'match' || operation.match.options?.kind !== 'conntrack') return false;
  const { state } = operation.match.options;
  return state !== undefined && !state.inverted && state.states.includes('ESTABLISHED');
}

/** Random shares are kept in 2^-31. */
const halved = changedMatch((options) =>
  options.kind === 'statistic' && options.mode === 'random'
    ? { ...options, probability: options.probability >>> 1 }
    : undefined,
);

const negated = changedMatch((options) =>
  options.kind === 'mark' ||
  options.kind === 'set' ||
  options.kind === 'multiport' ||
  options.kind === 'icmp'
    ? { ...options, inverted: !options.inverted }
    : undefined,
);

/** One bit of the mark, the lowest that the rule sets, is flipped: it is no longer set. */
const flippedMark = changedTarget((options) =>
  options.kind === 'MARK' && options.value !== 0
    ? { ...options, value: (options.value & (options.value - 1)) >>> 0 }
    : undefined,
);

const shiftedPort = changedMatch((options) => {
  if (options.kind === 'tcp' || options.kind === 'udp') {
    const { dport } = options;
    if (dport === undefined || dport.to > 65534) return undefined;
    return { ...options, dport: { ...dport, from: dport.from + 1, to: dport.to + 1 } };
  }
  if (options.kind !== 'multiport') return undefined;
  const [first, ...rest] = options.ports;
  if (first === undefined || first.to > 65534) return undefined;
  return { ...options, ports: [{ from: first.from + 1, to: first.to + 1 }, ...rest] };
});

function nextAddress(address: Uint8Array): Uint8Array {
  const next = Uint8Array.from(address);
  const last = next.length - 1;
  next[last] = ((next[last] ?? 0) + 1) & 255;
  return next;
}

const shiftedNatAddress = changedTarget((options) => {
  if (options.kind !== 'DNAT' && options.kind !== 'SNAT') return undefined;
  const { addresses } = options;
  if (addresses === undefined) return undefined;
  const [from, to] = [nextAddress(addresses.from), nextAddress(addresses.to)];
  return { ...options, addresses: { from, to } };
});

const shiftedNatPort = changedTarget((options) => {
  if (options.kind !== 'DNAT' && options.kind !== 'SNAT' && options.kind !== 'REDIRECT')
    return undefined;
  const { ports } = options;
  if (ports === undefined || ports.to > 65534) return undefined;
  return { ...options, ports: { ...ports, from: ports.from + 1, to: ports.to + 1 } };
});

export const xtMutators = {
  isNat: (operation: Operation): boolean =>
    operation.kind === 'target' && natTargets.has(operation.target.name),
  readsState,
  negate: negated,
  flipMark: flippedMark,
  shiftPort: shiftedPort,
  changeProbability: halved,
  shiftNatAddress: shiftedNatAddress,
  shiftNatPort: shiftedNatPort,
} as const;
