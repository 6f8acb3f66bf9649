/** Packets guided by a ruleset: values that its rules mention, their neighbours, and the way to each rule. */

import fc from 'fast-check';
import { addressFromBigInt, formatAddress } from '../../base/address.ts';
import type { Host } from '../../host/host.ts';
import type { Program } from '../../model/program.ts';
import { hasPorts } from '../../packet/protocols.ts';
import type { PacketFields } from '../../scenario/rows/packet-rows.ts';
import { buildGuide, type Guide, ruleFromTop, type Way, wayTo } from '../guide/guide.ts';
import type { Pools } from '../guide/pools.ts';
import { type Draft, steer } from '../guide/steer.ts';

export interface GuidedOptions {
  readonly host: Host;
  /** Only packets of this family; default: as many of each as its rules are. */
  readonly family?: 4 | 6;
}

/** What is drawn; everything shrinks to 0: the first values of the pools, no goal, a plain packet. */
interface Draw {
  /** 0: no rule is aimed at; else its number and one. */
  readonly goal: number;
  /** 2: the rule is looked for from a base chain down, so that short chains get their share. */
  readonly from: number;
  readonly family: number;
  readonly source: number;
  readonly destination: number;
  readonly protocol: number;
  readonly port: number;
  readonly sourcePort: number;
  readonly icmpType: number;
  /** 0: it comes in where the route back to its source leads. */
  readonly device: number;
  readonly state: number;
  readonly flags: number;
  readonly mark: number;
  readonly astray: number;
  readonly picks: readonly number[];
}

const take = <Value>(values: readonly Value[], at: number): Value | undefined =>
  values[at % Math.max(1, values.length)];

/** Of 16: an established connection once, else a new one; the flags of odd segments now and then. */
const oddFlags: readonly string[] = ['A', 'R', 'SA', 'FA'];

function plainDraft(draw: Draw, pools: Pools, family: 4 | 6): Draft {
  const { addresses } = family === 4 ? pools.family4 : pools.family6;
  const device = draw.device % 3 === 0 ? undefined : take(pools.interfaces, draw.device);
  const flags = draw.flags < 12 ? undefined : oddFlags[draw.flags - 12];
  const port = (at: number) => (at % 8 === 7 ? at % 65536 : take(pools.ports, at >> 3));
  const fields: Draft['fields'] = {
    source: take(addresses, draw.source) ?? (family === 4 ? '192.0.2.1' : '2001:db8::1'),
    // Another one than the source, even when all is shrunk.
    destination:
      take(addresses, draw.destination + 1) ?? (family === 4 ? '192.0.2.2' : '2001:db8::2'),
    protocol: draw.protocol % 3 === 0 ? 6 : (take(pools.protocols, draw.protocol) ?? 6),
    port: port(draw.port) ?? 80,
    icmpType: String(take(pools.icmpTypes, draw.icmpType) ?? 8),
  };
  if (draw.sourcePort % 4 === 3) fields.sourcePort = port(draw.sourcePort >> 2) ?? 40_000;
  if (device !== undefined) fields.in = device;
  if (draw.state === 15) fields.state = 'established';
  if (flags !== undefined) fields.flags = flags;
  return { fields, fixed: new Set() };
}

/** Echo request and reply of ICMP as those of ICMPv6. */
const echoTypes6: Readonly<Record<string, string>> = { 8: '128', 0: '129' };
const icmp: ReadonlySet<number> = new Set([1, 58]);

/** Makes it a packet that can exist: one family, and only what its protocol has; what is usual is left out. */
function settle({ fields }: Draft, draw: Draw, pools: Pools): PacketFields {
  const v6 = (fields.destination ?? '').includes(':');
  const { icmpType, port, sourcePort, flags, mark, local, protocol = 6, ...rest } = fields;
  const { own, addresses, behind } = v6 ? pools.family6 : pools.family4;
  if ((rest.source ?? '').includes(':') !== v6) {
    rest.source = take(addresses, draw.source) ?? (v6 ? '2001:db8::1' : '192.0.2.1');
  }
  const sent = local === true || (rest.in === undefined && own.includes(rest.source ?? ''));
  const drawn = draw.mark % 4 === 3 ? take(pools.marks, draw.mark >> 2) : 0;
  const sentMark = sent ? (mark ?? drawn ?? 0) : 0;
  // A host without the family has no route that says where the packet comes in.
  const foreign = behind.size === 0 && rest.in === undefined && !sent;
  const device = foreign ? take(pools.interfaces, draw.device) : rest.in;
  const base = {
    ...rest,
    ...(device === undefined ? {} : { in: device }),
    ...(local === true && !own.includes(rest.source ?? '') ? { local } : {}),
    ...(sentMark === 0 ? {} : { mark: sentMark }),
  };
  if (icmp.has(protocol)) {
    const type = (v6 ? echoTypes6[icmpType ?? ''] : undefined) ?? icmpType;
    return { ...base, protocol: v6 ? 58 : 1, ...(type === undefined ? {} : { icmpType: type }) };
  }
  if (!hasPorts(protocol)) return { ...base, protocol };
  return {
    ...base,
    protocol,
    port: port ?? 80,
    ...(sourcePort === undefined ? {} : { sourcePort }),
    ...(flags === undefined || protocol !== 6 ? {} : { flags }),
  };
}

