/** Rules as nodes of the iptables tree, with the option names that iptables-save prints. */

import type {
  IptablesMatch,
  IptablesOption,
  IptablesRule,
  IptablesTarget,
} from '../../../ast/iptables.ts';
import { generatedSpan } from '../../../base/span.ts';
import { hex } from '../hex.ts';
import type { Action, ActionKind, ActionOf } from '../rules/action.ts';
import type { Criterion, CriterionKind, CriterionOf, PortRange } from '../rules/match.ts';
import type { GeneratedRule } from '../rules/rule.ts';
import { escapeComment } from './rendered.ts';

const span = generatedSpan;

function option(name: string, values: readonly string[], negated = false): IptablesOption {
  return { name, negated, values, span };
}

/** What a criterion becomes: options of the rule itself, or matches. */
interface Part {
  readonly header: readonly IptablesOption[];
  readonly matches: readonly IptablesMatch[];
}

const noPart: Part = { header: [], matches: [] };

function header(name: string, value: string, negated = false): Part {
  return { header: [option(name, [value], negated)], matches: [] };
}

function match(name: string, ...options: readonly IptablesOption[]): Part {
  return { header: [], matches: [{ name, options, span }] };
}

const direction = { source: 'src', destination: 'dst' } as const;

function multiport(ranges: readonly PortRange[]): string {
  return ranges
    .map(({ first, last }) => (first === last ? `${first}` : `${first}:${last}`))
    .join(',');
}

function icmp({ version, type, code, negated }: CriterionOf<'icmp'>): Part {
  const value = code === undefined ? `${type}` : `${type}/${code}`;
  return version === 4
    ? match('icmp', option('--icmp-type', [value], negated))
    : match('icmp6', option('--icmpv6-type', [value], negated));
}

type CriterionPart = {
  readonly [Kind in CriterionKind]: (criterion: CriterionOf<Kind>) => Part;
};

const criterionPart: CriterionPart = {
  'mark-clear': ({ mask, negated }) =>
    match('mark', option('--mark', [`0x0/${hex(mask)}`], negated)),
  'mark-equals': ({ value, mask, negated }) =>
    match('mark', option('--mark', [`${hex(value)}/${hex(mask)}`], negated)),
  interface: ({ direction: way, name, wildcard }) =>
    header(way === 'in' ? '-i' : '-o', wildcard ? `${name}+` : name),
  'interface-map': () => noPart,
  protocol: ({ protocol, negated }) => header('-p', `${protocol}`, negated),
  network: ({ side, network, negated }) =>
    header(side === 'source' ? '-s' : '-d', network, negated),
  set: ({ side, set, negated }) =>
    match('set', option('--match-set', [set, direction[side]], negated)),
  'port-set': ({ side, set, negated }) =>
    match('set', option('--match-set', [set, `${direction[side]},${direction[side]}`], negated)),
  ports: ({ side, ranges, negated }) => {
    const name = side === 'source' ? '--sports' : '--dports';
    return match('multiport', option(name, [multiport(ranges)], negated));
  },
  // Felix uses it beside `-p udp` only; the option belongs to the protocol's own match.
  port: ({ side, port }) =>
    match('udp', option(side === 'source' ? '--sport' : '--dport', [`${port}`])),
  icmp,
  'conntrack-state': ({ states, negated }) =>
    match('conntrack', option('--ctstate', [states], negated)),
  'conntrack-dnat': ({ negated }) => match('conntrack', option('--ctstate', ['DNAT'], negated)),
  'address-type': ({ side, type, outInterface, negated }) =>
    match(
      'addrtype',
      option(`--${direction[side]}-type`, [type], negated),
      ...(outInterface ? [option('--limit-iface-out', [])] : []),
    ),
  'reverse-path': ({ passed, acceptLocal }) =>
    match(
      'rpfilter',
      option('--validmark', []),
      ...(acceptLocal ? [option('--accept-local', [])] : []),
      ...(passed ? [] : [option('--invert', [])]),
    ),
  ipvs: ({ negated }) => match('ipvs', option('--ipvs', [], negated)),
  vni: ({ vni }) => match('u32', option('--u32', [`0>>22&0x3C@12>>8=${hex(vni)}`])),
};

function partOf<Kind extends CriterionKind>(criterion: CriterionOf<Kind> & { kind: Kind }): Part {
  return criterionPart[criterion.kind](criterion);
}

/** What an action becomes: the target, and for limits matches before it. */
interface ActionPart {
  readonly header?: readonly IptablesOption[];
  readonly matches?: readonly IptablesMatch[];
  readonly target: IptablesTarget;
}

function target(name: string, ...options: readonly IptablesOption[]): ActionPart {
  return { target: { name, goto: false, options, span } };
}

function setMark(mark: number, mask: number): ActionPart {
  return target('MARK', option('--set-xmark', [`${hex(mark)}/${hex(mask)}`]));
}

function reject(answer: string | undefined): ActionPart {
  return answer === undefined
    ? target('REJECT')
    : target('REJECT', option('--reject-with', [answer]));
}

