/** What is rare about a packet: options, extension headers, wrong lengths and checksums, and uncommon protocols. */

import fc from 'fast-check';
import type { Fields } from './hosts.ts';
import type { Version } from './pools.ts';

const tcpOptions = [
  '02040578',
  '020405b4010303070101080a0000000100000000',
  '0402',
  '0101080a0000000500000006',
  '02040578040201',
  '0502',
  '03',
  '02030404',
  '0a00',
  '1312000102030405060708090a0b0c0d0e0f',
];

const sctpChunks = [
  // INIT ACK, DATA, HEARTBEAT, ABORT, SHUTDOWN, SHUTDOWN ACK, COOKIE ECHO, COOKIE ACK, SHUTDOWN COMPLETE
  '02000014000000070000ffff0001000100000009',
  '0003001100000009000000000000000061000000',
  '0400000800010004',
  '06000004',
  '0700000800000001',
  '08000004',
  '0a00000861626364',
  '0b000004',
  '0e000004',
  '03000010000000090000ffff00000000',
];

export function rareTransports(version: Version, port: fc.Arbitrary<number>): fc.Arbitrary<Fields> {
  const both = { sport: port, dport: port };
  const queries = version === 4 ? [0, 3, 4, 5, 9, 11, 12, 13, 14, 17, 40] : [1, 2, 3, 4, 129, 128];
  const inner =
    version === 4
      ? { src: '10.0.0.5', dst: '8.8.8.8', proto: 'udp', sport: 53, dport: 53 }
      : { src: 'fd00:1::5', dst: '2a00::8', proto: 'udp', sport: 53, dport: 53 };
  const errors = version === 4 ? [3, 4, 5, 11, 12] : [1, 2, 3, 4];
  return fc.oneof(
    fc.record({ proto: fc.constantFrom('sctp', 'udplite', 'dccp'), ...both }),
    fc.record({
      proto: fc.constant('sctp'),
      ...both,
      payload: fc.constantFrom(...sctpChunks),
      vtag: fc.constantFrom(7, 0, 9),
    }),
    fc.record({
      proto: fc.constantFrom(47, 50, 51, 4, 41, 2, 99, 103, 108, 253),
      payload_len: fc.constantFrom(0, 4, 20, 40),
    }),
    fc
      .record({
        proto: fc.constant(version === 4 ? 'icmp' : 'icmpv6'),
        icmp_type: fc.constantFrom(...queries),
        icmp_code: fc.constantFrom(0, 1, 4),
      })
      .map((packet) => (errors.includes(packet.icmp_type) ? { ...packet, inner } : packet)),
  );
}

/** Nothing of it is the smallest. */
export function oddities(version: Version, proto: unknown, local: boolean): fc.Arbitrary<Fields> {
  const one = (weight: number, model: Readonly<Record<string, readonly unknown[]>>) => ({
    weight,
    arbitrary: fc.record(
      Object.fromEntries(
        Object.entries(model).map(([key, values]) => [key, fc.constantFrom(...values)]),
      ),
    ) as fc.Arbitrary<Fields>,
  });
  const tcp =
    proto === 'tcp'
      ? [
          one(3, { tcpopts: tcpOptions }),
          one(1, { doff: [0, 4, 6, 15] }),
          one(1, { window: [0, 65535] }),
        ]
      : [];
  const udp = proto === 'udp' ? [one(2, { nosum: [true] })] : [];
  const four = [
    one(2, {
      ipopts: [
        '94040000',
        '0707040a000001',
        '830704c0000201',
        '01',
        '00',
        '01010101',
        '8300',
        '4404',
      ],
    }),
    one(1, { df: [true], payload_len: [100, 1300, 1450] }),
  ];
  const six = [
    one(3, {
      exthdrs: [
        ['hopopt'],
        ['dstopts'],
        ['hopopt', 'dstopts'],
        ['routing'],
        ['dstopts', 'routing'],
      ],
    }),
    one(1, { flowlabel: [5, 0xfffff] }),
  ];
  const received = local
    ? [one(1, { dev: ['eth0', 'eth1'] })]
    : [
        one(2, { truncate: [20, 22, 24, 28, 30, 36, 40, 44, 50, 54, 60] }),
        one(1, { tot_len: [20, 24, 28, 2000, 19, 0] }),
        one(1, { smac: ['02:00:00:00:77:77'] }),
        one(1, { vlan: [[{ id: 10, pcp: 3 }], [{ id: 10 }, { id: 5 }]] }),
        ...(version === 4 ? [one(1, { ihl: [4, 6, 15] })] : []),
      ];
  return fc.oneof(
    one(30, {}),
    one(4, { ttl: [1, 2, 255, 0] }),
    one(3, { dscp: [8, 46], ecn: [0, 3] }),
    one(8, { payload_len: [1, 20, 100, 1200, 1300] }),
    one(3, { badsum: [true] }),
    ...(version === 4 ? four : six),
    ...tcp,
    ...udp,
    ...received,
  );
}
