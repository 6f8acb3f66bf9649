/** What can be seen of a packet from outside: its ways with their shares, and those of its answer and of the next packet. */

import { packetText } from '../report/packet-text.ts';
import { buildCasePacket } from '../scenario/case-packet.ts';
import { establishedEntry } from '../scenario/established.ts';
import { factsOf, type OutcomeFacts } from '../scenario/facts.ts';
import { replyInput } from '../scenario/reply-packet.ts';
import type { PacketFields } from '../scenario/rows/packet-rows.ts';
import type { Exploration, Outcome, PacketInput } from '../simulate/api.ts';
import { addConnection } from '../simulate/conntrack/add-connection.ts';
import { explore } from '../simulate/explore.ts';
import { initialState } from '../simulate/simulate.ts';
import type { TestRuleset } from './ruleset.ts';

export interface ObserveOptions {
  readonly clock?: number;
  /** Outcomes per packet (default 64). */
  readonly limit?: number;
  readonly misses?: boolean;
}

/** Undefined: there is no such packet on this host. */
export function playPacket(
  ruleset: TestRuleset,
  fields: PacketFields,
  options: ObserveOptions = {},
): Played | undefined {
  const built = buildCasePacket(ruleset.compiled.host, fields);
  if ('impossible' in built) return undefined;
  const { compiled } = ruleset;
  const state =
    fields.state === 'established'
      ? addConnection(compiled, initialState(compiled), establishedEntry(built.description))
      : initialState(compiled);
  const { clock = 0, limit = 64, misses = false } = options;
  const exploration = explore(compiled, state, built.input, {
    clock,
    limit,
    misses,
  });
  return { exploration, input: built.input, compiled };
}

export interface Played {
  readonly exploration: Exploration;
  readonly input: PacketInput;
  readonly compiled: TestRuleset['compiled'];
}

function assumptionsOf({ assumptions }: Outcome): string {
  const texts = assumptions.map(
    ({ choice, option }) => `${choice.key}=${choice.options[option]?.label ?? '?'}`,
  );
  return [...new Set(texts)].sort().join(', ');
}

/** What the other end, the sender and a capture see; not which rule did it. */
export function outcomeSignature(facts: OutcomeFacts): string {
  const { fate } = facts.outcome;
  const arrived = facts.arrived === undefined ? '' : packetText(facts.arrived);
  const answers = facts.outcome.spawned.map(({ cause }) => cause).join(' ');
  return [
    fate.kind,
    fate.reason,
    facts.devices.join(' '),
    arrived,
    answers,
    // The mark of a packet that nobody gets is nobody's.
    facts.arrived === undefined ? '' : `mark ${facts.mark} ${facts.connectionMark}`,
  ].join(' | ');
}

/** Ways by what can be seen, with their shares and what they rest on. */
export function explorationSignature({ outcomes, cut }: Exploration): string {
  const shares = new Map<string, number>();
  for (const outcome of outcomes) {
    const facts = factsOf(outcome);
    const key = `${outcomeSignature(facts)} if ${assumptionsOf(outcome)}`;
    shares.set(key, (shares.get(key) ?? 0) + facts.probability);
  }
  const lines = [...shares].map(([key, share]) => `${share.toFixed(6)} ${key}`);
  return [...lines.sort(), ...(cut ? ['cut'] : [])].join('\n');
}

export interface Observation {
  /** The packet, the answer of the other end on the first way, and the packet once more. */
  readonly signature: string;
  /** Chains that any of them came to: `ip filter input`. */
  readonly chains: ReadonlySet<string>;
}

function addChains({ outcomes }: Exploration, chains: Set<string>): void {
  for (const { trace } of outcomes) {
    for (const event of trace) {
      if (event.kind === 'chain-entered')
        chains.add(`${event.family} ${event.table} ${event.chain}`);
      if (event.kind === 'rule-matched' && 'chain' in event.verdict)
        chains.add(`${event.family} ${event.table} ${event.verdict.chain}`);
    }
  }
}

/** Undefined: there is no such packet on this host. */
export function observation(
  ruleset: TestRuleset,
  fields: PacketFields,
  options: ObserveOptions = {},
): Observation | undefined {
  const played = playPacket(ruleset, fields, options);
  if (played === undefined) return undefined;
  const { exploration, compiled, input } = played;
  const { clock = 0, limit = 64 } = options;
  const all: Exploration[] = [exploration];
  const [first] = exploration.outcomes;
  const reply = first === undefined ? undefined : replyInput(compiled.host, first.fate);
  if (first !== undefined && reply !== undefined) {
    const answered = explore(compiled, first.state, reply, { clock, limit });
    const state = answered.outcomes[0]?.state ?? first.state;
    all.push(answered, explore(compiled, state, input, { clock, limit }));
  }
  const chains = new Set<string>();
  for (const one of all) addChains(one, chains);
  return { signature: all.map(explorationSignature).join('\n--\n'), chains };
}

/** The signature alone. */
export function observe(
  ruleset: TestRuleset,
  fields: PacketFields,
  options: ObserveOptions = {},
): string | undefined {
  return observation(ruleset, fields, options)?.signature;
}
