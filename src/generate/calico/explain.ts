/** From what a trace shows (chains, log prefixes, marks) to Calico's objects. */

import { hex } from './hex.ts';
import type { Marks } from './marks.ts';
import type { FelixModel } from './model.ts';
import { nflogPrefix } from './names.ts';
import { layeredName } from './render/nftables-text.ts';
import type { ChainOrigin, GeneratedChain, RuleDirection, RuleOrigin } from './rules/rule.ts';
import type { GeneratedTable, TableName } from './tables.ts';

export interface ChainExplanation {
  readonly chain: string;
  readonly table: TableName;
  readonly origin: ChainOrigin;
  /** One sentence part: `ingress of policy default/knp.default.web in tier default`. */
  readonly text: string;
}

export interface RuleExplanation {
  readonly chain: ChainExplanation;
  readonly origin: RuleOrigin;
  /** What the rule belongs to within its chain, `''` when nothing is known. */
  readonly text: string;
}

export interface LogExplanation {
  readonly verdict: 'allow' | 'deny' | 'pass';
  readonly direction: RuleDirection;
  readonly text: string;
  readonly tier?: string;
  readonly policy?: string;
  readonly profile?: string;
  /** Position in the policy or profile, from 0. */
  readonly rule?: number;
}

export interface MarkExplanation {
  readonly bit: number;
  readonly name: string;
  readonly meaning: string;
}

export interface CalicoExplainer {
  /** `table` is needed where the same name means different things in several tables of iptables mode. */
  readonly chain: (name: string, table?: string) => ChainExplanation | undefined;
  /** `index` counts the rules of the chain from 0. */
  readonly rule: (chain: string, index: number, table?: string) => RuleExplanation | undefined;
  readonly logPrefix: (prefix: string) => LogExplanation | undefined;
  /** The bits that are set in a mark, lowest first. */
  readonly mark: (mark: number) => readonly MarkExplanation[];
}

function chainText(origin: ChainOrigin, titles: ReadonlyMap<string, string>): string {
  switch (origin.kind) {
    case 'policy':
      return `${origin.direction} of policy ${origin.policy} in tier ${origin.tier}`;
    case 'profile':
      return `${origin.direction} of profile ${origin.profile}`;
    case 'policy-group': {
      const list = origin.policies.join(', ');
      return `${origin.direction} of a group of policies in tier ${origin.tier}: ${list}`;
    }
    case 'workload-endpoint': {
      const title = titles.get(origin.interface);
      const where = title === undefined ? origin.interface : `${title} (${origin.interface})`;
      return `${origin.direction === 'ingress' ? 'to' : 'from'} workload ${where}`;
    }
    case 'host-endpoint': {
      const where = origin.interface === '*' ? 'all interfaces' : origin.interface;
      return `${origin.policy} ${origin.direction} policy of the host endpoint on ${where}`;
    }
    case 'endpoint-mark':
      return `sets the endpoint mark of ${origin.interface}`;
    case 'dispatch':
      return `dispatch by interface (${origin.purpose})`;
    case 'static':
      return origin.purpose;
  }
}

function ruleText({ rule, tier, policy, profile }: RuleOrigin, chain: ChainOrigin): string {
  if (rule !== undefined && (chain.kind === 'policy' || chain.kind === 'profile')) {
    const owner = chain.kind === 'policy' ? chain.policy : chain.profile;
    return `${chain.direction} rule ${rule} of ${chain.kind} ${owner}`;
  }
  if (policy !== undefined)
    return `policy ${policy}${tier === undefined ? '' : ` in tier ${tier}`}`;
  if (profile !== undefined) return `profile ${profile}`;
  return tier === undefined ? '' : `tier ${tier}`;
}

const verdicts = { A: 'allow', D: 'deny', P: 'pass' } as const;
const directions = { I: 'ingress', E: 'egress' } as const;

function isVerdict(letter: string | undefined): letter is keyof typeof verdicts {
  return letter !== undefined && letter in verdicts;
}

function isDirection(letter: string | undefined): letter is keyof typeof directions {
  return letter !== undefined && letter in directions;
}

function ruleLog(
  base: Pick<LogExplanation, 'verdict' | 'direction'>,
  owner: 'policy' | 'profile',
  name: string,
  rule: number,
): LogExplanation {
  const text = `${base.verdict} by ${base.direction} rule ${rule} of ${owner} ${name}`;
  return { ...base, [owner]: name, rule, text };
}

function tierLog(
  base: Pick<LogExplanation, 'verdict' | 'direction'>,
  tier: string,
): LogExplanation {
  const reason =
    base.verdict === 'deny'
      ? `denied at the end of tier ${tier}: policies apply to this endpoint and none decided`
      : `passed at the end of tier ${tier}: no policy of the tier decided`;
  return { ...base, tier, text: `${base.direction} ${reason}` };
}

/**
 * Reads a prefix that is not cut: verdict, owner, direction, position, name. `APE0|ns/name` allowed
 * by rule 0, `DPI|tier` denied at the tier's end, `DRI` denied because no profile matched.
 */
