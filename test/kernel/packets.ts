/** Packets of a scenario: conversations of one packet and what may follow it, in the words of the lab. */

import fc from 'fast-check';
import { devices, pools, ports, type Version } from './pools.ts';

export type LabPacket = Readonly<Record<string, unknown>>;

/** A follower names no packet: it replies to, continues or reports the one that opens its conversation. */
export interface Conversation {
  readonly opening: LabPacket;
  readonly followers: readonly LabPacket[];
}

interface Way {
  readonly at: string;
  readonly src: string;
  readonly dst: string;
}

function ways(version: Version): fc.Arbitrary<Way> {
  const { behind, own } = pools[version];
  const hosts = (name: string) => fc.constantFrom(...(behind[name] ?? []));
  const ownOf = (name: string) => fc.constant(own[name] ?? '');
  const pair = fc.shuffledSubarray([...devices], { minLength: 2, maxLength: 2 });
  return pair.chain(([from = 'eth1', to = 'eth0']) =>
    fc.oneof(
      {
        weight: 5,
        arbitrary: fc.record({ at: fc.constant(from), src: hosts(from), dst: hosts(to) }),
      },
      {
        weight: 3,
        arbitrary: fc.record({ at: fc.constant(from), src: hosts(from), dst: ownOf(from) }),
      },
      {
        weight: 1,
        arbitrary: fc.record({ at: fc.constant(from), src: hosts(from), dst: ownOf(to) }),
      },
      {
        weight: 3,
        arbitrary: fc.record({ at: fc.constant('local'), src: ownOf(to), dst: hosts(to) }),
      },
      {
        weight: 1,
        arbitrary: fc.record({ at: fc.constant('local'), src: ownOf(from), dst: ownOf(to) }),
      },
      {
        weight: 1,
        arbitrary: fc.record({ at: fc.constant(from), src: hosts(to), dst: hosts(to) }),
      },
    ),
  );
}

const anyPort = fc.constantFrom(...ports);

function transport(version: Version): fc.Arbitrary<LabPacket> {
  const both = { sport: anyPort, dport: anyPort };
  const flags = fc.constantFrom('S', 'S', 'S', 'S', 'SA', 'A', 'PA', 'R', 'FA', 'SF', '');
  const echo = version === 4 ? { proto: 'icmp', type: 8 } : { proto: 'icmpv6', type: 128 };
  return fc.oneof(
    { weight: 4, arbitrary: fc.record({ proto: fc.constant('tcp'), ...both, flags }) },
    { weight: 3, arbitrary: fc.record({ proto: fc.constant('udp'), ...both }) },
    {
      weight: 2,
      arbitrary: fc.record({
        proto: fc.constant(echo.proto),
        icmp_type: fc.constant(echo.type),
        icmp_id: fc.constantFrom(1, 53, 1000),
      }),
    },
    { weight: 1, arbitrary: fc.record({ proto: fc.constantFrom('sctp', 'udplite'), ...both }) },
    { weight: 1, arbitrary: fc.record({ proto: fc.constantFrom(47, 50) }) },
  );
}

/** Rare properties of the network header and the payload; nothing of it is the smallest. */
const extras: fc.Arbitrary<LabPacket> = fc.oneof(
  { weight: 6, arbitrary: fc.constant({}) },
  { weight: 1, arbitrary: fc.record({ ttl: fc.constantFrom(1, 2, 255) }) },
  { weight: 1, arbitrary: fc.record({ dscp: fc.constantFrom(8, 46), ecn: fc.constantFrom(0, 3) }) },
  { weight: 2, arbitrary: fc.record({ payload_len: fc.constantFrom(1, 20, 100, 1200) }) },
  { weight: 1, arbitrary: fc.constant({ badsum: true }) },
);

function followersOf(opening: LabPacket): fc.Arbitrary<readonly LabPacket[]> {
  const six = opening.family === 6;
  const error = { error: true, icmp_type: six ? 1 : 3, icmp_code: fc.constantFrom(0, 1, 3) };
  const reported = fc.record({
    ...error,
    error: fc.constant(true),
    icmp_type: fc.constant(error.icmp_type),
  });
  const tcp: readonly LabPacket[] = [
    { reply: true, flags: 'SA', seq: 5000, ack: 1001 },
    { flags: 'A', seq: 1001, ack: 5001 },
    { flags: 'PA', seq: 1001, ack: 5001, payload_len: 20 },
    { reply: true, flags: 'PA', seq: 5001, ack: 1021, payload_len: 30 },
    { reply: true, flags: 'FA', seq: 5031, ack: 1021 },
    { flags: 'R', seq: 1021 },
    { flags: 'S', seq: 9000 },
  ];
  const other: readonly LabPacket[] = [{ reply: true }, {}, { reply: true, payload_len: 20 }];
  const usual = fc.subarray([...(opening.proto === 'tcp' ? tcp : other)]);
  return fc.tuple(usual, fc.array(reported, { maxLength: 1 })).map(([a, b]) => [...a, ...b]);
}

export function conversations(version: Version): fc.Arbitrary<Conversation> {
  const marks = fc.constantFrom(0, 0, 0, 1, 0x10);
  return fc
    .tuple(ways(version), transport(version), extras, marks)
    .map(([way, over, extra, mark]): LabPacket => {
      const local = way.at === 'local' && mark !== 0 ? { mark } : {};
      const first = over.proto === 'tcp' && over.flags === 'S' ? { seq: 1000 } : {};
      return { ...way, family: version, ...over, ...first, ...extra, ...local };
    })
    .chain((opening) => followersOf(opening).map((followers) => ({ opening, followers })));
}

/** Numbered packets, as the lab takes them: followers refer to their opening packet. */
export function packetList(list: readonly Conversation[]): readonly LabPacket[] {
  const packets: LabPacket[] = [];
  for (const { opening, followers } of list) {
    const base = packets.length;
    packets.push(opening);
    for (const { reply, error, ...rest } of followers) {
      const link = error === true ? 'error_for' : reply === true ? 'reply_to' : 'like';
      packets.push({ [link]: base, ...rest });
    }
  }
  return packets;
}
