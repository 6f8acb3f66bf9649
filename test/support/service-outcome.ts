/** What an exploration says about service traffic: fate, endpoint, masquerade. */

import type { Outcome } from '../../src/simulate/api.ts';
import type { TupleSummary } from '../../src/trace/event.ts';

export interface ServiceOutcome {
  readonly kind: 'DNAT' | 'DROP' | 'REJECT' | 'ACCEPT' | 'PASS';
  /** `IP:port` after DNAT. */
  readonly endpoint?: string;
  /** The masquerade bit was set by a rule, whatever cleared it later. */
  readonly masquerade: boolean;
}

export function serviceOutcome(outcome: Outcome, mark: bigint): ServiceOutcome {
  const endpoint = endpointOf(outcome);
  const kind = kindOf(outcome, endpoint);
  const masquerade = kind !== 'DROP' && kind !== 'REJECT' && wasMarked(outcome, mark);
  return { kind, ...(endpoint === undefined ? {} : { endpoint }), masquerade };
}

function endpointOf({ trace }: Outcome): string | undefined {
  for (const event of trace) {
    if (event.kind !== 'nat-bound' || event.subject !== 0) continue;
    if (event.manipulation === 'destination') return endpointText(event.after);
  }
  return undefined;
}

function endpointText({ destination, destinationPort }: TupleSummary): string {
  return destination.includes(':')
    ? `[${destination}]:${destinationPort}`
    : `${destination}:${destinationPort}`;
}

function kindOf({ fate, trace }: Outcome, endpoint: string | undefined): ServiceOutcome['kind'] {
  if (fate.kind === 'reject') return 'REJECT';
  if (fate.kind === 'drop' && fate.at.kind !== 'stack') return 'DROP';
  if (endpoint !== undefined) return 'DNAT';
  const accepted = trace.some(
    (event) =>
      event.kind === 'rule-matched' &&
      event.chain === 'KUBE-NODEPORTS' &&
      event.verdict.kind === 'accept',
  );
  return accepted ? 'ACCEPT' : 'PASS';
}

function wasMarked({ trace }: Outcome, mark: bigint): boolean {
  return trace.some(
    (event) =>
      event.kind === 'rule-matched' && event.subject === 0 && (BigInt(event.mark) & mark) !== 0n,
  );
}
