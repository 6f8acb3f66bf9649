/** Long conversations for the trackers of TCP, SCTP and the like: any segment at any time, from either side. */

import fc from 'fast-check';
import { type Fields, seldom } from './hosts.ts';
import { type Conversation, pause } from './packets.ts';
import { declared, phrase, type Text, word } from './phrase.ts';
import type { Table } from './tables.ts';

const openings: fc.Arbitrary<Fields> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      family: fc.constant(4),
      at: fc.constantFrom('eth1', 'eth1', 'local'),
      src: fc.constant('10.0.0.5'),
      dst: fc.constantFrom('198.51.100.7', '172.20.0.9'),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      family: fc.constant(6),
      at: fc.constant('eth1'),
      src: fc.constant('fd00:1::5'),
      dst: fc.constantFrom('2606:4700::7', 'fd00:2::9'),
    }),
  },
);

/** Where the connection starts: with its own first segment, its answer, or in the middle. */
const numbers = [1000, 1001, 1002, 1021, 1022, 1400, 5000, 5001, 5031, 5032, 90000000, 0];

const segments: fc.Arbitrary<Fields> = fc.record(
  {
    reply: fc.boolean(),
    flags: fc.constantFrom('S', 'SA', 'A', 'A', 'PA', 'FA', 'FA', 'R', 'RA', 'SF', 'PUA', ''),
    seq: fc.constantFrom(...numbers),
    ack: fc.constantFrom(...numbers),
    window: fc.constantFrom(1000, 1000, 0, 65535),
    payload_len: fc.constantFrom(0, 0, 0, 20, 400),
    tcpopts: fc.constantFrom(
      ...['020405b4', '0204000003030200', '01030307', '0402', '0101080a0000000500000006'],
      ...['0101050a000003e9000003fd', '02040578040201'],
    ),
    sleep_ms: fc.constantFrom(10, 10, 10, 10, 10, 10, 10, pause),
  },
  { requiredKeys: ['reply', 'flags', 'seq', 'ack'] },
);

/** What a connection does when nothing is wrong, to begin with: the first of them, and then anything. */
const usual: readonly Fields[] = [
  { reply: true, flags: 'SA', seq: 5000, ack: 1001 },
  { flags: 'A', seq: 1001, ack: 5001 },
  { flags: 'PA', seq: 1001, ack: 5001, payload_len: 20 },
  { reply: true, flags: 'PA', seq: 5001, ack: 1021, payload_len: 30 },
  { flags: 'FA', seq: 1021, ack: 5031 },
  { reply: true, flags: 'FA', seq: 5031, ack: 1022 },
  { flags: 'A', seq: 1022, ack: 5032 },
];

/** Both sides open at once. */
const crossing: readonly Fields[] = [
  { reply: true, flags: 'S', seq: 5000 },
  { flags: 'SA', seq: 1000, ack: 5001 },
  { reply: true, flags: 'SA', seq: 5000, ack: 1001 },
  { flags: 'A', seq: 1001, ack: 5001 },
];

const streams: fc.Arbitrary<Conversation> = fc
  .record({
    way: openings,
    first: fc.constantFrom<Fields>(
      { flags: 'S', seq: 1000 },
      { flags: 'S', seq: 1000, tcpopts: '020405b40402010303070101' },
      { flags: 'A', seq: 1001, ack: 5001 },
    ),
    known: fc
      .tuple(fc.constantFrom(usual, usual, crossing), fc.nat(7))
      .map(([list, length]) => list.slice(0, length)),
    more: fc.array(segments, { minLength: 1, maxLength: 8 }),
  })
  .map(({ way, first, known, more }) => ({
    opening: [{ ...way, ...fromHost(way), proto: 'tcp', sport: 1000, dport: 80, ...first }],
    followers: [...known, ...more],
  }));

const fromHost = ({ at }: Fields): Fields =>
  at === 'local' ? { src: '203.0.113.2', dst: '198.51.100.7' } : {};

