/** Rules in the words of iptables-restore, as Felix writes them (felix/iptables). */

import { hex } from '../hex.ts';
import type { Action, ActionKind, ActionOf } from '../rules/action.ts';
import type { Criterion, CriterionKind, CriterionOf, Match, PortRange } from '../rules/match.ts';

const not = (negated: boolean): string => (negated ? '! ' : '');
const direction = { source: 'src', destination: 'dst' } as const;

function multiport(ranges: readonly PortRange[]): string {
  return ranges
    .map(({ first, last }) => (first === last ? `${first}` : `${first}:${last}`))
    .join(',');
}

function icmp({ version, type, code, negated }: CriterionOf<'icmp'>): string {
  const [module, option] = version === 4 ? ['icmp', '--icmp-type'] : ['icmp6', '--icmpv6-type'];
  return `-m ${module} ${not(negated)}${option} ${type}${code === undefined ? '' : `/${code}`}`;
}

function reversePath({ passed, acceptLocal }: CriterionOf<'reverse-path'>): string {
  const invert = passed ? '' : ' --invert';
  return `-m rpfilter${invert} --validmark${acceptLocal ? ' --accept-local' : ''}`;
}

type CriterionText = {
  readonly [Kind in CriterionKind]: (criterion: CriterionOf<Kind>) => string;
};

const criterionText: CriterionText = {
  'mark-clear': ({ mask, negated }) => `-m mark ${not(negated)}--mark 0/${hex(mask)}`,
  'mark-equals': ({ value, mask, negated }) =>
    `-m mark ${not(negated)}--mark ${hex(value)}/${hex(mask)}`,
  interface: ({ direction: way, name, wildcard }) =>
    `--${way}-interface ${name}${wildcard ? '+' : ''}`,
  'interface-map': () => '',
  protocol: ({ protocol, negated }) => `${not(negated)}-p ${protocol}`,
  network: ({ side, network, negated }) => `${not(negated)}--${side} ${network}`,
  set: ({ side, set, negated }) => `-m set ${not(negated)}--match-set ${set} ${direction[side]}`,
  'port-set': ({ side, set, negated }) =>
    `-m set ${not(negated)}--match-set ${set} ${direction[side]},${direction[side]}`,
  ports: ({ side, ranges, negated }) =>
    `-m multiport ${not(negated)}--${side}-ports ${multiport(ranges)}`,
  port: ({ side, port }) => `--${side === 'source' ? 'sport' : 'dport'} ${port}`,
  icmp,
  'conntrack-state': ({ states, negated }) => `-m conntrack ${not(negated)}--ctstate ${states}`,
  'conntrack-dnat': ({ negated }) => `-m conntrack ${not(negated)}--ctstate DNAT`,
  'address-type': ({ side, type, outInterface, negated }) =>
    `-m addrtype ${not(negated)}--${direction[side]}-type ${type}${outInterface ? ' --limit-iface-out' : ''}`,
  'reverse-path': reversePath,
  ipvs: ({ negated }) => `-m ipvs ${not(negated)}--ipvs`,
  // Felix skips the IP header, then the 8 bytes of UDP and 4 of VXLAN, and compares the VNI.
  vni: ({ vni }) => `-m u32 --u32 "0>>22&0x3C@12>>8=${hex(vni)}"`,
};

function textOf<Kind extends CriterionKind>(criterion: CriterionOf<Kind> & { kind: Kind }): string {
  return criterionText[criterion.kind](criterion);
}

export function iptablesMatch(match: Match): string {
  return match.map((criterion: Criterion) => textOf(criterion)).join(' ');
}

function nflog({ group, prefix, snapLength, range }: ActionOf<'nflog'>): string {
  const option = range === true ? '--nflog-range' : '--nflog-size';
  return `--jump NFLOG --nflog-group ${group} --nflog-prefix ${prefix} ${option} ${snapLength}`;
}

function snat({ address, ports, fullyRandom }: ActionOf<'snat'>): string {
  const to = ports === undefined ? address : `${address}:${ports}`;
  return `--jump SNAT --to-source ${to}${fullyRandom ? ' --random-fully' : ''}`;
}

function masquerade({ ports, fullyRandom }: ActionOf<'masquerade'>): string {
  const to = ports === undefined ? '' : ` --to-ports ${ports}`;
  return `--jump MASQUERADE${to}${fullyRandom ? ' --random-fully' : ''}`;
}

function setMark(mark: string, mask: number): string {
  return `--jump MARK --set-mark ${mark}/${hex(mask)}`;
}

type ActionText = { readonly [Kind in ActionKind]: (action: ActionOf<Kind>) => string };

const actionText: ActionText = {
  accept: () => '--jump ACCEPT',
  drop: () => '--jump DROP',
  reject: ({ with: answer }) =>
    `--jump REJECT${answer === undefined ? '' : ` --reject-with ${answer}`}`,
  return: () => '--jump RETURN',
  jump: ({ target }) => `--jump ${target}`,
  goto: ({ target }) => `--goto ${target}`,
  log: ({ prefix }) => `--jump LOG --log-prefix "${prefix}: " --log-level 5`,
  nflog,
  dnat: ({ address, port }) =>
    `--jump DNAT --to-destination ${port === undefined ? address : `${address}:${port}`}`,
  snat,
  masquerade,
  'set-mark': ({ mark }) => setMark(hex(mark), mark),
  'clear-mark': ({ mark }) => setMark('0', mark),
  'write-mark': ({ mark, mask }) => setMark(hex(mark), mask),
  notrack: () => '--jump NOTRACK',
  'save-connection-mark': ({ mask }) => `--jump CONNMARK --save-mark --mask ${hex(mask)}`,
  'restore-connection-mark': ({ mask }) => `--jump CONNMARK --restore-mark --mask ${hex(mask)}`,
  'write-connection-mark': ({ mark, mask }) =>
    `--jump CONNMARK --set-mark ${hex(mark)}/${hex(mask)}`,
  'limit-packet-rate': ({ rate, burst, mark }) =>
    `-m limit --limit ${rate}/sec --limit-burst ${burst} ${setMark(hex(mark), mark)}`,
  'limit-connections': ({ count, rejectWith }) =>
    '-p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN -m connlimit ' +
    `--connlimit-above ${count} --connlimit-mask 0 -j REJECT --reject-with ${rejectWith}`,
};

function textOfAction<Kind extends ActionKind>(action: ActionOf<Kind> & { kind: Kind }): string {
  return actionText[action.kind](action);
}

export function iptablesAction(action: Action | undefined): string {
  return action === undefined ? '' : textOfAction(action);
}
