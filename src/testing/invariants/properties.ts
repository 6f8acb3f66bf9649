/** Properties that most rulesets should have; each is sampled over guided packets and says so. */

import { parseAddress, parsePrefix, prefixContains } from '../../base/address.ts';
import { isOwnAddress } from '../../host/local-addresses.ts';
import { fateIs, replyOf } from '../../scenario/checks.ts';
import { fateDecider } from '../../scenario/decider.ts';
import { factsOf, natEnd, type OutcomeFacts } from '../../scenario/facts.ts';
import type { PacketFields } from '../../scenario/rows/packet-rows.ts';
import { observe, type Played } from '../observe.ts';
import type { TestRuleset } from '../ruleset.ts';

export interface PropertyOptions {
  /** Interfaces to the outside; default: those that default routes leave by. */
  readonly outside?: readonly string[];
  /** Ports that must not be open from outside (default 22, 179, 2379, 6443, 10250). */
  readonly managementPorts?: readonly number[];
  /** Networks of which the addresses may come in on any interface. */
  readonly anywhere?: readonly string[];
  readonly against?: TestRuleset;
}

export interface PropertyContext {
  readonly ruleset: TestRuleset;
  readonly options: PropertyOptions;
  readonly outside: ReadonlySet<string>;
}

/** Undefined: it holds for this packet; else what is wrong, in one lower-case sentence. */
export type PacketProperty = (
  fields: PacketFields,
  played: Played,
  context: PropertyContext,
) => string | undefined;

export interface PropertyRow {
  readonly name: string;
  readonly explain: string;
  readonly check: PacketProperty;
}

const all = ({ exploration }: Played): readonly OutcomeFacts[] => exploration.outcomes.map(factsOf);

function comesFromOutside({ in: device }: PacketFields, { outside }: PropertyContext): boolean {
  return device !== undefined && outside.has(device);
}

/** A source that lies behind another interface, or is the host's own, and still gets through. */
const noSpoofedSource: PacketProperty = (fields, played, context) => {
  const source = parseAddress(fields.source ?? '');
  if (source === undefined || fields.in === undefined || fields.state === 'established')
    return undefined;
  const { host } = context.ruleset;
  const excepted = (context.options.anywhere ?? []).some((text) => {
    const prefix = parsePrefix(text);
    return prefix !== undefined && prefixContains(prefix, source);
  });
  const behindOther = host.interfaces.some(
    ({ name, addresses }) =>
      name !== fields.in &&
      addresses.some(
        (one) => one.prefixLength < one.address.length * 8 && prefixContains(one, source),
      ),
  );
  const own = isOwnAddress(context.ruleset.compiled.host, source);
  if (excepted || !(behindOther || own)) return undefined;
  const through = all(played).find(({ outcome }) => outcome.fate.kind === 'forwarded');
  return (
    through &&
    `${fields.source} comes in on ${fields.in} and is forwarded, by ${fateDecider(through)}`
  );
};

const defaultManagementPorts = [22, 179, 2379, 6443, 10_250];

const noManagementFromOutside: PacketProperty = (fields, played, context) => {
  const ports = context.options.managementPorts ?? defaultManagementPorts;
  if (!comesFromOutside(fields, context) || fields.state === 'established') return undefined;
  if (fields.protocol !== 6 || fields.port === undefined || !ports.includes(fields.port))
    return undefined;
  const open = all(played).find(({ outcome }) => outcome.fate.kind === 'local');
  return open && `port ${fields.port} of the host is open on ${fields.in}, by ${fateDecider(open)}`;
};

/** A connection that was let through once goes on: its answer and its next packet. */
const establishedSurvive: PacketProperty = (fields, played, context) => {
  if (fields.state === 'established') return undefined;
  const [first] = all(played);
  if (first === undefined || !fateIs('accept', first.outcome.fate.kind)) return undefined;
  if (fields.protocol !== 6 && fields.protocol !== 17) return undefined;
  const { compiled } = context.ruleset;
  const reply = replyOf(first, { compiled, clock: 0, assume: new Map() });
  if (reply.reachable || reply.why.found.startsWith('no answer')) return undefined;
  if (reply.why.found.startsWith('the answer arrives')) return undefined;
  return `it is let through, but ${reply.why.found}${reply.why.decider === undefined ? '' : `, by ${reply.why.decider}`}`;
};

/** What NAT changed the answer must undo. */
const repliesUndone: PacketProperty = (fields, played, context) => {
  if (fields.state === 'established') return undefined;
  const changed = all(played).find(
    ({ dnat, snat, outcome }) =>
      (dnat ?? snat) !== undefined && fateIs('accept', outcome.fate.kind),
  );
  if (changed === undefined) return undefined;
  const { compiled } = context.ruleset;
  const reply = replyOf(changed, { compiled, clock: 0, assume: new Map() });
  return reply.why.found.startsWith('the answer arrives as') ? reply.why.found : undefined;
};

/** Where one destination has several endpoints, each has the same share. */
const equalShares: PacketProperty = (_fields, played) => {
  const shares = new Map<string, number>();
  const ways = all(played);
  if (ways.some(({ outcome }) => outcome.assumptions.length > 0) || played.exploration.cut)
    return undefined;
  for (const facts of ways) {
    const end = natEnd(facts.dnat);
    if (end === undefined) return undefined;
    const key = `${end.address}:${end.port}`;
    shares.set(key, (shares.get(key) ?? 0) + facts.probability);
  }
  const values = [...shares.values()];
  if (values.length < 2 || Math.max(...values) - Math.min(...values) < 1e-4) return undefined;
  const text = [...shares].map(([end, share]) => `${end} ${(100 * share).toFixed(2)} %`).join(', ');
  return `endpoints have unequal shares: ${text}`;
};

const rulesetsAgree: PacketProperty = (fields, _played, { ruleset, options }) => {
  if (options.against === undefined) return undefined;
  const [here, there] = [observe(ruleset, fields), observe(options.against, fields)];
  return here === there
    ? undefined
    : `the rulesets differ: ${here?.split('\n')[0]} against ${there?.split('\n')[0]}`;
};

/** `--properties` takes these names. */
export const propertyRows: readonly PropertyRow[] = [
  {
    name: 'no-spoofed-source',
    explain: 'No packet is forwarded whose source lies behind another interface.',
    check: noSpoofedSource,
  },
  {
    name: 'no-management-from-outside',
    explain: 'No management port of the host is open from outside.',
    check: noManagementFromOutside,
  },
  {
    name: 'established-survive',
    explain: 'The answer to a packet that was let through is let through.',
    check: establishedSurvive,
  },
  {
    name: 'equal-endpoint-shares',
    explain: 'Every endpoint of a destination is chosen with the same probability.',
    check: equalShares,
  },
  {
    name: 'replies-undo-nat',
    explain: 'Answers come back with the addresses that were asked.',
    check: repliesUndone,
  },
  {
    name: 'rulesets-agree',
    explain: 'No packet tells the ruleset from the other one.',
    check: rulesetsAgree,
  },
];