const chunks = [
  '01000014000000070000ffff0001000100000009',
  '02000014000000090000ffff0001000100000009',
  '02000014000000070000ffff0001000100000009',
  '0300001000000009000000000000000061626364',
  '03000010000000090000ffff00000000',
  '0400000800010004',
  '0500000800010004',
  '06000004',
  '06010004',
  '0700000800000001',
  '08000004',
  '09000004',
  '0a00000861626364',
  '0b000004',
  '0e000004',
  '0e010004',
  '0b00000403000010000000090000ffff00000000',
];

const messages: fc.Arbitrary<Fields> = fc.record(
  {
    reply: fc.boolean(),
    payload: fc.constantFrom(...chunks),
    vtag: fc.constantFrom(7, 9, 7, 9, 0, 5),
    sleep_ms: fc.constantFrom(10, 10, 10, 10, 10, 10, 10, pause),
  },
  { requiredKeys: ['reply', 'payload', 'vtag'] },
);

const association: readonly Fields[] = [
  { reply: true, payload: chunks[1], vtag: 7 },
  { payload: chunks[12], vtag: 9 },
  { reply: true, payload: chunks[13], vtag: 7 },
  { payload: chunks[3], vtag: 9 },
  { payload: chunks[9], vtag: 9 },
  { reply: true, payload: chunks[10], vtag: 7 },
  { payload: chunks[14], vtag: 9 },
];

const associations: fc.Arbitrary<Conversation> = fc
  .record({
    way: openings,
    first: fc.constantFrom(0, 0, 0, 5, 3, 12),
    known: fc.nat(7).map((length) => association.slice(0, length)),
    more: fc.array(messages, { minLength: 1, maxLength: 8 }),
  })
  .map(({ way, first, known, more }) => ({
    opening: [
      {
        ...way,
        ...fromHost(way),
        proto: 'sctp',
        sport: 1000,
        dport: 80,
        payload: chunks[first],
        vtag: first === 0 ? 0 : 9,
      },
    ],
    followers: [...known, ...more],
  }));

/** Datagrams and the like at leisure. */
const exchanges: fc.Arbitrary<Conversation> = fc
  .record({
    way: openings,
    proto: fc.constantFrom('udp', 'udplite', 'echo', 'dccp', 47, 99),
    more: fc.array(
      fc.record(
        {
          reply: fc.boolean(),
          payload_len: fc.constantFrom(0, 8, 20),
          sleep_ms: fc.constantFrom(10, pause, pause),
        },
        { requiredKeys: ['reply', 'payload_len'] },
      ),
      { minLength: 1, maxLength: 5 },
    ),
  })
  .map(({ way, proto, more }) => ({
    opening: [{ ...way, ...fromHost(way), proto: named(proto, way), sport: 1000, dport: 53 }],
    followers: more,
  }));

const named = (proto: string | number, { family }: Fields): string | number =>
  proto === 'echo' ? (family === 6 ? 'icmpv6' : 'icmp') : proto;

export const trackedTalks: fc.Arbitrary<Conversation> = fc.oneof(
  { weight: 6, arbitrary: streams },
  { weight: 2, arbitrary: associations },
  { weight: 1, arbitrary: exchanges },
);

const policies = word(
  'protocol tcp; policy = { established: 4s, syn_sent: 1h, close: 4s, last_ack: 4s }',
  'protocol tcp; policy = { unack: 4s, retrans: 4s, time_wait: 4s, fin_wait : 4s }',
  'protocol udp; policy = { replied: 4s }',
);

