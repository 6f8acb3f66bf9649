/** Rules in the words of nft, as Felix writes them (felix/nftables). */

import { complement, hex } from '../hex.ts';
import { nftSetName } from '../names.ts';
import type { Action, ActionKind, ActionOf } from '../rules/action.ts';
import type {
  Criterion,
  CriterionKind,
  CriterionOf,
  IpVersion,
  Match,
  PortRange,
  Side,
} from '../rules/match.ts';

/** What a rule's text depends on besides the rule. */
export interface NftContext {
  readonly version: IpVersion;
  /** The iptables table that this chain stands in; part of chain and map names. */
  readonly layer: string;
}

interface MatchContext extends NftContext {
  /** The last protocol criterion before this one, positive only. */
  readonly protocol: string | number | undefined;
}

const not = (negated: boolean): string => (negated ? '!= ' : '');
const equality = (negated: boolean): string => (negated ? '!=' : '==');
const addressField = { source: 'saddr', destination: 'daddr' } as const;
const portField = { source: 'sport', destination: 'dport' } as const;

function addressOf(side: Side, { version }: NftContext): string {
  return `${version === 4 ? 'ip' : 'ip6'} ${addressField[side]}`;
}

const portProtocols: ReadonlyMap<string | number, string> = new Map<string | number, string>([
  ['tcp', 'tcp'],
  [6, 'tcp'],
  ['udp', 'udp'],
  [17, 'udp'],
  ['sctp', 'sctp'],
  [132, 'sctp'],
]);

// Felix refuses ports without tcp, udp or sctp; `th` is what nft would take, and it is reported.
function portOf(side: Side, { protocol }: MatchContext): string {
  const name = protocol === undefined ? undefined : portProtocols.get(protocol);
  return `${name ?? 'th'} ${portField[side]}`;
}

/** Can nftables mode write the port criteria of this match? */
export function portsNeedProtocol(match: Match): boolean {
  const found = match.find(({ kind }) => kind === 'protocol');
  const protocol = found?.kind === 'protocol' && !found.negated ? found.protocol : undefined;
  const known = protocol !== undefined && portProtocols.has(protocol);
  return !known && match.some(({ kind }) => kind === 'ports' || kind === 'port');
}

function portSet(ranges: readonly PortRange[]): string {
  const elements = ranges.map(({ first, last }) => (first === last ? first : `${first}-${last}`));
  return `{ ${elements.join(', ')} }`;
}

function icmp({ version, type, code, negated }: CriterionOf<'icmp'>): string {
  const keyword = version === 4 ? 'icmp' : 'icmpv6';
  const typeText = `${keyword} type ${not(negated)}${type}`;
  return code === undefined ? typeText : `${typeText} code ${not(negated)}${code}`;
}

type CriterionText = {
  readonly [Kind in CriterionKind]: (criterion: CriterionOf<Kind>, context: MatchContext) => string;
};

const criterionText: CriterionText = {
  'mark-clear': ({ mask, negated }) => `meta mark & ${hex(mask)} ${equality(negated)} 0`,
  'mark-equals': ({ value, mask, negated }) =>
    `meta mark & ${hex(mask)} ${equality(negated)} ${hex(value)}`,
  interface: ({ direction, name, wildcard }) =>
    `${direction === 'in' ? 'iifname' : 'oifname'} ${name}${wildcard ? '*' : ''}`,
  'interface-map': ({ direction, map }, { layer }) =>
    `${direction === 'in' ? 'iifname' : 'oifname'} vmap @${layer}-${map}`,
  protocol: ({ protocol, negated }) => `meta l4proto ${not(negated)}${protocol}`,
  network: ({ side, network, negated }, context) =>
    `${addressOf(side, context)} ${not(negated)}${network}`,
  set: ({ side, set, negated }, context) =>
    `${addressOf(side, context)} ${not(negated)}@${nftSetName(set)}`,
  'port-set': ({ side, set, negated }, context) =>
    `${addressOf(side, context)} . meta l4proto . th ${portField[side]} ${not(negated)}@${nftSetName(set)}`,
  ports: ({ side, ranges, negated }, context) =>
    `${portOf(side, context)} ${not(negated)}${portSet(ranges)}`,
  port: ({ side, port }, context) => `${portOf(side, context)} ${port}`,
  icmp,
  'conntrack-state': ({ states, negated }) => `ct state ${not(negated)}${states.toLowerCase()}`,
  'conntrack-dnat': ({ negated }) => `ct status ${not(negated)}dnat`,
  'address-type': ({ side, type, outInterface, negated }) =>
    `fib ${addressField[side]}${outInterface ? ' . oif' : ''} type ${not(negated)}${type.toLowerCase()}`,
  'reverse-path': ({ passed }) => `fib saddr . mark . iif oif ${passed ? '!= ' : ''}0`,
  ipvs: ({ negated }) => `xt match ${negated ? '! ' : ''}ipvs`,
  vni: ({ vni }) => `vxlan vni ${vni}`,
};

