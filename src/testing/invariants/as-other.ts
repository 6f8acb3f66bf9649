/** What a packet meets in another ruleset, as a test of this one: the packet, its answer, and the packet again. */

import { showEndpoint } from '../../scenario/checks.ts';
import { factsOf, natEnd, type OutcomeFacts } from '../../scenario/facts.ts';
import { replyInput } from '../../scenario/reply-packet.ts';
import type { PacketFields } from '../../scenario/rows/packet-rows.ts';
import type { Exploration } from '../../simulate/api.ts';
import { explore } from '../../simulate/explore.ts';
import type { ScenarioStep } from '../counterexample.ts';
import { playPacket } from '../observe.ts';
import type { TestRuleset } from '../ruleset.ts';

type Wanted = Readonly<Record<string, unknown>>;

/** All that a test file can ask of one way. */
function wayOf(facts: OutcomeFacts): Wanted {
  const { fate } = facts.outcome;
  const [out] = facts.devices;
  return {
    fate: fate.kind,
    reason: fate.reason,
    dnat: showEndpoint(natEnd(facts.dnat)),
    snat: showEndpoint(natEnd(facts.snat)),
    mark: `0x${facts.mark.toString(16)}`,
    ...(out === undefined ? {} : { out }),
  };
}

/** Ways that look alike are one, with the sum of their shares. */
function wantedOf({ outcomes }: Exploration): Wanted {
  const ways = new Map<string, { readonly way: Wanted; share: number }>();
  for (const facts of outcomes.map(factsOf)) {
    const way = wayOf(facts);
    const key = JSON.stringify(way);
    const known = ways.get(key) ?? { way, share: 0 };
    known.share += facts.probability;
    ways.set(key, known);
  }
  const all = [...ways.values()];
  const [first] = all;
  if (first !== undefined && all.length === 1) return first.way;
  const isRandom = outcomes.every(({ assumptions }) => assumptions.length === 0);
  return {
    outcomes: all.map(({ way, share }) =>
      isRandom ? { ...way, probability: Number(share.toFixed(7)) } : way,
    ),
  };
}

/** Steps that pass on the other ruleset, in the order in which a difference is looked for. */
export function asOther(other: TestRuleset, packet: PacketFields): readonly ScenarioStep[] {
  const played = playPacket(other, packet);
  if (played === undefined) return [{ packet }];
  const { exploration, compiled, input } = played;
  const steps: ScenarioStep[] = [{ packet, expect: wantedOf(exploration) }];
  const [first] = exploration.outcomes;
  const reply = first && replyInput(compiled.host, first.fate);
  if (first === undefined || reply === undefined) return steps;
  const answered = explore(compiled, first.state, reply, { clock: 0 });
  steps.push({ expect: wantedOf(answered) });
  const state = answered.outcomes[0]?.state ?? first.state;
  const { state: known, ...again } = packet;
  const repeated = known === undefined ? packet : again;
  steps.push({ packet: repeated, expect: wantedOf(explore(compiled, state, input, { clock: 0 })) });
  return steps;
}
