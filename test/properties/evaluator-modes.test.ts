/** Indexed and plain evaluation give the same fates, traces, choices, counters and connections. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { learnShapes } from '../../grammar/nft/learn-shapes.ts';
import { ShapeBook } from '../../grammar/nft/shape-book.ts';
import { parseAddress } from '../../src/base/address.ts';
import { loadLateProgram } from '../../src/cli/input/late-program.ts';
import { debianEnvironment } from '../../src/datatypes/environment.ts';
import { parseInterfaces } from '../../src/formats/iproute2/parse-interfaces.ts';
import { loadIptablesSave } from '../../src/formats/iptables-save/load.ts';
import { listNft } from '../../src/formats/nft/list.ts';
import { loadNft } from '../../src/formats/nft/load.ts';
import { buildHost } from '../../src/host/build-host.ts';
import { lowerIptables } from '../../src/lower/iptables/lower-iptables.ts';
import { lower } from '../../src/lower/lower.ts';
import type { Program } from '../../src/model/program.ts';
import { buildFrame, buildPacket } from '../../src/packet/build.ts';
import type { PacketInput, SimulationState } from '../../src/simulate/api.ts';
import { type CompiledProgram, compileProgram } from '../../src/simulate/compile.ts';
import { readConntrack, readCounters, readObjects, readSets } from '../../src/simulate/reading.ts';
import { newRuleTrace, readRuleTrace } from '../../src/simulate/rule-trace.ts';
import { initialState, simulate } from '../../src/simulate/simulate.ts';
import { simulateMany } from '../../src/simulate/simulate-many.ts';
import { listRecorder } from '../../src/trace/recorder.ts';

const clock = 1_700_000_000_000;

const interfaces = `2: eth0: <BROADCAST,MULTICAST,NOARP,UP,LOWER_UP> mtu 1500 state UP group default
    link/ether 02:00:00:00:00:01 brd ff:ff:ff:ff:ff:ff
    inet 10.1.0.1/16 scope global eth0
    inet6 fd01::1/64 scope global
3: eth1: <BROADCAST,MULTICAST,NOARP,UP,LOWER_UP> mtu 1500 state UP group default
    link/ether 02:00:00:00:01:01 brd ff:ff:ff:ff:ff:ff
    inet 10.2.0.1/16 scope global eth1
    inet6 fd02::1/64 scope global
`;

const host = buildHost({
  interfaces: parseInterfaces({ name: 'addr', text: interfaces }).value,
}).value;

const few = fc.integer({ min: 2, max: 6 });
const devices = fc.constantFrom('eth0', 'eth1', 'eth*');

/** What may stand before the verdict of a rule; the same few values again and again, so that rules do match. */
const matches: fc.Arbitrary<string> = fc.oneof(
  few.map((end) => `ip saddr 10.1.0.${end}`),
  few.map((end) => `ip daddr 10.2.0.${end}`),
  few.map((end) => `ip daddr 10.2.0.${end}`),
  few.map((end) => `ip daddr != 10.2.0.${end}`),
  few.map((end) => `ip6 daddr fd02::${end}`),
  few.map((end) => `ip6 saddr fd01::${end}`),
  fc.constantFrom('10.2.0.0/29', '10.2.0.4/30', '10.0.0.0/8').map((to) => `ip daddr ${to}`),
  few.map((end) => `tcp dport ${80 + end}`),
  few.map((end) => `udp dport ${80 + end}`),
  few.map((end) => `tcp dport ${80 + end}-${84 + end}`),
  few.map((end) => `tcp dport >= ${80 + end}`),
  few.map((end) => `th sport ${4000 + end}`),
  fc.constantFrom('tcp', 'udp', 'icmp').map((name) => `meta l4proto ${name}`),
  devices.map((name) => `iifname "${name}"`),
  devices.map((name) => `oifname "${name}"`),
  few.map((mark) => `meta mark ${mark}`),
  few.map((mark) => `meta mark & 0x3 == ${mark & 3}`),
  fc.constantFrom('new', 'established', 'invalid', 'new,related').map((name) => `ct state ${name}`),
  few.map((mark) => `ct mark ${mark}`),
  fc.constantFrom('ip', 'ip6').map((name) => `meta protocol ${name}`),
  fc.constantFrom('ip dscp cs1', 'ip ttl 64', 'tcp flags & syn == syn', 'icmp type echo-request'),
  fc.constantFrom('ip daddr @some', 'tcp dport { 82, 84 }', 'numgen random mod 3 < 1'),
  fc.constantFrom('limit rate over 2/minute burst 2 packets', 'counter', 'numgen inc mod 2 0'),
  few.map((end) => `add @seen { ip saddr . th dport timeout ${end}s }`),
);

