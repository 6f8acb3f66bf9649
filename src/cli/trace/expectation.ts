/** `--expect`: whether every outcome is as the user says. */

import { formatAddress, parseAddress } from '../../base/address.ts';
import { endpointText } from '../../report/packet-text.ts';
import type { Outcome } from '../../simulate/api.ts';
import type { NatBoundEvent, TupleSummary } from '../../trace/event.ts';
import type { FateKind } from '../../trace/fate.ts';

const accepted: ReadonlySet<FateKind> = new Set(['forwarded', 'output', 'bridged', 'local']);

function natOf(
  outcome: Outcome,
  manipulation: NatBoundEvent['manipulation'],
): TupleSummary | undefined {
  return outcome.trace.findLast(
    (event): event is NatBoundEvent =>
      event.kind === 'nat-bound' && event.subject === 0 && event.manipulation === manipulation,
  )?.after;
}

/** `10.0.0.1:80` or `10.0.0.1`; with one part missing only the other is compared. */
function matchesEndpoint(wanted: string, address: string, port: number | undefined): boolean {
  const bare = parseAddress(wanted);
  if (bare !== undefined) return formatAddress(bare) === address;
  return wanted === endpointText(address, port);
}

/** What was found instead, or undefined when the outcome is as expected. */
export function unexpected(expect: string, outcome: Outcome): string | undefined {
  const { kind, reason } = outcome.fate;
  const [word, target] = [expect.slice(0, 4), expect.slice(5)];
  if (word === 'dnat' || word === 'snat') {
    const after = natOf(outcome, word === 'dnat' ? 'destination' : 'source');
    if (after === undefined) return `no ${word}, ${kind} (${reason})`;
    const address = word === 'dnat' ? after.destination : after.source;
    const port = word === 'dnat' ? after.destinationPort : after.sourcePort;
    const found = endpointText(address, port);
    return matchesEndpoint(target, address, port) ? undefined : `${word}:${found}`;
  }
  if (expect === 'accept') return accepted.has(kind) ? undefined : `${kind} (${reason})`;
  return kind === expect ? undefined : `${kind} (${reason})`;
}