function textOf<Kind extends CriterionKind>(
  criterion: CriterionOf<Kind> & { kind: Kind },
  context: MatchContext,
): string {
  return criterionText[criterion.kind](criterion, context);
}

export function nftMatch(match: Match, context: NftContext): string {
  let protocol: string | number | undefined;
  const clauses = match.map((criterion: Criterion) => {
    if (criterion.kind === 'protocol' && !criterion.negated) protocol = criterion.protocol;
    return textOf(criterion, { ...context, protocol });
  });
  return clauses.join(' ');
}

/** A chain's name in table calico: the layer in front, unless it is already there. */
export function layeredName(name: string, layer: string): string {
  return name.startsWith(layer) ? name : `${layer}-${name}`;
}

const rejectWords: Readonly<Record<string, string>> = { 'tcp-reset': 'tcp reset' };
const rejectWith = (answer: string): string => `reject with ${rejectWords[answer] ?? answer}`;

function natSuffix(fullyRandom: boolean): string {
  return fullyRandom ? ' fully-random' : '';
}

type ActionText = {
  readonly [Kind in ActionKind]: (action: ActionOf<Kind>, context: NftContext) => string;
};

const connectionMask = (mask: number): string => (mask === 0xffffffff ? '' : ` & ${hex(mask)}`);

const actionText: ActionText = {
  accept: () => 'accept',
  drop: () => 'drop',
  reject: ({ with: answer }) => (answer === undefined ? 'reject' : rejectWith(answer)),
  return: () => 'return',
  jump: ({ target }, { layer }) => `jump ${layeredName(target, layer)}`,
  goto: ({ target }, { layer }) => `goto ${layeredName(target, layer)}`,
  log: ({ prefix }) => `log prefix ${prefix} level info`,
  nflog: ({ prefix, snapLength, group }) =>
    `log prefix "${prefix}" snaplen ${snapLength} group ${group}`,
  dnat: ({ address, port }) => `dnat to ${port === undefined ? address : `${address}:${port}`}`,
  snat: ({ address, ports, fullyRandom }) =>
    `snat to ${ports === undefined ? address : `${address}:${ports}`}${natSuffix(fullyRandom)}`,
  // Without a colon before the ports, which nft refuses: so does 3.30.3 write it.
  masquerade: ({ ports, fullyRandom }) =>
    `masquerade${ports === undefined ? '' : ` to ${ports}`}${natSuffix(fullyRandom)}`,
  'set-mark': ({ mark }) => `meta mark set mark or ${hex(mark)}`,
  'clear-mark': ({ mark }) => `meta mark set mark & ${hex(complement(mark))}`,
  'write-mark': ({ mark, mask }) => `meta mark set mark & ${hex(complement(mask))} ^ ${hex(mark)}`,
  notrack: () => 'notrack',
  'save-connection-mark': ({ mask }) => `ct mark set mark${connectionMask(mask)}`,
  'restore-connection-mark': ({ mask }) => `meta mark set ct mark${connectionMask(mask)}`,
  'write-connection-mark': ({ mark, mask }) =>
    `ct mark set ct mark & ${hex(complement(mask))} ^ ${hex(mark)}`,
  'limit-packet-rate': ({ rate, burst }) =>
    `limit rate over ${rate}/second burst ${burst} packets drop`,
  'limit-connections': ({ count, rejectWith: answer }) =>
    `ct count over ${count} ${rejectWith(answer)}`,
};

function textOfAction<Kind extends ActionKind>(
  action: ActionOf<Kind> & { kind: Kind },
  context: NftContext,
): string {
  return actionText[action.kind](action, context);
}

export function nftAction(action: Action, context: NftContext): string {
  return textOfAction(action, context);
}
