/** What became of one subject so far; copies of it (bridge clones, broadcasts) share the journey. */

import type { HookName } from '../model/program.ts';
import type { SpawnCause } from '../trace/event.ts';
import type { Fate, FatePlace, FateReason, OutgoingPacket, RulePlace } from '../trace/fate.ts';

export interface Journey {
  readonly subject: number;
  readonly cause: SpawnCause | 'packet';
  /** The way it took out, strongest first: forwarded, bridged, output. */
  sentAs: 'forwarded' | 'output' | 'bridged' | undefined;
  out: OutgoingPacket[];
  local: { readonly device: string; readonly packet: Uint8Array } | undefined;
  stop: Stop | undefined;
  /** What dup and fwd sent. */
  readonly aside: OutgoingPacket[];
  /** How often the packet was copied or forwarded by netdev chains within each other. */
  readonly nested: number;
  lastHook: HookName | undefined;
  sawHook: boolean;
  /** A rule or policy that said drop (or stolen, queue), until the stop is reported. */
  decision: RulePlace | undefined;
  readonly replies: number[];
  /** Base chains that were run so far, and how many when the stop was noted. */
  chains: number;
  chainsAtStop: number;
  sendError: string | undefined;
}

export interface Stop {
  readonly kind: 'drop' | 'held' | 'stolen' | 'queue';
  readonly reason: FateReason;
  readonly at: FatePlace;
  readonly queue?: number;
}

export function newJourney(subject: number, cause: Journey['cause'], nested = 0): Journey {
  return {
    subject,
    cause,
    sentAs: undefined,
    out: [],
    local: undefined,
    stop: undefined,
    aside: [],
    nested,
    lastHook: undefined,
    sawHook: false,
    decision: undefined,
    replies: [],
    chains: 0,
    chainsAtStop: 0,
    sendError: undefined,
  };
}

/** The journey's end as a fate. */
export function fateOf(journey: Journey): Fate {
  const fate = plainFate(journey);
  return journey.aside.length === 0 ? fate : { ...fate, aside: journey.aside };
}

function plainFate(journey: Journey): Fate {
  const { replies, local, stop } = journey;
  if (journey.sentAs !== undefined) {
    const sent = { kind: journey.sentAs, reason: 'DELIVERED', replies, out: journey.out } as const;
    return local === undefined ? sent : { ...sent, alsoLocal: true };
  }
  if (local !== undefined) {
    const { device, packet } = local;
    return { kind: 'local', reason: 'DELIVERED', replies, device, packet };
  }
  if (stop === undefined) {
    const at: FatePlace = { kind: 'stack', beforeHooks: !journey.sawHook };
    return { kind: 'drop', reason: 'UNKNOWN', replies, at };
  }
  return stoppedFate(journey, stop);
}

function stoppedFate(journey: Journey, stop: Stop): Fate {
  const { replies } = journey;
  const { reason, at } = stop;
  switch (stop.kind) {
    case 'held':
      return { kind: 'held', reason, replies, at };
    case 'stolen':
      return { kind: 'stolen', reason, replies, at };
    case 'queue': {
      const queue = stop.queue === undefined ? {} : { queue: stop.queue };
      return { kind: 'queue', reason, replies, at, ...queue };
    }
    default: {
      const rejected = replies.length > 0 && at.kind === 'rule';
      const sendError = journey.sendError === undefined ? {} : { sendError: journey.sendError };
      if (!rejected) return { kind: 'drop', reason, replies, at, ...sendError };
      return { kind: 'reject', reason: 'RULE_REJECT', replies, at, ...sendError };
    }
  }
}
