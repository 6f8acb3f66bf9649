/** Packets of a scenario: conversations of one packet and what may follow it, in the words of the lab. */

import fc from 'fast-check';
import { type Fields, seldom } from './hosts.ts';
import { oddities, rareTransports } from './oddities.ts';
import { addressesOf, devices, pools, ports, type Version } from './pools.ts';

export type LabPacket = Fields;

/** Followers name no packet: they reply to, continue or report the one that opens the conversation. */
export interface Conversation {
  /** One packet, or the pieces that it comes in. */
  readonly opening: readonly LabPacket[];
  readonly followers: readonly LabPacket[];
}

interface Way {
  readonly at: string;
  readonly src: string;
  readonly dst: string;
  readonly dmac?: string;
}

/** Addresses that no ordinary packet has. */
function strangeWays(version: Version, from: string): fc.Arbitrary<Way> {
  const { behind, own } = pools[version];
  const host = behind[from]?.[0] ?? '';
  const at = from;
  const src = host;
  const six: readonly Way[] = [
    { at, src, dst: 'ff02::1', dmac: '33:33:00:00:00:01' },
    { at, src, dst: '::1' },
    { at, src: '::1', dst: own[from] ?? '' },
    { at, src: own[from] ?? '', dst: own[from] ?? '' },
    { at, src: 'ff02::1', dst: own[from] ?? '' },
    { at, src, dst: '3fff::1' },
  ];
  const net = (own[from] ?? '').replace(/\d+$/, '');
  const four: readonly Way[] = [
    { at, src, dst: '255.255.255.255', dmac: 'ff:ff:ff:ff:ff:ff' },
    { at, src, dst: `${net}255`, dmac: 'ff:ff:ff:ff:ff:ff' },
    { at, src, dst: `${net}255` },
    { at, src, dst: '224.0.0.5', dmac: '01:00:5e:00:00:05' },
    { at, src, dst: '127.0.0.1' },
    { at, src: '127.0.0.1', dst: own[from] ?? '' },
    { at, src: own[from] ?? '', dst: host },
    { at, src: '0.0.0.0', dst: own[from] ?? '' },
    { at, src: '0.0.0.0', dst: '255.255.255.255', dmac: 'ff:ff:ff:ff:ff:ff' },
    { at, src: '224.0.0.1', dst: host },
    { at, src: '255.255.255.255', dst: own[from] ?? '' },
    { at, src: '240.0.0.1', dst: own[from] ?? '' },
    { at, src, dst: own[from] ?? '', dmac: 'ff:ff:ff:ff:ff:ff' },
    { at, src, dst: own[from] ?? '', dmac: '02:00:00:00:99:99' },
    { at, src, dst: '192.0.2.7' },
    { at, src, dst: '10.7.0.3' },
    { at: 'local', src: '127.0.0.1', dst: '127.0.0.1' },
    { at: 'local', src: own[from] ?? '', dst: '224.0.0.5' },
    { at: 'local', src: own[from] ?? '', dst: '192.0.2.7' },
  ];
  return fc.constantFrom(...(version === 4 ? four : six));
}

function ways(version: Version): fc.Arbitrary<Way> {
  const { behind, own } = pools[version];
  const hosts = (name: string) => fc.constantFrom(...(behind[name] ?? []));
  const ownOf = (name: string) => fc.constant(own[name] ?? '');
  const pair = fc.shuffledSubarray([...devices], { minLength: 2, maxLength: 2 });
  return pair.chain(([from = 'eth1', to = 'eth0']) => {
    const way = (weight: number, at: string, src: fc.Arbitrary<string>, dst: typeof src) => ({
      weight,
      arbitrary: fc.record({ at: fc.constant(at), src, dst }),
    });
    return fc.oneof(
      way(10, from, hosts(from), hosts(to)),
      way(6, from, hosts(from), ownOf(from)),
      way(2, from, hosts(from), ownOf(to)),
      way(6, 'local', ownOf(to), hosts(to)),
      way(2, 'local', ownOf(from), ownOf(to)),
      way(2, 'local', ownOf(from), hosts(to)),
      way(2, from, hosts(to), hosts(to)),
      way(2, from, hosts(from), hosts(from)),
      { weight: 2, arbitrary: strangeWays(version, from) },
    );
  });
}

const anyPort = fc.constantFrom(...ports);

function transport(version: Version): fc.Arbitrary<LabPacket> {
  const both = { sport: anyPort, dport: anyPort };
  const flags = fc.constantFrom('S', 'S', 'S', 'S', 'SA', 'A', 'PA', 'R', 'FA', 'SF', '');
  const echo = version === 4 ? { proto: 'icmp', type: 8 } : { proto: 'icmpv6', type: 128 };
  return fc.oneof(
    { weight: 4, arbitrary: fc.record({ proto: fc.constant('tcp'), ...both, flags }) },
    { weight: 4, arbitrary: fc.record({ proto: fc.constant('udp'), ...both }) },
    {
      weight: 2,
      arbitrary: fc.record({
        proto: fc.constant(echo.proto),
        icmp_type: fc.constant(echo.type),
        icmp_id: fc.constantFrom(1, 53, 1000),
      }),
    },
    { weight: 2, arbitrary: rareTransports(version, anyPort) },
  );
}