const verdicts: fc.Arbitrary<string> = fc.oneof(
  fc.constant('counter'),
  few.map((mark) => `counter meta mark set ${mark}`),
  few.map((mark) => `meta mark set meta mark xor ${mark}`),
  few.map((mark) => `ct mark set ${mark}`),
  fc.constantFrom('counter accept', 'drop', 'return', 'log prefix "x"', 'reject'),
  fc.constantFrom('jump one', 'counter jump two', 'goto two', 'counter goto one'),
  fc.constant('ip daddr . tcp dport vmap { 10.2.0.3 . 83 : jump two, 10.2.0.4 . 84 : drop }'),
  fc.constant('tcp dport vmap { 82 : accept, 83 : goto two, 85-86 : return }'),
  few.map((end) => `ip daddr set 10.2.0.${end}`),
  few.map((end) => `tcp dport set ${80 + end}`),
);

const rules = fc
  .tuple(fc.array(matches, { maxLength: 4 }), verdicts)
  .map(([tests, verdict]) => [...tests, verdict].join(' '));

/** Long runs of one shape, with others in between. */
const chainRules = fc
  .array(
    fc.oneof(
      fc.array(rules, { minLength: 1, maxLength: 6 }),
      fc
        .tuple(fc.array(fc.tuple(few, few), { minLength: 8, maxLength: 20 }), verdicts)
        .map(([list, verdict]) =>
          list.map(([end, port]) => `ip daddr 10.2.0.${end} tcp dport ${80 + port} ${verdict}`),
        ),
      fc
        .array(fc.tuple(devices, few, verdicts), { minLength: 8, maxLength: 14 })
        .map((list) =>
          list.map(([name, mark, verdict]) => `iifname "${name}" meta mark ${mark} ${verdict}`),
        ),
    ),
    { minLength: 1, maxLength: 3 },
  )
  .map((parts) => parts.flat());

const withoutJumps = chainRules.map((list) =>
  list.filter((rule) => !/\b(jump|goto) (one|two)/.test(rule)),
);

const natRules = fc.array(
  fc
    .tuple(few, few, few)
    .map(
      ([end, port, to]) =>
        `meta l4proto tcp ip daddr 10.2.0.${end} tcp dport ${80 + port} counter dnat to 10.2.0.${to}:${81 + to}`,
    ),
  { maxLength: 14 },
);

function lines(list: readonly string[]): string {
  return list.map((rule) => `    ${rule}\n`).join('');
}

const nftText: fc.Arbitrary<string> = fc
  .record({
    one: withoutJumps,
    two: withoutJumps,
    prerouting: chainRules,
    forward: chainRules,
    nat: natRules,
  })
  .map(
    ({ one, two, prerouting, forward, nat }) => `table inet t {
  set some {
    type ipv4_addr
    elements = { 10.2.0.2, 10.2.0.5 }
  }
  set seen {
    type ipv4_addr . inet_service
    flags dynamic,timeout
    size 3
  }
  chain two {
${lines(two)}  }
  chain one {
${lines(one)}    counter jump two
  }
  chain p {
    type filter hook prerouting priority -150
${lines(prerouting)}  }
  chain f {
    type filter hook forward priority 0; policy drop
${lines(forward)}    accept
  }
}
table ip n {
  chain d {
    type nat hook prerouting priority -100
${lines(nat)}  }
}
`,
  );

const saveMatches: fc.Arbitrary<string> = fc.oneof(
  few.map((end) => `-d 10.2.0.${end}/32`),
  few.map((end) => `-s 10.1.0.${end}/32`),
  few.map((end) => `-d 10.2.0.${end}/32 -p tcp -m tcp --dport ${80 + end}`),
  few.map((end) => `-p udp -m comment --comment "x y" -m udp --dport ${80 + end}`),
  few.map((end) => `-p tcp -m tcp --sport ${4000 + end} --dport ${80 + end}`),
  fc.constantFrom('-i eth0', '-i eth+', '! -i eth1', '-m mark --mark 0x2/0x3'),
  fc.constantFrom('-m conntrack --ctstate NEW', '-m statistic --mode random --probability 0.5'),
);

