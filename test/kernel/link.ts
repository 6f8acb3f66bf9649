/** The link layer: netdev and ingress chains, arp and bridge tables, and the frames that meet them. */

import fc from 'fast-check';
import { headerMatches } from './headers.ts';
import { bridgeAddress, bridged, type Fields } from './hosts.ts';
import { matches } from './matches.ts';
import { memories } from './memory.ts';
import type { Conversation } from './packets.ts';
import { phrase, type Text, word } from './phrase.ts';
import { address, devices, mark, pools } from './pools.ts';
import type { BaseChain, Table } from './tables.ts';

const macs = ['02:00:00:00:00:02', '02:00:00:00:01:02', '02:00:00:00:04:02', '02:00:00:00:05:02'];
const mac: Text = word(...macs);

const frameMatches: Text = fc.oneof(
  phrase`ether saddr ${word('', '!= ')}${mac}`,
  phrase`ether daddr ${mac}`,
  phrase`ether saddr . ip saddr { ${mac} . ${address(4)} }`,
  phrase`arp ${word('saddr', 'daddr')} ip ${address(4)}`,
  word(
    'ether type ip',
    'ether type arp',
    'ether type vlan',
    'ether type { ip, ip6 }',
    'ether daddr ff:ff:ff:ff:ff:ff',
    'ether saddr & ff:ff:00:00:00:00 == 02:00:00:00:00:00',
    'meta protocol ip',
    'meta protocol { ip, arp }',
    'meta protocol vlan',
    'vlan id 10',
    'vlan id { 5, 10 }',
    'vlan pcp 3',
    'vlan type ip',
    'ether type 8021q vlan id 10 ip saddr 10.0.0.5',
    'vlan id 10 tcp dport 80',
    'meta pkttype broadcast',
    'meta pkttype != host',
    'arp operation request',
    'arp operation { request, reply }',
    'arp htype 1',
    '@ll,0,16 0x200',
    '@ll,96,16 0x800',
    'ip dscp ef',
    'icmp type echo-request',
    'meta l4proto tcp',
    'tcp dport 80',
    'udp dport { 53, 80 }',
    'ip6 nexthdr udp',
    'meta length > 60',
  ),
);

const frameActions: Text = fc.oneof(
  phrase`meta mark set ${mark}`,
  word(
    'counter',
    'counter',
    'log prefix "l2"',
    'meta priority set 1:2',
    'ip dscp set cs1',
    'ip ttl set 9',
  ),
  word(
    'ether saddr set 02:00:00:00:00:99',
    'tcp dport set 8080',
    'udp sport set 53',
    'vlan id set 20',
    'vlan pcp set 5',
  ),
);

const frameVerdicts: Text = word('accept', 'drop', 'continue', 'return', 'jump c0', 'goto c1');

/** Frame rules: conditions on any layer, then an action and perhaps an end. */
function frameRules(ends: Text, extra: Text): fc.Arbitrary<readonly (readonly string[])[]> {
  const part = fc.oneof(
    { weight: 4, arbitrary: frameMatches },
    { weight: 1, arbitrary: headerMatches(4) },
    { weight: 2, arbitrary: frameActions },
    { weight: 1, arbitrary: memories(4) },
    { weight: 1, arbitrary: extra },
  );
  const end = fc.oneof(
    { weight: 2, arbitrary: fc.constant(undefined) },
    { weight: 3, arbitrary: ends },
  );
  const rule = fc
    .tuple(fc.array(part, { maxLength: 3 }), end)
    .map(([list, last]) => (last === undefined ? list : [...list, last]))
    .filter((list) => list.length > 0);
  return fc.array(rule, { maxLength: 5 });
}

function linkTable(
  family: string,
  bases: fc.Arbitrary<BaseChain>,
  extra: Text,
): fc.Arbitrary<Table> {
  return fc.record({
    family: fc.constant(family),
    bases: fc.array(bases, { minLength: 1, maxLength: 3 }),
    chains: fc
      .tuple(
        frameRules(word('accept', 'drop', 'return', 'goto c1'), extra),
        frameRules(word('accept', 'drop', 'return'), extra),
      )
      .map((list) => [...list]),
  });
}

