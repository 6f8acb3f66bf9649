/** What a replayed scenario has to say about each packet: its first divergence beside the kernel's events. */

import { eventLines } from '../../replay/event-difference.ts';
import type { PacketReport } from '../../replay/play-recording.ts';
import type { Scenario } from '../../replay/recording.ts';
import {
  type RefusalReport,
  replayRefusals,
  replayScenario,
} from '../../replay/replay-scenario.ts';

export interface PacketDivergence {
  /** Position in the recording. */
  readonly packet: number;
  /** Where the packet came in, or `local`. */
  readonly at: string;
  /** Absent when kernel and simulator agree. */
  readonly divergence?: string;
  readonly kernel: readonly string[];
  readonly simulated: readonly string[];
}

export interface ScenarioDivergence {
  readonly scenario: string;
  readonly errors: readonly string[];
  readonly packets: readonly PacketDivergence[];
  /** Counters, objects and sets afterwards; absent when they agree. */
  readonly final?: string;
  /** Lines that the kernel's tools refused and nft-sim accepts. */
  readonly accepted: readonly string[];
}

function firstDivergence(report: PacketReport | undefined): string | undefined {
  if (report === undefined) return 'the simulator gave no answer';
  return report.packet ?? report.conntrack ?? report.spawned?.difference;
}

function acceptedLines(refusals: readonly RefusalReport[]): readonly string[] {
  return refusals.flatMap(({ difference }) => (difference === undefined ? [] : [difference]));
}

export function divergenceOf(scenario: Scenario): ScenarioDivergence {
  const { name, errors, play, packets, final } = replayScenario(scenario);
  const each = play.results.map((recorded, index): PacketDivergence => {
    const divergence = firstDivergence(packets[index]);
    const trace = packets[index]?.outcome?.trace ?? [];
    return {
      packet: index,
      at: play.packets[index]?.at ?? '',
      ...(divergence === undefined ? {} : { divergence }),
      ...eventLines(recorded.events, trace, 0),
    };
  });
  return {
    scenario: name,
    errors,
    packets: each,
    ...(final === undefined ? {} : { final }),
    accepted: acceptedLines(replayRefusals(scenario)),
  };
}

/** Whether anything in it is other than recorded. */
export function diverges({ packets, final, accepted }: ScenarioDivergence): boolean {
  const packet = packets.some(({ divergence }) => divergence !== undefined);
  return packet || final !== undefined || accepted.length > 0;
}