function readLogPrefix(prefix: string): LogExplanation | undefined {
  const [, verdictLetter, owner, directionLetter, position, name] =
    /^([ADP])([PR])([IE])(\d*)(?:\|(.*))?$/s.exec(prefix) ?? [];
  if (!isVerdict(verdictLetter) || !isDirection(directionLetter)) return undefined;
  const base = { verdict: verdicts[verdictLetter], direction: directions[directionLetter] };
  if (position !== undefined && position !== '' && name !== undefined) {
    return ruleLog(base, owner === 'P' ? 'policy' : 'profile', name, Number(position));
  }
  if (owner === 'P' && name !== undefined) return tierLog(base, name);
  if (owner === 'R' && name === undefined) {
    const text = `${base.direction} denied: no policy applies and no profile matched`;
    return { ...base, text };
  }
  return undefined;
}

/** Names that were cut in log prefixes, by the prefix as it is programmed without its position. */
function cutNames(model: FelixModel): ReadonlyMap<string, LogExplanation> {
  const found = new Map<string, LogExplanation>();
  const add = (raw: string): void => {
    const cut = nflogPrefix(raw);
    const explanation = cut === raw ? undefined : readLogPrefix(raw);
    if (explanation !== undefined) found.set(cut, explanation);
  };
  for (const direction of ['ingress', 'egress'] as const) {
    const letter = direction === 'ingress' ? 'I' : 'E';
    for (const owner of [...model.policies, ...model.profiles]) {
      const kind = 'tier' in owner ? 'P' : 'R';
      owner.rules[direction].forEach((_rule, index) => {
        for (const verdict of 'ADP') add(`${verdict}${kind}${letter}${index}|${owner.name}`);
      });
    }
    for (const { tier } of model.policies) {
      for (const verdict of 'DP') add(`${verdict}P${letter}|${tier}`);
    }
  }
  return found;
}

const markMeanings: readonly (readonly [keyof Marks, string])[] = [
  ['accept', 'a policy or profile accepted the packet'],
  ['pass', 'go to the next tier'],
  ['drop', 'a deny rule matched'],
  ['scratch0', 'match blocks hold so far, or the packet came from a workload'],
  ['scratch1', 'the current match block holds'],
  ['wireguard', 'the packet did not come by WireGuard'],
];

function explainMark(marks: Marks, mark: number): readonly MarkExplanation[] {
  const known = markMeanings.flatMap(([name, meaning]) => {
    const bit = marks[name];
    return bit !== 0 && (mark & bit) !== 0 ? [{ bit, name, meaning }] : [];
  });
  const endpoint = (mark & marks.endpoint) >>> 0;
  if (endpoint === 0) return known;
  const meaning =
    endpoint === marks.nonCalicoEndpoint
      ? 'the packet did not come from an endpoint of Calico'
      : `number of the endpoint the packet came from (${hex(endpoint)})`;
  return [...known, { bit: endpoint, name: 'endpoint', meaning }];
}

interface IndexedChain {
  readonly explanation: ChainExplanation;
  readonly generated: GeneratedChain;
}

/** Explains what was generated; built once, answers at once. */
export function explainCalico(
  model: FelixModel,
  tables: readonly GeneratedTable[],
): CalicoExplainer {
  const titles = new Map(
    model.workloads.flatMap(({ interface: name, title }) =>
      title === undefined ? [] : [[name, title] as const],
    ),
  );
  const nftables = model.config.dataplane === 'nftables';
  const chains = new Map<string, IndexedChain>();
  const ambiguous = new Set<string>();
  for (const { name: table, chains: own } of tables) {
    for (const generated of own.values()) {
      const { name, origin } = generated;
      const chain = nftables ? layeredName(name, table) : name;
      const text = chainText(origin, titles);
      const indexed = { explanation: { chain, table, origin, text }, generated };
      chains.set(`${table} ${chain}`, indexed);
      const known = chains.get(chain);
      if (known === undefined) chains.set(chain, indexed);
      else if (known.explanation.text !== text) ambiguous.add(chain);
    }
  }
  for (const chain of ambiguous) chains.delete(chain);
  let cut: ReadonlyMap<string, LogExplanation> | undefined;
  const find = (name: string, table?: string): IndexedChain | undefined =>
    (table === undefined ? undefined : chains.get(`${table} ${name}`)) ?? chains.get(name);
  return {
    chain: (name, table) => find(name, table)?.explanation,
    rule: (name, index, table) => {
      const found = find(name, table);
      const generated = found?.generated.rules[index];
      if (found === undefined || generated === undefined) return undefined;
      const origin = generated.origin ?? {};
      const text = ruleText(origin, found.explanation.origin);
      return { chain: found.explanation, origin, text };
    },
    logPrefix: (prefix) => {
      cut ??= cutNames(model);
      return cut.get(prefix) ?? readLogPrefix(prefix);
    },
    mark: (mark) => explainMark(model.config.marks, mark),
  };
}