const saveTargets = fc.constantFrom(
  '-j ACCEPT',
  '-j DROP',
  '-j MARK --set-xmark 0x2/0xffffffff',
  '-j A',
  '-g A',
  '-j RETURN',
  '',
);

const saveText: fc.Arbitrary<string> = fc
  .record({
    a: fc.array(saveMatches, { minLength: 8, maxLength: 24 }),
    forward: fc.array(fc.tuple(saveMatches, saveTargets), { minLength: 8, maxLength: 40 }),
  })
  .map(
    ({ a, forward }) => `*filter
:INPUT ACCEPT [0:0]
:FORWARD ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:A - [0:0]
${forward.map(([match, target]) => `-A FORWARD ${match} ${target}\n`).join('')}${a
  .map((match, index) => `-A A ${match} ${index % 3 === 0 ? '-j DROP' : ''}\n`)
  .join('')}COMMIT
`,
  );

function programOf(text: string): Program {
  if (text.startsWith('*')) {
    const loaded = loadIptablesSave({ name: 'save', text }, { family: 'ip' });
    const lowered = lowerIptables(loaded.value, { loader: 'iptables-nft' });
    expect([...loaded.diagnostics, ...lowered.diagnostics]).toEqual([]);
    return lowered.value;
  }
  // Rules that contradict themselves are left out with a diagnostic.
  const { value, diagnostics } = loadNft(text);
  expect(diagnostics).toEqual([]);
  return lower(value).value;
}

/** Also cut off headers and later fragments. */
const packets: fc.Arbitrary<PacketInput> = fc
  .record({
    six: fc.constantFrom(false, false, true),
    from: few,
    to: few,
    protocol: fc.constantFrom(6, 6, 6, 17, 1),
    source: few,
    port: few,
    cut: fc.constantFrom(undefined, undefined, undefined, 3, 10),
    fragment: fc.constantFrom(undefined, undefined, undefined, 0, 8),
    device: fc.constantFrom('eth0', 'eth0', 'eth1'),
  })
  .map(({ six, from, to, protocol, source, port, cut, fragment, device }) => {
    const address = (text: string) => parseAddress(text) ?? new Uint8Array(4);
    const isFragment = fragment !== undefined && !six;
    const packet = buildPacket({
      source: address(six ? `fd01::${from}` : `10.1.0.${from}`),
      destination: address(six ? `fd02::${to}` : `10.2.0.${to}`),
      protocol: six && protocol === 1 ? 58 : protocol,
      icmpType: six ? 128 : 8,
      sourcePort: 4000 + source,
      destinationPort: 80 + port,
      payload: new Uint8Array(24),
      ...(isFragment ? { fragment: { offset: fragment, more: true, length: 16 } } : {}),
      ...(cut === undefined || six || isFragment
        ? {}
        : { fragment: { offset: 0, more: false, length: cut } }),
    });
    const last = device === 'eth0' ? 0 : 1;
    const link = {
      destination: Uint8Array.of(2, 0, 0, 0, last, 1),
      source: Uint8Array.of(2, 0, 0, 0, last, 2),
    };
    return { kind: 'received', device, frame: buildFrame(packet, link) };
  });

interface Player {
  readonly compiled: CompiledProgram;
  state: SimulationState;
}

function player(program: Program, evaluation: 'indexed' | 'plain'): Player {
  const compiled = compileProgram(program, { host, evaluation });
  return { compiled, state: initialState(compiled) };
}

/** Everything that can be seen of one packet. */
function play(
  one: Player,
  packet: PacketInput,
  options: { readonly seed: number; readonly misses: boolean },
): unknown {
  const recorder = listRecorder({ misses: options.misses });
  const ruleTrace = newRuleTrace();
  const now = clock + 500 * options.seed;
  const result = simulate(one.compiled, one.state, packet, {
    clock: now,
    seed: options.seed,
    recorder,
    ruleTrace,
  });
  one.state = result.state;
  const { fate, spawned, choices } = result;
  const conntrack = readConntrack(one.compiled, result.state, now);
  const counters = readCounters(one.compiled, result.state);
  const matched = readRuleTrace(one.compiled, ruleTrace);
  const { events } = recorder;
  const kinds = events.filter(({ kind }) => kind === 'rule-matched');
  expect(kinds).toMatchObject(matched);
  return { fate, spawned, choices, events, matched, conntrack, counters };
}

