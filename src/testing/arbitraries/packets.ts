/** Packets guided by a ruleset: values that its rules mention, their neighbours, and the way to each rule. */

import fc from 'fast-check';
import { addressFromBigInt, formatAddress } from '../../base/address.ts';
import type { Host } from '../../host/host.ts';
import type { Program } from '../../model/program.ts';
import type { PacketFields } from '../../scenario/rows/packet-rows.ts';
import { buildGuide, edges, type Goal, type Guide, type Pools } from '../guide.ts';
import type { Interval } from '../harvest.ts';

export interface GuidedOptions {
  readonly host: Host;
  /** Share of IPv6 packets from 0 to 1; by default as many as the ruleset's constants ask for. */
  readonly family?: 4 | 6;
}

const icmp = new Set([1, 58]);
const withPorts = new Set([6, 17, 33, 132, 136]);

/** What is drawn; shrinking leads to the first pool values, to no goal and to a plain packet. */
interface Draw {
  readonly fields: PacketFields;
  readonly goal: number;
  readonly picks: readonly number[];
  readonly astray: number;
}

const textOf = (bytes: bigint): string => {
  let text = '';
  for (let rest = bytes; rest > 0n; rest >>= 8n)
    text = String.fromCharCode(Number(rest & 255n)) + text;
  return text.replace(/\0.*$/s, '').replace(/\u00ff+$/, '');
};

type Draft = { -readonly [Key in keyof PacketFields]: PacketFields[Key] };

/** Interface names are compared by their first bytes: `cali*`. */
function interfaceFor(interval: Interval, pools: Pools, pick: number): string | undefined {
  const prefix = textOf(interval.first);
  const fitting = pools.interfaces.filter((name) => interval.wanted === name.startsWith(prefix));
  return fitting[pick % Math.max(1, fitting.length)];
}

function valueFor(interval: Interval, pick: number, astray: boolean): bigint | undefined {
  const all = edges(interval);
  const isInside = (value: bigint) => value >= interval.first && value <= interval.last;
  const fitting = all.filter((value) => isInside(value) === (interval.wanted !== astray));
  return fitting[pick % Math.max(1, fitting.length)];
}

function applyInterval(
  draft: Draft,
  interval: Interval,
  pools: Pools,
  pick: number,
  astray: boolean,
): void {
  if (interval.field === 'in') {
    const name = interfaceFor(interval, pools, pick);
    if (name !== undefined) draft.in = name;
    return;
  }
  if (interval.field === 'state') {
    if ((interval.first & 6n) !== 0n && interval.wanted !== astray) draft.state = 'established';
    return;
  }
  const value = valueFor(interval, pick, astray);
  if (value === undefined) return;
  switch (interval.field) {
    case 'source4':
      draft.source = formatAddress(addressFromBigInt(value, 4));
      return;
    case 'destination4':
      draft.destination = formatAddress(addressFromBigInt(value, 4));
      return;
    case 'source6':
      draft.source = formatAddress(addressFromBigInt(value, 6));
      return;
    case 'destination6':
      draft.destination = formatAddress(addressFromBigInt(value, 6));
      return;
    case 'port':
    case 'sourcePort':
    case 'protocol':
      draft[interval.field] = Number(value);
      return;
    case 'icmpType':
      draft.icmpType = String(value);
      return;
    default:
  }
}

/** Satisfies the conditions on the way to the goal; `astray` misses the one of that number on purpose. */
function steer(draft: Draft, goal: Goal, pools: Pools, { picks, astray }: Draw): void {
  const { conditions } = goal;
  for (let index = conditions.length - 1; index >= 0; index -= 1) {
    const condition = conditions[index] ?? [];
    const pick = picks[index % picks.length] ?? 0;
    const alternative = condition[pick % Math.max(1, condition.length)] ?? [];
    for (const interval of alternative)
      applyInterval(draft, interval, pools, pick, index === astray);
  }
}

/** Makes it a packet that can exist: one family, ports only where the protocol has them. */
function settle(draft: Draft, pools: Pools): PacketFields {
  const v6 = (draft.destination ?? '').includes(':');
  if ((draft.source ?? '').includes(':') !== v6) {
    draft.source =
      (v6 ? pools.addresses6 : pools.addresses4)[0] ?? (v6 ? '2001:db8::1' : '192.0.2.1');
  }
  const { protocol = 6 } = draft;
  const { icmpType, port, sourcePort, ...rest } = draft;
  if (icmp.has(protocol)) {
    return { ...rest, protocol: v6 ? 58 : 1, ...(icmpType === undefined ? {} : { icmpType }) };
  }
  if (!withPorts.has(protocol)) return { ...rest, protocol };
  return { ...rest, protocol, port: port ?? 80, sourcePort: sourcePort ?? 40_000 };
}

function poolArbitrary(pools: Pools, family: 4 | 6): fc.Arbitrary<PacketFields> {
  const addresses = family === 4 ? pools.addresses4 : pools.addresses6;
  const port = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...pools.ports) },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: 65535 }) },
  );
  return fc
    .record({
      source: fc.constantFrom(...addresses),
      destination: fc.constantFrom(...addresses),
      protocol: fc.constantFrom(...pools.protocols),
      port,
      sourcePort: fc.oneof(
        { weight: 5, arbitrary: fc.constant(40_000) },
        { weight: 1, arbitrary: port },
      ),
      icmpType: fc.constantFrom(...pools.icmpTypes.map(String)),
      ...(pools.interfaces.length === 0
        ? {}
        : { in: fc.option(fc.constantFrom(...pools.interfaces), { nil: undefined, freq: 2 }) }),
      state: fc.oneof(
        { weight: 7, arbitrary: fc.constant('new' as const) },
        { weight: 1, arbitrary: fc.constant('established' as const) },
      ),
    })
    .map(({ in: device, ...rest }) => (device === undefined ? rest : { ...rest, in: device }));
}

/** A packet from the pools, steered to a rule of the ruleset most of the time. */
export function guidedPackets(
  program: Program,
  options: GuidedOptions,
): fc.Arbitrary<PacketFields> {
  return packetsOfGuide(buildGuide(program, options.host), options.family ?? 4);
}

export function packetsOfGuide({ pools, goals }: Guide, family: 4 | 6): fc.Arbitrary<PacketFields> {
  const number = fc.nat({ max: 1_000_000 });
  return fc
    .record({
      fields: poolArbitrary(pools, family),
      goal: fc.integer({ min: -1, max: goals.length - 1 }),
      picks: fc.array(number, { minLength: 4, maxLength: 4 }),
      astray: fc.integer({ min: -12, max: 6 }),
    })
    .map((draw) => {
      const draft: Draft = { ...draw.fields };
      const goal = goals[draw.goal];
      if (goal !== undefined) steer(draft, goal, pools, draw);
      return settle(draft, pools);
    });
}

/** Packets without a guide: every bit as likely as any other. */
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
