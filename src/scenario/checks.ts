/** One check per key of an expectation: what was found instead, or nothing when it is as expected. */

import { parseAddress } from '../base/address.ts';
import { isOwnAddress } from '../host/local-addresses.ts';
import { fateText } from '../report/fate-text.ts';
import { endpointText } from '../report/packet-text.ts';
import type { CompiledProgram } from '../simulate/compile.ts';
import { explore } from '../simulate/explore.ts';
import { deciderOf, rulePlaceText } from './decider.ts';
import { factsOf, natEnd, type OutcomeFacts } from './facts.ts';
import { mirrors, replyInput } from './reply-packet.ts';
import type { Expectation, FateWord } from './rows/expectation-rows.ts';
import type { Endpoint } from './rows/values.ts';
import { parseRulePattern, patternMatches } from './rule-pattern.ts';
import { findSet, hasKey, keyBytes } from './set-membership.ts';

export interface CheckContext {
  readonly compiled: CompiledProgram;
  readonly clock: number;
  readonly assume: ReadonlyMap<string, string>;
}

export interface Complaint {
  /** The key of the expectation. */
  readonly aspect: string;
  readonly wanted: string;
  readonly found: string;
  /** The rule behind what was found. */
  readonly decider: string;
}

type Key = Exclude<keyof Expectation, 'outcomes' | 'probability'>;

interface Mismatch {
  readonly wanted: string;
  readonly found: string;
  readonly decider?: string;
}

type Checks = {
  readonly [K in Key]: (
    wanted: NonNullable<Expectation[K]>,
    facts: OutcomeFacts,
    context: CheckContext,
  ) => readonly Mismatch[];
};

const acceptedFates: ReadonlySet<string> = new Set(['forwarded', 'output', 'bridged', 'local']);

export function fateIs(wanted: FateWord, kind: string): boolean {
  return wanted === 'accept' ? acceptedFates.has(kind) : wanted === kind;
}

const hex = (value: number) => `0x${value.toString(16)}`;

export function showEndpoint(end: Endpoint | 'none' | undefined): string {
  if (end === undefined || end === 'none') return 'none';
  if (end.address === undefined) return `:${end.port}`;
  return endpointText(end.address, end.port);
}

export function endpointIs(wanted: Endpoint | 'none', found: Endpoint | undefined): boolean {
  if (wanted === 'none' || found === undefined) return wanted === 'none' && found === undefined;
  return (
    (wanted.address ?? found.address) === found.address &&
    (wanted.port ?? found.port) === found.port
  );
}

function natMismatch(
  wanted: readonly (Endpoint | 'none')[],
  found: Endpoint | undefined,
): readonly Mismatch[] {
  if (wanted.some((end) => endpointIs(end, found))) return [];
  return [{ wanted: wanted.map(showEndpoint).join(' or '), found: showEndpoint(found) }];
}

function equal(wanted: string, found: string): readonly Mismatch[] {
  return wanted === found ? [] : [{ wanted, found }];
}

const fateLine = ({ outcome }: OutcomeFacts) => fateText(outcome.fate);

/** Masquerading gives the packet an address of the host. */
function isMasqueraded(facts: OutcomeFacts, { compiled }: CheckContext): boolean {
  const address = parseAddress(natEnd(facts.snat)?.address ?? '');
  return address !== undefined && isOwnAddress(compiled.host, address);
}

function checkReply(
  wanted: 'reachable' | 'unreachable',
  facts: OutcomeFacts,
  context: CheckContext,
): readonly Mismatch[] {
  const reply = replyOf(facts, context);
  const isBack = reply.kind === 'arrived';
  if (isBack === (wanted === 'reachable')) return [];
  const { found, decider } = reply;
  return [{ wanted, found, ...(decider === undefined ? {} : { decider }) }];
}

export interface ReplyFinding {
  /** `silent`: nobody answers; `changed`: it arrives with other addresses than it must have. */
  readonly kind: 'silent' | 'stopped' | 'changed' | 'arrived';
  readonly found: string;
  readonly decider?: string;
  /** The way of the answer; where there are several, the first that goes wrong. */
  readonly answer?: OutcomeFacts;
}