/** Rules that say what the tracker made of each packet, and translate some. */
export const trackingTables: fc.Arbitrary<Table> = fc
  .record({
    policy: seldom<string | undefined>(
      phrase`ct timeout set ${declared('ct timeout', policies)}`,
      undefined,
    ),
    rest: fc.subarray([
      ['ct state invalid', 'counter'],
      ['ct state established', 'counter'],
      ['ct status & assured != 0', 'counter'],
      ['ct direction reply', 'counter'],
      ['ct expiration > 1m', 'counter'],
      ['ct packets > 3', 'counter'],
      ['ct count over 0', 'counter'],
      ['ct count over 1', 'counter'],
      ['ct status assured', 'ct count over 0', 'counter'],
      ['ct direction reply', 'ct count 0', 'counter'],
    ]),
    raw: seldom<readonly (readonly string[])[]>(
      fc.subarray(
        [
          ['ct original zone set 5'],
          ['ip saddr 10.0.0.5', 'ct reply zone set 5'],
          ['ct count over 0', 'counter'],
          ['ct count over 1', 'counter'],
          ['tcp flags ! syn', 'ct count 1', 'counter'],
        ],
        { minLength: 1 },
      ),
      [],
    ),
    nat: seldom<string | undefined>(
      word(
        'snat ip to 203.0.113.2',
        'masquerade',
        'tcp dport 80 snat ip to 203.0.113.2:1000',
        'tcp dport 80 snat ip6 to [2001:db8::2]:1000',
      ),
      undefined,
    ),
  })
  .map(({ policy, rest, raw, nat }) => {
    const set = policy === undefined ? [] : [[policy]];
    const filter = { type: 'filter', priority: '0', policy: 'accept', rules: [...set, ...rest] };
    const translate = { type: 'nat', hook: 'postrouting', priority: '100', policy: 'accept' };
    return {
      family: 'inet',
      bases: [
        { ...filter, hook: 'forward' },
        { ...filter, hook: 'output' },
        { ...filter, hook: 'input', rules: rest },
        ...(raw.length === 0
          ? []
          : [{ ...filter, hook: 'prerouting', priority: '-300', rules: raw }]),
        ...(nat === undefined ? [] : [{ ...translate, rules: [[nat]] }]),
      ],
      chains: [],
    };
  });

/** The same for xtables: what became of the entry, marks on connections and on templates, counts of connections. */
const watching = word(
  '-m conntrack --ctstate INVALID',
  '-m conntrack --ctstate ESTABLISHED',
  '-m conntrack --ctstatus ASSURED',
  '-m conntrack ! --ctstatus SEEN_REPLY',
  '-m conntrack --ctdir REPLY',
  '-m conntrack --ctexpire 70:100000',
  '-m connbytes --connbytes 3 --connbytes-dir both --connbytes-mode packets',
  '-m connmark --mark 0x1/0x1',
  '-p tcp -m tcp --tcp-flags SYN SYN',
);
const counting = fc.oneof(
  word(
    '-m connlimit --connlimit-above 0',
    '-m connlimit --connlimit-above 1',
    '-m connlimit --connlimit-upto 1',
  ),
  watching,
);
const mask = word('0', '24', '32');
const side = word('--connlimit-saddr', '--connlimit-daddr');
const watched: Text = fc
  .tuple(fc.array(counting, { minLength: 1, maxLength: 2 }), mask, side)
  .map(([list, length, of]) =>
    [...new Set(list)]
      .map((each) =>
        each.includes('connlimit') ? `${each} --connlimit-mask ${length} ${of}` : each,
      )
      .join(' '),
  )
  .filter((text) => text.split('connlimit --').length < 3);

const marking = word(
  'MARK --set-xmark 0x2/0x2',
  'MARK --set-xmark 0x10/0x10',
  'CONNMARK --set-xmark 0x1/0x1',
  'CONNMARK --save-mark',
  'CONNMARK --restore-mark',
  'ACCEPT',
);

function watchingTable(name: string, hooks: readonly string[], targets: Text): Text {
  const line = phrase`-A ${word(...hooks)} ${watched} -j ${targets}`;
  return fc.array(line, { minLength: 1, maxLength: 4 }).map((lines) => {
    const heads = hooks.map((hook) => `:${hook} ACCEPT [0:0]\n`).join('');
    return `*${name}\n${heads}${lines.map((each) => `${each}\n`).join('')}COMMIT\n`;
  });
}

export const trackingSaves: Text = fc
  .tuple(
    watchingTable(
      'raw',
      ['PREROUTING', 'OUTPUT'],
      fc.oneof(marking, word('CT --zone 5', 'CT --zone-orig 5', 'CT --zone-reply 6')),
    ),
    watchingTable('mangle', ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'], marking),
    fc.boolean(),
  )
  .map(([raw, mangle, both]) => (both ? raw + mangle : mangle));