/** The family that a way asks for: that of its table, of the addresses that it compares, else the host's mix. */
function familyOf(way: Way | undefined, draw: Draw, pools: Pools): 4 | 6 {
  const table = way?.rule.table.family;
  if (table === 'ip') return 4;
  if (table === 'ip6') return 6;
  const intervals = way?.conditions.flatMap((one) => one[0] ?? []) ?? [];
  const fields = new Set(intervals.map(({ field }) => field));
  if (intervals.some((one) => one.field === 'protocol' && one.wanted && one.first === 58n))
    return 6;
  if (fields.has('source6') || fields.has('destination6')) return 6;
  if (fields.has('source4') || fields.has('destination4')) return 4;
  return pools.family6.own.length > 0 && draw.family % 4 === 3 ? 6 : 4;
}

function packetOf(guide: Guide, draw: Draw, wanted: 4 | 6 | undefined): PacketFields {
  const { pools, goals } = guide;
  const pick = (place: number) => draw.picks[place % draw.picks.length] ?? 0;
  const aimed = goals[draw.goal - 1];
  const rule = aimed !== undefined && draw.from === 2 ? ruleFromTop(guide, pick) : aimed;
  const way = rule && wayTo(guide, rule, (count, depth) => pick(depth + 1) % Math.max(1, count));
  const family = wanted ?? familyOf(way, draw, pools);
  const draft = plainDraft(draw, pools, family);
  if (way === undefined) return settle(draft, draw, pools);
  const isAstray = draw.astray >= 18 && way.conditions.length > 0;
  const astray = isAstray ? draw.astray % way.conditions.length : undefined;
  // Most packets for a rule take its interfaces as they come; some insist on the one that was drawn.
  if (draw.device % 6 !== 5) delete draft.fields.in;
  steer(draft, way, { pools, family, pick, astray });
  return settle(draft, draw, pools);
}

/** A packet from the pools, steered to a rule of the ruleset most of the time. */
export function guidedPackets(
  program: Program,
  options: GuidedOptions,
): fc.Arbitrary<PacketFields> {
  return packetsOfGuide(buildGuide(program, options.host), options.family);
}

const number = fc.nat({ max: 0xffffff });

const draws = (goals: fc.Arbitrary<number>): fc.Arbitrary<Draw> =>
  fc.record({
    goal: goals,
    from: fc.nat({ max: 2 }),
    family: number,
    source: number,
    destination: number,
    protocol: number,
    port: number,
    sourcePort: number,
    icmpType: number,
    device: number,
    state: fc.nat({ max: 15 }),
    flags: fc.nat({ max: 15 }),
    mark: number,
    astray: fc.nat({ max: 31 }),
    picks: fc.array(number, { minLength: 6, maxLength: 6 }),
  });

export function packetsOfGuide(guide: Guide, family?: 4 | 6): fc.Arbitrary<PacketFields> {
  const goals = fc.nat({ max: guide.goals.length });
  return draws(goals).map((draw) => packetOf(guide, draw, family));
}

/** Packets on the way to one rule, by its number among the goals of the guide. */
export function packetsToRule(
  guide: Guide,
  rule: number,
  family?: 4 | 6,
): fc.Arbitrary<PacketFields> {
  return draws(fc.constant(rule + 1)).map((draw) => packetOf(guide, { ...draw, from: 0 }, family));
}

/** Packets without a guide: every address and every port as likely as any other. */
export function uniformPackets(interfaces: readonly string[]): fc.Arbitrary<PacketFields> {
  const address = fc
    .nat({ max: 0xffffffff })
    .map((value) => formatAddress(addressFromBigInt(BigInt(value), 4)));
  const port = fc.integer({ min: 0, max: 65535 });
  return fc.record({
    source: address,
    destination: address,
    protocol: fc.constantFrom(6, 17),
    port,
    sourcePort: port,
    in: fc.constantFrom(...interfaces),
    state: fc.constantFrom('new' as const, 'established' as const),
  });
}
