/** `established-survive`, `replies-undo-nat` and `equal-endpoint-shares`: what becomes of connections. */

import { endpointText } from '../../report/packet-text.ts';
import { type CheckContext, fateIs, replyOf } from '../../scenario/checks.ts';
import { fateOrigin } from '../../scenario/decider.ts';
import { natEnd, type OutcomeFacts } from '../../scenario/facts.ts';
import type { PacketFields } from '../../scenario/rows/packet-rows.ts';
import type { Played } from '../observe.ts';
import type { Broken, PacketProperty } from './property.ts';
import { factsOfAll } from './sources.ts';

const contextOf = ({ compiled }: Played): CheckContext => ({
  compiled,
  clock: 0,
  assume: new Map(),
});

const withOrigin = (facts: OutcomeFacts | undefined) => {
  const origin = facts && fateOrigin(facts);
  return origin === undefined ? {} : { origin };
};

const isAccepted = ({ outcome }: OutcomeFacts) => fateIs('accept', outcome.fate.kind);

function stopped(
  way: OutcomeFacts,
  what: string,
  packet: PacketFields,
  played: Played,
  steps: Broken['steps'],
): { readonly broken: Broken } | { readonly answer: OutcomeFacts } | undefined {
  const reply = replyOf(way, contextOf(played));
  if (reply.kind === 'silent') return undefined;
  const fate = reply.answer?.outcome.fate;
  // What the stack refuses (martians, no route) no rule could let through.
  if (fate !== undefined && 'at' in fate && fate.at.kind === 'stack') return undefined;
  if (reply.kind !== 'stopped') return reply.answer && { answer: reply.answer };
  const by = reply.decider === undefined ? '' : `, by ${reply.decider}`;
  const message = `it is let through, but ${what} is not: ${reply.found}${by}`;
  return { broken: { message, steps: [{ packet }, ...steps], ...withOrigin(reply.answer) } };
}

/** The first packet of a connection whose next packets are known. */
function startsConnection({ protocol = 6, flags = 'S' }: PacketFields): boolean {
  return protocol === 17 || (protocol === 6 && flags === 'S');
}

export const establishedSurvive: PacketProperty = {
  name: 'established-survive',
  explain: 'When a packet is let through, its answer is too, and the packet after the answer.',
  options: [],
  check(packet, played) {
    if (packet.state === 'established') return undefined;
    const [first] = factsOfAll(played);
    if (first === undefined || !isAccepted(first)) return undefined;
    if (!startsConnection(packet)) return undefined;
    const answer = { expect: 'accept' };
    const reply = stopped(first, 'its answer', packet, played, [answer]);
    if (reply === undefined || 'broken' in reply) return reply?.broken;
    const next = stopped(reply.answer, 'the packet after the answer', packet, played, [
      answer,
      { expect: 'accept' },
    ]);
    return next !== undefined && 'broken' in next ? next.broken : undefined;
  },
};

export const repliesUndoNat: PacketProperty = {
  name: 'replies-undo-nat',
  explain: 'Answers come back with the addresses that were asked.',
  options: [],
  check(packet, played) {
    if (packet.state === 'established') return undefined;
    for (const facts of factsOfAll(played)) {
      if ((facts.dnat ?? facts.snat) === undefined || !isAccepted(facts)) continue;
      const reply = replyOf(facts, contextOf(played));
      if (reply.kind !== 'changed') continue;
      const steps = [{ packet, expect: { reply: 'reachable' } }];
      return { message: reply.found, steps, ...withOrigin(reply.answer) };
    }
    return undefined;
  },
};

interface EndpointShare {
  share: number;
  accepted: boolean;
  readonly facts: OutcomeFacts;
}

/** Undefined: not all ways lead to an endpoint, or what decides is not chance. */
function sharesOf(played: Played): ReadonlyMap<string, EndpointShare> | undefined {
  const { exploration } = played;
  if (exploration.cut || exploration.outcomes.some((one) => one.assumptions.length > 0))
    return undefined;
  const shares = new Map<string, EndpointShare>();
  for (const facts of factsOfAll(played)) {
    const end = natEnd(facts.dnat);
    if (end?.address === undefined) return undefined;
    const key = endpointText(end.address, end.port);
    const known = shares.get(key) ?? { share: 0, accepted: false, facts };
    known.share += facts.probability;
    known.accepted ||= isAccepted(facts);
    shares.set(key, known);
  }
  return shares;
}

/** Probabilities of iptables are multiples of 2^-31, those of nft of 1/n. */
const tolerance = 1e-4;

export const equalEndpointShares: PacketProperty = {
  name: 'equal-endpoint-shares',
  explain: 'Every endpoint of a destination is reachable, each with the same probability.',
  options: [],
  check(packet, played) {
    const shares = sharesOf(played);
    if (shares === undefined || shares.size < 2) return undefined;
    const all = [...shares];
    const values = all.map(([, { share }]) => share);
    const isEqual = Math.max(...values) - Math.min(...values) < tolerance;
    const closed = all.filter(([, { accepted }]) => !accepted);
    const isReached = closed.length === 0 || closed.length === all.length;
    if (isEqual && isReached) return undefined;
    const text = all.map(([end, { share }]) => `${end} ${(100 * share).toFixed(2)} %`).join(', ');
    const names = closed.map(([end]) => end).join(', ');
    const message = isEqual
      ? `only some endpoints are reachable, not ${names}`
      : `endpoints have unequal shares: ${text}`;
    const outcomes = all.map(([dnat]) => ({
      dnat,
      ...(isReached ? {} : { fate: 'accept' }),
      probability: `1/${all.length}`,
    }));
    const facts = (closed[0] ?? all[0])?.[1].facts;
    const origin = isEqual ? withOrigin(facts) : {};
    return { message, steps: [{ packet, expect: { outcomes } }], ...origin };
  },
};
