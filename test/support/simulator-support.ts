/** What the simulator makes of every expression, statement, match and target: the table in the README. */

import type { ExpressionKind } from '../../src/ast/nft/expressions.ts';
import type { StatementKind } from '../../src/ast/nft/statements.ts';
import type { MatchOptions } from '../../src/fields/iptables/match-table.ts';
import type { TargetOptions } from '../../src/fields/iptables/target-table.ts';
import { helpers, namedHelpers } from '../../src/simulate/helpers/run-helper.ts';

/**
 * `modelled`: inputs and state determine it, as in the kernel. `depends`: a fact that no input holds; every answer is an
 * outcome with its assumption or probability. `noted`: it has no effect on the packet's way, or what it has is recorded as
 * not modelled. `refused`: it is a mistake, and no program comes of it.
 */
export type Support = 'modelled' | 'depends' | 'noted' | 'refused';

/** A row: how far, and what the rest of the sentence is. */
export type Row = readonly [support: Support, note?: string];

const value: Row = ['modelled', 'value'];

export const expressionSupport: Readonly<Record<ExpressionKind, Row>> = {
  symbol: value,
  string: value,
  value,
  variable: value,
  prefix: value,
  range: value,
  concat: value,
  list: value,
  set: value,
  'set-reference': ['modelled', 'a set listed without its elements: depends'],
  element: value,
  wildcard: value,
  mapping: value,
  verdict: value,
  map: ['modelled'],
  payload: ['modelled', 'inner headers of vxlan, geneve, gre and gretap too'],
  'raw-payload': ['modelled'],
  exthdr: ['modelled'],
  'tcp-option': ['modelled'],
  'ip-option': ['modelled'],
  'sctp-chunk': ['modelled'],
  'dccp-option': ['modelled'],
  meta: ['modelled', '`random`, `cpu`, `cgroup`, and `skuid`, `skgid` of unknown senders: depends'],
  ct: ['modelled', '`id`: depends'],
  rt: ['modelled', '`classid` is 0: realms of routes are not read'],
  fib: ['modelled'],
  socket: ['depends', 'which sockets the host has'],
  osf: ['depends', 'fingerprints of the kernel; packets other than a TCP SYN: modelled'],
  ipsec: ['modelled', 'no packet has a security path'],
  tunnel: ['modelled', 'no packet has tunnel metadata'],
  numgen: ['modelled', '`inc`; `random`: depends, with its probability'],
  jhash: ['modelled', 'without `seed`: depends'],
  symhash: ['depends', 'its seed is a secret of the kernel'],
  binary: ['modelled'],
  'flags-mask': ['modelled'],
  boolean: ['modelled'],
};

export const statementSupport: Readonly<Record<StatementKind, Row>> = {
  match: ['modelled'],
  verdict: ['modelled'],
  'anonymous-chain': ['modelled'],
  vmap: ['modelled'],
  counter: ['modelled'],
  quota: ['modelled'],
  limit: ['modelled', 'by the clock that is given'],
  'ct-count': ['modelled'],
  last: ['noted'],
  log: ['noted', 'an event'],
  reject: ['modelled', 'with the packet that answers'],
  nat: ['modelled', 'snat, dnat, masquerade, redirect; a drawn port: depends, one for all'],
  tproxy: ['depends', 'is there a transparent socket'],
  notrack: ['modelled'],
  mangle: ['modelled', 'payload, meta, ct, tcp option'],
  'reset-option': ['modelled'],
  'set-update': ['modelled'],
  meter: ['modelled'],
  dup: ['modelled', 'the copy has a way of its own'],
  fwd: ['modelled'],
  queue: ['modelled', 'what user space answers is not followed'],
  synproxy: ['modelled', 'does an ACK bring the cookie back: depends'],
  flow: ['noted', 'packets are not offloaded'],
  'object-reference': [
    'modelled',
    'counter, quota, limit, synproxy, ct helper, ct timeout, ct expectation; secmark: noted',
  ],
  xt: ['modelled', 'as the match or target; one that a listing shows without content: depends'],
  invalid: ['refused'],
};

