/** Running a hook: nf_hook_slow() over its entries. */

import { confirmPacket } from '../conntrack/confirm.ts';
import { trackPacket } from '../conntrack/track.ts';
import type { LivePacket } from '../live-packet.ts';
import { runNat } from '../nat/hook.ts';
import { record, type Run, summaryNow } from '../run.ts';
import type { HookState } from '../rules/evaluation.ts';
import { acceptVerdict, dropVerdict, type RuleVerdict } from '../rules/registers.ts';
import { runBaseChain } from '../rules/run-chain.ts';
import { defragment } from '../stack/defragment.ts';
import { stopPacket } from '../stack/stop.ts';
import { type HookEntry, hookKey } from './hook-table.ts';

/** True: every entry let the packet through. False: it ended here, and the journey knows how. */
export function runHook(run: Run, packet: LivePacket, state: HookState): boolean {
  const { journey } = packet;
  journey.sawHook = journey.sawHook || state.family !== 'netdev';
  const device = state.family === 'netdev' ? (state.input ?? state.output)?.name : undefined;
  const entries = run.compiled.hooks.entries.get(hookKey(state.family, state.hook, device));
  if (run.recorder !== undefined) noteHook(run, packet, state);
  for (const entry of entries ?? []) {
    const outcome = runEntry(run, packet, state, entry);
    if (outcome === 'held') return false;
    if (outcome.kind === 'accept') continue;
    if (outcome.kind === 'queue' && outcome.bypass) continue;
    stopPacket(run, packet, outcome);
    return false;
  }
  journey.lastHook = state.hook;
  return true;
}

function runEntry(
  run: Run,
  packet: LivePacket,
  state: HookState,
  entry: HookEntry,
): RuleVerdict | 'held' {
  switch (entry.kind) {
    case 'chain':
      return runBaseChain(run, packet, state, entry.chain);
    case 'nat':
      return runNat(run, packet, state, entry.chains);
    case 'track':
      return trackPacket(run, packet, state) ? acceptVerdict : dropVerdict;
    case 'confirm':
      return confirmPacket(run, packet) ? acceptVerdict : dropVerdict;
    case 'defragment':
      return defragment(run, packet, state) ? acceptVerdict : 'held';
  }
}

function noteHook(run: Run, packet: LivePacket, state: HookState): void {
  record(run, {
    kind: 'hook-entered',
    subject: packet.subject,
    family: state.family,
    hook: state.hook,
    ...(state.input === undefined ? {} : { iif: state.input.name }),
    ...(state.output === undefined ? {} : { oif: state.output.name }),
    packet: summaryNow(packet),
  });
}