const random = (fullyRandom: boolean): readonly IptablesOption[] =>
  fullyRandom ? [option('--random-fully', [])] : [];

function connectionLimit({ count, rejectWith }: ActionOf<'limit-connections'>): ActionPart {
  const flags = option('--tcp-flags', ['FIN,SYN,RST,ACK', 'SYN']);
  const limits = [option('--connlimit-above', [`${count}`]), option('--connlimit-mask', ['0'])];
  return {
    header: [option('-p', ['tcp'])],
    matches: [
      { name: 'tcp', options: [flags], span },
      { name: 'connlimit', options: limits, span },
    ],
    target: reject(rejectWith).target,
  };
}

function packetRate({ rate, burst, mark }: ActionOf<'limit-packet-rate'>): ActionPart {
  const options = [option('--limit', [`${rate}/sec`]), option('--limit-burst', [`${burst}`])];
  return { matches: [{ name: 'limit', options, span }], target: setMark(mark, mark).target };
}

type ActionPartOf = { readonly [Kind in ActionKind]: (action: ActionOf<Kind>) => ActionPart };

const actionPart: ActionPartOf = {
  accept: () => target('ACCEPT'),
  drop: () => target('DROP'),
  reject: ({ with: answer }) => reject(answer),
  return: () => target('RETURN'),
  jump: ({ target: name }) => target(name),
  goto: ({ target: name }) => ({ target: { name, goto: true, options: [], span } }),
  log: ({ prefix }) =>
    target('LOG', option('--log-prefix', [`${prefix}: `]), option('--log-level', ['5'])),
  nflog: ({ group, prefix, snapLength, range }) =>
    target(
      'NFLOG',
      option('--nflog-prefix', [prefix]),
      option('--nflog-group', [`${group}`]),
      option(range === true ? '--nflog-range' : '--nflog-size', [`${snapLength}`]),
    ),
  dnat: ({ address, port }) =>
    target(
      'DNAT',
      option('--to-destination', [port === undefined ? address : `${address}:${port}`]),
    ),
  snat: ({ address, ports, fullyRandom }) =>
    target(
      'SNAT',
      option('--to-source', [ports === undefined ? address : `${address}:${ports}`]),
      ...random(fullyRandom),
    ),
  masquerade: ({ ports, fullyRandom }) =>
    target(
      'MASQUERADE',
      ...(ports === undefined ? [] : [option('--to-ports', [ports])]),
      ...random(fullyRandom),
    ),
  'set-mark': ({ mark }) => setMark(mark, mark),
  'clear-mark': ({ mark }) => setMark(0, mark),
  'write-mark': ({ mark, mask }) => setMark(mark, mask),
  notrack: () => target('NOTRACK'),
  'save-connection-mark': ({ mask }) =>
    target('CONNMARK', option('--save-mark', []), option('--mask', [hex(mask)])),
  'restore-connection-mark': ({ mask }) =>
    target('CONNMARK', option('--restore-mark', []), option('--mask', [hex(mask)])),
  'write-connection-mark': ({ mark, mask }) =>
    target('CONNMARK', option('--set-xmark', [`${hex(mark)}/${hex(mask)}`])),
  'limit-packet-rate': packetRate,
  'limit-connections': connectionLimit,
};

function partOfAction<Kind extends ActionKind>(
  action: ActionOf<Kind> & { kind: Kind },
): ActionPart {
  return actionPart[action.kind](action);
}

function comment(text: string): IptablesMatch {
  return { name: 'comment', options: [option('--comment', [text])], span };
}

function actionPartOf(action: Action | undefined): Partial<ActionPart> {
  return action === undefined ? {} : partOfAction(action);
}

interface RuleParts {
  readonly header: readonly IptablesOption[];
  /** All matches but the comment with the hash. */
  readonly matches: readonly IptablesMatch[];
  readonly target?: IptablesTarget;
}

// Rules of policies stand in the chains of many endpoints as the same objects.
const partsOfRule = new WeakMap<GeneratedRule, RuleParts>();

function ruleParts(generated: GeneratedRule): RuleParts {
  const known = partsOfRule.get(generated);
  if (known !== undefined) return known;
  const parts = generated.match.map((criterion: Criterion) => partOf(criterion));
  const action = actionPartOf(generated.action);
  const fresh: RuleParts = {
    header: [...parts.flatMap((part) => part.header), ...(action.header ?? [])],
    matches: [
      ...generated.comments.map((text) => comment(escapeComment(text))),
      ...parts.flatMap((part) => part.matches),
      ...(action.matches ?? []),
    ],
    ...(action.target === undefined ? {} : { target: action.target }),
  };
  partsOfRule.set(generated, fresh);
  return fresh;
}

/** `hash` is the rule's own, without the word before it. */
export function iptablesRule(chain: string, generated: GeneratedRule, hash: string): IptablesRule {
  const { header: options, matches, target: end } = ruleParts(generated);
  const hashed = { chain, header: options, matches: [comment(`cali:${hash}`), ...matches], span };
  return end === undefined ? hashed : { ...hashed, target: end };
}
