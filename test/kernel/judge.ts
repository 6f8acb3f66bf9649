/** Whether the simulator agrees with a recording, and if not, where they part. */

import { eventLines } from '../../src/replay/event-difference.ts';
import type { Scenario } from '../../src/replay/recording.ts';
import { replayRefusals, replayScenario } from '../../src/replay/replay-scenario.ts';

export interface Judgement {
  /** The first disagreement; undefined when there is none. */
  readonly difference: string | undefined;
  /** The simulator's events where the kernel's differ. */
  readonly details: readonly string[];
  /** Lines that nft or iptables refused and nft-sim takes: a matter of the language. What the kernel refused depends on the whole ruleset. */
  readonly accepted: readonly string[];
}

export function judge(scenario: Scenario, withLines = false): Judgement {
  const { errors, packets, play, final } = replayScenario(scenario);
  const accepted = (withLines ? replayRefusals(scenario) : [])
    .flatMap(({ difference }) => difference ?? [])
    .filter((line) => !/Could not process rule|RULE_APPEND failed|abstracted ICMP/.test(line));
  const unsent = play.results.some(
    ({ send_error: failure }, index) =>
      failure !== undefined && play.packets[index]?.at !== 'local',
  );
  // A frame that the cable does not take was never seen by the host; a refused rule has turned accounting on.
  const counted = (scenario.refused ?? []).some(({ line }) => /bytes|packets|avgpkt/.test(line));
  if (unsent || counted) return { difference: undefined, details: [], accepted };
  const [error] = errors;
  if (error !== undefined) return { difference: `does not load: ${error}`, details: [], accepted };
  for (const [index, packet] of packets.entries()) {
    const spawned = packet?.spawned?.difference;
    const difference =
      packet === undefined ? 'no answer' : (packet.packet ?? packet.conntrack ?? spawned);
    if (difference === undefined) continue;
    const trace = packet?.outcome?.trace ?? [];
    const { kernel, simulated } = eventLines(play.results[index]?.events ?? [], trace, 0);
    const details = [
      ...kernel.map((line) => `  kernel    ${line}`),
      ...simulated.map((line) => `  simulated ${line}`),
    ];
    return { difference: `packet ${index} ${difference}`, details, accepted };
  }
  return {
    difference: final === undefined ? undefined : `afterwards ${final}`,
    details: [],
    accepted,
  };
}
