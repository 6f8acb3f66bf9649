/** How often the stack answers one peer with ICMP errors: the token bucket of an inet_peer, net/ipv4/inetpeer.c. */

import { type Address, formatAddress } from '../../base/address.ts';
import type { Run } from '../run.ts';
import { setEntry } from '../state/store.ts';

/** `ip_rt_error_cost` and `ip_rt_error_burst`, in milliseconds. */
const errorCost = 1000;
const errorBurst = 5000;
/** `XRLIM_BURST_FACTOR` */
const burstFactor = 6;
/** A new peer has not been answered for a minute. */
const freshAge = 60_000;

/** Undefined where the host's facts do not tell the limit: then there is none. */
function interval(run: Run): number | undefined {
  const value = run.host.host.sysctls.get('net.ipv4.icmp_ratelimit');
  return value === undefined ? undefined : Number(value);
}

const keyOf = (peer: Address): string => `peer ${formatAddress(peer)}`;

function tokensOf(run: Run, peer: Address): number {
  const [tokens = 0, last = run.clock - freshAge] = run.store.memory.get(keyOf(peer)) ?? [];
  return tokens + run.clock - last;
}

function keep(run: Run, peer: Address, tokens: number): void {
  setEntry(run.journal, run.store.memory, keyOf(peer), [tokens, run.clock]);
}

/** icmpv4_xrlim_allow(): an interval of 0 limits nothing, but takes what the peer has saved up. */
export function mayAnswer(run: Run, peer: Address): boolean {
  const cost = interval(run);
  if (cost === undefined) return true;
  const tokens = Math.min(tokensOf(run, peer), burstFactor * cost);
  keep(run, peer, tokens >= cost ? tokens - cost : tokens);
  return tokens >= cost;
}

/** ip_error(): the answer costs its own tokens; its jiffy being the same, icmpv4_xrlim_allow() then takes no savings. */
export function mayRefuse(run: Run, peer: Address): boolean {
  const cost = interval(run);
  if (cost === undefined) return true;
  const tokens = Math.min(tokensOf(run, peer), errorBurst);
  const allowed = tokens >= errorCost && tokens - errorCost >= cost;
  const spent = tokens >= errorCost ? errorCost + (allowed ? cost : 0) : 0;
  keep(run, peer, tokens - spent);
  return allowed;
}