/** Multiples stay away from what entries and rules time out after (3, 4, 10 and 30 s), however slow the machine. */
export const pause = 6500;

function followersOf(opening: LabPacket): fc.Arbitrary<readonly LabPacket[]> {
  const six = opening.family === 6;
  const reported = fc.record({
    error: fc.constant(true),
    icmp_type: six ? fc.constantFrom(1, 3) : fc.constantFrom(3, 11),
    icmp_code: fc.constantFrom(0, 1, 3),
  });
  const stranger = reported.map((error) => ({ ...error, src: six ? '2a00::8' : '8.8.8.8' }));
  const tcp: readonly LabPacket[] = [
    { reply: true, flags: 'SA', seq: 5000, ack: 1001 },
    { flags: 'A', seq: 1001, ack: 5001 },
    { flags: 'PA', seq: 1001, ack: 5001, payload_len: 20 },
    { reply: true, flags: 'PA', seq: 5001, ack: 1021, payload_len: 30 },
    { flags: 'A', seq: 90000000, ack: 5031 },
    { reply: true, flags: 'FA', seq: 5031, ack: 1021 },
    { flags: 'FA', seq: 1021, ack: 5032 },
    { reply: true, flags: 'R', seq: 5031 },
    { flags: 'R', seq: 1021 },
    { flags: 'S', seq: 9000 },
  ];
  const other: readonly LabPacket[] = [{ reply: true }, {}, { reply: true, payload_len: 20 }, {}];
  const usual = fc.subarray([...(opening.proto === 'tcp' ? tcp : other)]);
  const late = seldom<readonly LabPacket[]>(
    fc.constant([{ sleep_ms: pause }, { reply: true }]),
    [],
  );
  const errors = seldom(fc.oneof(reported, stranger), undefined).map((one) =>
    one === undefined ? [] : [one],
  );
  return fc.tuple(usual, errors, late).map((parts) => parts.flat());
}

/** The lab answers what it saw: neither unusual addresses nor header chains. */
function isPlain(version: Version, { src, dst, exthdrs, ipopts }: LabPacket): boolean {
  const known: readonly unknown[] = addressesOf(version);
  return (
    known.includes(src) && known.includes(dst) && exthdrs === undefined && ipopts === undefined
  );
}

/** Pieces of such packets are held or dropped where a recording cannot tell. */
function hasOddShape({ truncate, vlan, exthdrs, ipopts, proto }: LabPacket): boolean {
  const odd = [truncate, vlan, exthdrs, ipopts].some((each) => each !== undefined);
  // A cut AH is read as no fragment.
  return odd || proto === 51;
}

const repeats = ({ reply, error }: LabPacket): boolean =>
  reply === undefined && error === undefined;

/** The pieces of a packet, in order or not, complete or not. */
function pieces(whole: LabPacket): fc.Arbitrary<readonly LabPacket[]> {
  return fc
    .record({
      length: fc.constantFrom(64, 200),
      cut: fc.constantFrom(8, 16, 48),
      second: fc.boolean(),
      // A repeated piece is dropped, which a recording cannot tell from one that waits.
      change: fc.constantFrom('none', 'none', 'none', 'swap', 'lose', 'first'),
      id: fc.integer({ min: 2, max: 60000 }),
    })
    .map(({ length, cut, second, change, id }) => {
      const base = { ...whole, payload_len: length, ip_id: id };
      const middle = second ? [{ ...base, frag: { offset: cut, more: true, len: 8 } }] : [];
      const last = { ...base, frag: { offset: second ? cut + 8 : cut, more: false } };
      const first = { ...base, frag: { offset: 0, more: true, len: cut } };
      if (change === 'swap') return [last, ...middle, first];
      if (change === 'lose') return [first, ...middle];
      if (change === 'first') return [first];
      return [first, ...middle, last];
    });
}

export function conversations(version: Version): fc.Arbitrary<Conversation> {
  const marks = fc.constantFrom(0, 0, 0, 1, 0x10);
  return fc
    .tuple(ways(version), transport(version), marks)
    .chain(([way, over, mark]) =>
      oddities(version, over.proto, way.at === 'local').map((extra): LabPacket => {
        const local = way.at === 'local' && mark !== 0 ? { mark } : {};
        const first = over.proto === 'tcp' && over.flags === 'S' ? { seq: 1000 } : {};
        return { ...way, family: version, ...over, ...first, ...extra, ...local };
      }),
    )
    .chain((opening) => {
      const whole = followersOf(opening).map((followers) => ({
        opening: [opening],
        followers: isPlain(version, opening) ? followers : followers.filter(repeats),
      }));
      if (opening.at === 'local' || hasOddShape(opening)) return whole;
      const cut = pieces(opening).map((opened) => ({ opening: opened, followers: [] }));
      return fc.oneof({ weight: 9, arbitrary: whole }, { weight: 1, arbitrary: cut });
    });
}

/** Numbered packets, as the lab takes them: followers refer to their opening packet. */
export function packetList(list: readonly Conversation[]): readonly LabPacket[] {
  const packets: LabPacket[] = [];
  for (const { opening, followers } of list) {
    const base = packets.length;
    packets.push(...opening);
    for (const { reply, error, ...rest } of followers) {
      const link = error === true ? 'error_for' : reply === true ? 'reply_to' : 'like';
      packets.push({ [link]: base, ...rest });
    }
  }
  return packets;
}