describe('indexed and plain evaluation', () => {
  it('agree on whatever can be seen, with and without misses', () => {
    const texts = fc.oneof({ weight: 3, arbitrary: nftText }, { weight: 1, arbitrary: saveText });
    fc.assert(
      fc.property(texts, fc.array(packets, { minLength: 1, maxLength: 8 }), (text, list) => {
        const program = programOf(text);
        const indexed = player(program, 'indexed');
        const plain = player(program, 'plain');
        list.forEach((packet, seed) => {
          const options = { seed, misses: seed % 3 === 2 };
          expect(play(indexed, packet, options)).toEqual(play(plain, packet, options));
        });
        const [first] = list;
        if (first === undefined) return;
        indexed.state = initialState(indexed.compiled);
        plain.state = initialState(plain.compiled);
        const again = { seed: 0, misses: false };
        expect(play(indexed, first, again)).toEqual(play(plain, first, again));
      }),
      { numRuns: Number(process.env['NFT_SIM_RUNS'] ?? 40) },
    );
  }, 120_000);
});

describe('a stream that keeps its first and its last state', () => {
  it('has the same states there as one that keeps them all', () => {
    fc.assert(
      fc.property(nftText, fc.array(packets, { minLength: 1, maxLength: 30 }), (text, list) => {
        const program = programOf(text);
        const seen = (keepStates: boolean) => {
          const compiled = compileProgram(program, { host });
          const start = initialState(compiled);
          const read = (state: SimulationState) => [
            readConntrack(compiled, state, clock),
            readCounters(compiled, state),
            readObjects(compiled, state),
            readSets(compiled, state, clock),
          ];
          const run = (from: SimulationState) => {
            const options = { clock, seed: 3, keepStates };
            return [...simulateMany(compiled, from, list, options)].at(-1)?.state ?? from;
          };
          const last = run(start);
          const further = run(last);
          return [start, last, further, start, further, last].map(read);
        };
        expect(seen(false)).toEqual(seen(true));
      }),
      { numRuns: Number(process.env['NFT_SIM_RUNS'] ?? 40) },
    );
  }, 120_000);
});

/** Sets without a name are numbered in the order in which their rules are met. */
function withoutNumbers(value: unknown): unknown {
  if (typeof value === 'string') return value.replace(/^__(set|map)\d+$/, '__$1');
  if (Array.isArray(value)) return value.map(withoutNumbers);
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => key !== 'source')
      .map(([key, part]) => [key, withoutNumbers(part)]),
  );
}

describe('a listing whose chains are read when packets come to them', () => {
  it('gives what the listing read whole gives', () => {
    let compared = 0;
    const run = (text: string, list: readonly PacketInput[], byShape: boolean) => {
      const listing = { name: 'listing', text: listNft(loadNft(text).value) };
      const { value, diagnostics } = loadNft(listing);
      const lowered = lower(value);
      const book = new ShapeBook(learnShapes([listing]).lessons);
      const options = { environment: debianEnvironment, byShape, book };
      const loaded = loadLateProgram(listing, options);
      expect(diagnostics).toEqual([]);
      expect(loaded).toBeDefined();
      if (loaded === undefined || lowered.diagnostics.length > 0) return;
      const late = player(loaded.program, 'indexed');
      const whole = player(lowered.value, 'indexed');
      list.forEach((packet, seed) => {
        const how = { seed, misses: seed % 3 === 2 };
        const seen = withoutNumbers(play(late, packet, how));
        const expected = withoutNumbers(play(whole, packet, how));
        if (!loaded.late.failed) expect(seen).toEqual(expected);
      });
      if (!loaded.late.failed) compared++;
    };
    const runs = { numRuns: Number(process.env['NFT_SIM_RUNS'] ?? 40) };
    const drawn = fc.array(packets, { minLength: 1, maxLength: 4 });
    fc.assert(fc.property(nftText, drawn, fc.boolean(), run), runs);
    expect(compared).toBeGreaterThan(runs.numRuns / 2);
  }, 120_000);
});