function chain(hooks: readonly string[], priorities: readonly string[], ends: Text, extra: Text) {
  return fc.record({
    type: fc.constant('filter'),
    hook: fc.constantFrom(...hooks),
    priority: fc.constantFrom(...priorities),
    policy: fc.constantFrom('accept', 'accept', 'accept', 'drop'),
    rules: frameRules(ends, extra),
  });
}

const outward: Text = word('dup to "eth2"', 'dup to "eth1"', 'dup to "eth0"', 'meta pkttype host');
const ingressEnds = fc.oneof(
  { weight: 6, arbitrary: frameVerdicts },
  { weight: 1, arbitrary: word('fwd to "eth2"', 'fwd to "eth1"') },
);

const anyNetdevTables: fc.Arbitrary<Table> = linkTable(
  'netdev',
  fc.oneof(
    {
      weight: 3,
      arbitrary: chain(
        devices.map((name) => `ingress device "${name}"`),
        ['0', '-500', '10'],
        ingressEnds,
        outward,
      ),
    },
    // Forwarding from egress to egress runs in circles, which the lab does not tell apart.
    {
      weight: 2,
      arbitrary: chain(
        devices.map((name) => `egress device "${name}"`),
        ['0', '-500', '10'],
        frameVerdicts,
        outward,
      ),
    },
  ),
  outward,
);

/** A copy to the device that it leaves by runs in circles, too: those of an answer are taken for the packet. */
export const netdevTables: fc.Arbitrary<Table> = anyNetdevTables.map((table) => {
  const egress = table.bases.some(({ hook }) => hook.startsWith('egress'));
  const quiet = (rules: BaseChain['rules'], device: RegExp) =>
    rules.map((rule) => rule.map((text) => text.replace(device, 'counter')));
  return {
    ...table,
    bases: table.bases.map((base) => {
      const [, device] = /^egress device (".*")/.exec(base.hook) ?? [];
      return device === undefined
        ? base
        : { ...base, rules: quiet(base.rules, new RegExp(`dup to ${device}`)) };
    }),
    chains: egress ? table.chains.map((rules) => quiet(rules, /dup to ".*"/)) : table.chains,
  };
});

export const ingressTables: fc.Arbitrary<Table> = linkTable(
  'inet',
  chain(
    devices.map((name) => `ingress device "${name}"`),
    ['0', '-500', '10'],
    frameVerdicts,
    matches(4),
  ),
  matches(4),
);

const bridgeMatches: Text = word(
  'iifname "port1"',
  'iifname { "port1", "port2" }',
  'oifname "port2"',
  'oifname != "port1"',
  'ip saddr 192.168.50.11',
  'ip daddr 192.168.50.0/28',
  'ether type . iifname { ip . "port1" }',
  'ip saddr . ip daddr { 192.168.50.11 . 192.168.50.12 }',
  'ct state new',
  'meta ibrname "br0"',
);

export const bridgeTables: fc.Arbitrary<Table> = linkTable(
  'bridge',
  chain(
    ['prerouting', 'input', 'forward', 'output', 'postrouting'],
    ['0', '-300', '200'],
    frameVerdicts,
    bridgeMatches,
  ),
  bridgeMatches,
);

const arpMatches: Text = fc.oneof(
  phrase`arp ${word('saddr', 'daddr')} ip ${word('', '!= ')}${address(4)}`,
  phrase`arp saddr ether ${mac}`,
  word(
    'arp operation request',
    'arp operation reply',
    'arp operation != { request, reply }',
    'arp htype 1',
    'arp ptype ip',
    'arp plen 4',
    'arp hlen 6',
    'arp daddr ether 00:00:00:00:00:00',
    'arp saddr ip 10.0.0.0/24',
    'iifname "eth1"',
    'oifname "eth1"',
    'ether saddr 02:00:00:00:01:02',
    '@nh,192,32 1',
    'meta pkttype broadcast',
    'limit rate 1/hour burst 1 packets',
  ),
);

