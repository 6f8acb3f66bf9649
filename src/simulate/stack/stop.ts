/** The end of a packet: by a rule, a policy, or the stack. */

import type { HookName } from '../../model/program.ts';
import type { FateReason, StackPlace } from '../../trace/fate.ts';
import type { LivePacket } from '../live-packet.ts';
import type { RuleVerdict } from '../rules/registers.ts';
import { type Run, record } from '../run.ts';

/** A hook entry did not let the packet through. */
export function stopPacket(run: Run, packet: LivePacket, verdict: RuleVerdict): void {
  const { journey } = packet;
  const { decision } = journey;
  journey.decision = undefined;
  journey.chainsAtStop = journey.chains;
  if (decision === undefined) {
    stackDrop(run, packet, 'NAT_CLASH');
    return;
  }
  if (verdict.kind === 'queue') {
    journey.stop = { kind: 'queue', reason: 'RULE_QUEUE', at: decision, queue: verdict.number };
  } else if (verdict.kind === 'stolen') {
    journey.stop = { kind: 'stolen', reason: 'RULE_STOLEN', at: decision };
  } else {
    const reason = decision.kind === 'policy' ? 'POLICY_DROP' : 'RULE_DROP';
    journey.stop = { kind: 'drop', reason, at: decision };
  }
}

function stackPlace(lastHook: HookName | undefined, sawHook: boolean): StackPlace {
  const afterHook = lastHook === undefined ? {} : { afterHook: lastHook };
  return { kind: 'stack', beforeHooks: !sawHook, ...afterHook };
}

/** The stack itself drops the packet. */
export function stackDrop(run: Run, packet: LivePacket, reason: FateReason): void {
  const { journey } = packet;
  record(run, { kind: 'stack-dropped', subject: packet.subject, reason });
  // Of several copies, the rule that dropped one says more, unless another got further after it.
  const decided = journey.stop !== undefined && journey.stop.at.kind !== 'stack';
  if (decided && journey.chainsAtStop === journey.chains) return;
  journey.stop = { kind: 'drop', reason, at: stackPlace(journey.lastHook, journey.sawHook) };
}

/** It waits for the other fragments. */
export function holdPacket(run: Run, packet: LivePacket, by: 'conntrack' | 'local-delivery'): void {
  const { journey } = packet;
  const at = stackPlace(journey.lastHook, journey.sawHook);
  journey.stop = { kind: 'held', reason: 'HELD_FOR_REASSEMBLY', at };
  record(run, { kind: 'fragment-held', subject: packet.subject, by });
}