export const matchSupport: Readonly<Record<MatchOptions['kind'], Row>> = {
  addrtype: ['modelled'],
  ah: ['modelled'],
  bpf: ['modelled', 'bytecode; a pinned object or loads of hash, CPU, random: depends'],
  cgroup: ['depends', 'of local senders; of others: modelled'],
  cluster: ['modelled'],
  comment: ['modelled'],
  connbytes: ['modelled'],
  connlabel: ['modelled'],
  connlimit: ['modelled'],
  connmark: ['modelled'],
  conntrack: ['modelled', '`state` too'],
  cpu: ['depends'],
  dccp: ['modelled'],
  devgroup: ['modelled'],
  dscp: ['modelled'],
  dst: ['modelled'],
  ecn: ['modelled'],
  esp: ['modelled'],
  eui64: ['modelled'],
  frag: ['modelled'],
  hashlimit: ['modelled', 'by the clock that is given'],
  hbh: ['modelled'],
  helper: ['modelled'],
  hl: ['modelled'],
  icmp: ['modelled'],
  icmp6: ['modelled'],
  ipcomp: ['modelled'],
  iprange: ['modelled'],
  ipv6header: ['modelled'],
  ipvs: ['depends', 'connections of IPVS'],
  length: ['modelled'],
  limit: ['modelled', 'by the clock that is given'],
  mac: ['modelled'],
  mark: ['modelled'],
  mh: ['modelled'],
  multiport: ['modelled'],
  nfacct: ['depends', 'its quota'],
  osf: ['depends', 'fingerprints of the kernel; packets other than a TCP SYN: modelled'],
  owner: ['modelled', 'unknown user or group: depends'],
  physdev: ['modelled'],
  pkttype: ['modelled'],
  policy: ['modelled', 'no packet has a security path'],
  quota: ['modelled'],
  rateest: ['depends', 'rates of the past'],
  realm: ['modelled', 'realms of routes are not read: 0'],
  recent: ['modelled', 'lists are empty at first; by the clock that is given'],
  rpfilter: ['modelled'],
  rt: ['modelled'],
  sctp: ['modelled'],
  set: ['modelled', 'an ipset without its elements: depends'],
  socket: ['depends', 'which sockets the host has'],
  srh: ['modelled'],
  statistic: ['modelled', '`nth`; `random`: depends, with its probability'],
  string: ['modelled'],
  tcp: ['modelled'],
  tcpmss: ['modelled'],
  time: ['modelled', 'UTC, by the clock that is given'],
  tos: ['modelled'],
  ttl: ['modelled'],
  u32: ['modelled'],
  udp: ['modelled'],
};

export const targetSupport: Readonly<Record<TargetOptions['kind'], Row>> = {
  AUDIT: ['noted'],
  CHECKSUM: ['noted', 'checksums of packets here are whole'],
  CLASSIFY: ['modelled'],
  CLUSTERIP: ['noted', 'gone from Linux'],
  CONNMARK: ['modelled'],
  CONNSECMARK: ['noted'],
  CT: [
    'modelled',
    'notrack, zone, helper; timeout policies, which no dump holds, and events: noted',
  ],
  DNAT: ['modelled'],
  DNPT: ['modelled'],
  DSCP: ['modelled'],
  ECN: ['modelled'],
  HL: ['modelled'],
  HMARK: ['modelled'],
  IDLETIMER: ['noted'],
  LED: ['noted'],
  LOG: ['noted', 'an event'],
  MARK: ['modelled'],
  MASQUERADE: ['modelled', 'a drawn port: depends, one for all'],
  NETMAP: ['modelled'],
  NFLOG: ['noted', 'an event'],
  NFQUEUE: ['modelled', 'what user space answers is not followed'],
  RATEEST: ['noted'],
  REDIRECT: ['modelled'],
  REJECT: ['modelled', 'with the packet that answers'],
  SECMARK: ['noted'],
  SET: ['modelled'],
  SNAT: ['modelled'],
  SNPT: ['modelled'],
  SYNPROXY: ['modelled', 'does an ACK bring the cookie back: depends'],
  TCPMSS: ['modelled'],
  TCPOPTSTRIP: ['modelled'],
  TEE: ['modelled', 'the copy has a way of its own'],
  TOS: ['modelled'],
  TPROXY: ['depends', 'is there a transparent socket'],
  TRACE: ['noted'],
  TTL: ['modelled'],
  ULOG: ['noted', 'gone from Linux'],
};

export const helperSupport: Readonly<Record<string, Row>> = {
  ...Object.fromEntries(Object.keys(helpers).map((name): [string, Row] => [name, ['modelled']])),
  ...Object.fromEntries(
    namedHelpers.map((name): [string, Row] => [name, ['noted', 'expects nothing']]),
  ),
};

const titles: Readonly<Record<Support, string>> = {
  modelled: 'modelled',
  depends: 'outcome depends',
  noted: 'noted, without effect',
  refused: 'refused',
};

function cell(rows: Readonly<Record<string, Row>>, support: Support): string {
  const names = Object.entries(rows)
    .filter(([, row]) => row[0] === support)
    .map(([name, [, note]]) =>
      note === undefined || note === 'value' ? name : `${name} (${note})`,
    )
    .sort((a, b) => (a < b ? -1 : 1));
  return names.join(', ');
}

/** One Markdown line for each kind of thing and each answer. */
export function supportTable(): string {
  const groups = [
    ['nft expressions', expressionSupport],
    ['nft statements', statementSupport],
    ['iptables matches', matchSupport],
    ['iptables targets', targetSupport],
    ['connection helpers', helperSupport],
  ] as const;
  const answers = ['modelled', 'depends', 'noted', 'refused'] as const;
  const lines = groups.flatMap(([title, rows]) =>
    answers.flatMap((support) => {
      const names = cell(rows, support);
      return names === '' ? [] : [`| ${title} | ${titles[support]} | ${names} |`];
    }),
  );
  return ['| what | in the simulator | which |', '|---|---|---|', ...lines].join('\n');
}