/** Plays the answer of the other end on the state that the packet left. */
export function replyOf(facts: OutcomeFacts, context: CheckContext): ReplyFinding {
  const { compiled, clock, assume } = context;
  const input = replyInput(compiled.host, facts.outcome.fate);
  if (input === undefined) return { kind: 'silent', found: `no answer: ${fateLine(facts)}` };
  const { outcomes } = explore(compiled, facts.outcome.state, input, { clock, assume, limit: 16 });
  const answers = outcomes.map(factsOf);
  for (const answer of answers) {
    const decider = deciderOf(answer, 'fate');
    if (!fateIs('accept', answer.outcome.fate.kind)) {
      return { kind: 'stopped', found: `the answer is ${fateLine(answer)}`, decider, answer };
    }
    const { start } = facts;
    const { arrived } = answer;
    if (start === undefined || arrived === undefined || mirrors(start, arrived)) continue;
    const from = endpointText(arrived.source ?? '?', arrived.sourcePort);
    const to = endpointText(arrived.destination ?? '?', arrived.destinationPort);
    const found = `the answer arrives as ${from} > ${to}`;
    return { kind: 'changed', found, decider, answer };
  }
  const [answer] = answers;
  const found = 'the answer gets back with the addresses it must have';
  return { kind: 'arrived', found, ...(answer === undefined ? {} : { answer }) };
}

function checkSets(
  wanted: NonNullable<Expectation['sets']>,
  facts: OutcomeFacts,
  { compiled, clock }: CheckContext,
): readonly Mismatch[] {
  return [...wanted].flatMap(([name, { contains = [], lacks = [] }]) => {
    const set = findSet(compiled, name);
    if ('message' in set) return [];
    const wrong = (text: string, present: boolean): readonly Mismatch[] => {
      const key = keyBytes(set.set, text);
      const has = key !== undefined && hasKey(compiled, facts.outcome.state, clock, set, key);
      if (has === present) return [];
      const words = (yes: boolean) => `${name} ${yes ? 'has' : 'lacks'} ${text}`;
      return [{ wanted: words(present), found: words(has) }];
    };
    return [
      ...contains.flatMap((text) => wrong(text, true)),
      ...lacks.flatMap((text) => wrong(text, false)),
    ];
  });
}

const checks: Checks = {
  fate: (wanted, facts) =>
    fateIs(wanted, facts.outcome.fate.kind) ? [] : [{ wanted, found: fateLine(facts) }],
  reason: (wanted, facts) =>
    wanted === facts.outcome.fate.reason ? [] : [{ wanted, found: fateLine(facts) }],
  dnat: (wanted, facts) => natMismatch(wanted, natEnd(facts.dnat)),
  snat: (wanted, facts) => natMismatch(wanted, natEnd(facts.snat)),
  masquerade(wanted, facts, context) {
    const words = (yes: boolean) => (yes ? 'masqueraded' : 'not masqueraded');
    const found = isMasqueraded(facts, context);
    if (found === wanted) return [];
    const end = showEndpoint(natEnd(facts.snat));
    return [{ wanted: words(wanted), found: `${words(found)} (snat ${end})` }];
  },
  mark: (wanted, facts) => equal(hex(wanted), hex(facts.mark)),
  connectionMark: (wanted, facts) => equal(hex(wanted), hex(facts.connectionMark)),
  out: (wanted, facts) =>
    facts.devices.includes(wanted)
      ? []
      : [{ wanted, found: facts.devices.join(', ') || fateLine(facts) }],
  hits: (wanted, facts) =>
    wanted.flatMap((pattern) => {
      const rule = parseRulePattern(pattern);
      if (facts.matched.some((event) => patternMatches(rule, event))) return [];
      return [{ wanted: `${pattern} matches`, found: `it was not hit; ${fateLine(facts)}` }];
    }),
  misses: (wanted, facts) =>
    wanted.flatMap((pattern) => {
      const rule = parseRulePattern(pattern);
      const hit = facts.matched.find((event) => patternMatches(rule, event));
      if (hit === undefined) return [];
      return [
        { wanted: `${pattern} does not match`, found: 'it was hit', decider: rulePlaceText(hit) },
      ];
    }),
  sets: checkSets,
  reply: checkReply,
};

const keys = Object.keys(checks);
const isKey = (key: string): key is Key => keys.includes(key);

function runCheck<K extends Key>(
  key: K,
  expectation: Expectation,
  facts: OutcomeFacts,
  context: CheckContext,
): readonly Mismatch[] {
  const wanted = expectation[key];
  if (wanted === undefined) return [];
  return checks[key](wanted, facts, context);
}

/** Everything about one outcome that is not as expected. */
export function checkOutcome(
  expectation: Expectation,
  facts: OutcomeFacts,
  context: CheckContext,
): readonly Complaint[] {
  return Object.keys(expectation)
    .filter(isKey)
    .flatMap((aspect) =>
      runCheck(aspect, expectation, facts, context).map((mismatch) => ({
        aspect,
        decider: deciderOf(facts, aspect),
        ...mismatch,
      })),
    );
}