const arpRules = fc.array(
  fc.tuple(
    arpMatches,
    word(
      'counter',
      'accept',
      'drop',
      'counter accept',
      'meta mark set 1',
      'arp operation set 2',
      'arp saddr ip set 10.0.0.77',
    ),
  ),
  { maxLength: 5 },
);

export const arpTables: fc.Arbitrary<Table> = fc.record({
  family: fc.constant('arp'),
  bases: fc.array(
    fc.record({
      type: fc.constant('filter'),
      hook: fc.constantFrom('input', 'output'),
      priority: fc.constantFrom('0', '-10'),
      policy: fc.constantFrom('accept', 'accept', 'drop'),
      rules: arpRules,
    }),
    { minLength: 1, maxLength: 2 },
  ),
  chains: fc.constant([]),
});

const alone = (packet: Fields): Conversation => ({ opening: [packet], followers: [] });

/** Frames of no IP protocol, and tagged ones. */
export const frames: fc.Arbitrary<Conversation> = fc
  .record({
    at: fc.constantFrom(...devices),
    kind: fc.constantFrom('arp', 'arp', 'lldp', 'reply'),
    tag: fc.constantFrom([], [], [{ id: 10, pcp: 3 }]),
  })
  .map(({ at, kind, tag }) => {
    const vlan = tag.length === 0 ? {} : { vlan: tag };
    const spa = pools[4].behind[at]?.at(-1) ?? '';
    const tpa = pools[4].own[at] ?? '';
    if (kind === 'lldp')
      return alone({
        at,
        ethertype: 0x88cc,
        payload: '0102030405',
        dmac: '01:80:c2:00:00:0e',
        ...vlan,
      });
    const op = kind === 'arp' ? 1 : 2;
    const dmac = kind === 'arp' ? { dmac: 'ff:ff:ff:ff:ff:ff' } : {};
    return alone({ at, family: 'arp', op, spa, tpa, ...dmac, ...vlan });
  });

const port = fc.constantFrom('port1' as const, 'port2' as const, 'port3' as const);

/** Between the ports of the bridge, to it, through it, from it. */
export const bridgeTalks: fc.Arbitrary<Conversation> = fc
  .record({
    from: port,
    to: port,
    way: fc.constantFrom('across', 'across', 'across', 'in', 'routed', 'out', 'arp', 'broadcast'),
    proto: fc.constantFrom(
      { proto: 'tcp', sport: 1000, dport: 80, flags: 'S', seq: 1000 },
      { proto: 'udp', sport: 1000, dport: 53 },
      { proto: 'icmp', icmp_id: 53 },
      { proto: 'udp', sport: 1000, dport: 80, payload_len: 1400, df: true },
    ),
    tag: fc.constantFrom([], [], [], [{ id: 10, pcp: 0 }]),
    followers: fc.subarray<Fields>([{ reply: true }, {}, { reply: true, payload_len: 9 }]),
  })
  .map(({ from, to, way, proto, tag, followers }) => {
    const [a, b] = [bridged[from], bridged[to]];
    const vlan = tag.length === 0 ? {} : { vlan: tag };
    const base = { at: from, family: 4, src: a.address, ...proto, ...vlan };
    switch (way) {
      case 'in':
        return { opening: [{ ...base, dst: bridgeAddress }], followers };
      case 'routed':
        return { opening: [{ ...base, dst: '10.0.0.5' }], followers };
      case 'out':
        return {
          opening: [{ ...proto, at: 'local', family: 4, src: bridgeAddress, dst: b.address }],
          followers,
        };
      case 'arp':
        return alone({
          at: from,
          family: 'arp',
          op: 1,
          spa: a.address,
          tpa: b.address,
          dmac: 'ff:ff:ff:ff:ff:ff',
          ...vlan,
        });
      case 'broadcast':
        return alone({ ...base, dst: '192.168.50.255', dmac: 'ff:ff:ff:ff:ff:ff' });
      default:
        return { opening: [{ ...base, dst: b.address, dmac: b.mac }], followers };
    }
  });
