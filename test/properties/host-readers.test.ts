/** Readers of host facts never throw, and ipset saves are printed back as they were. */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatAddress } from '../../src/base/address.ts';
import { parseConntrack } from '../../src/formats/conntrack/parse-conntrack.ts';
import { parseForwarding } from '../../src/formats/iproute2/parse-forwarding.ts';
import { parseInterfaces } from '../../src/formats/iproute2/parse-interfaces.ts';
import { parseNeighbours } from '../../src/formats/iproute2/parse-neighbours.ts';
import { parseRoutes } from '../../src/formats/iproute2/parse-routes.ts';
import { parseRules } from '../../src/formats/iproute2/parse-rules.ts';
import { loadIpsetSave } from '../../src/formats/ipset/load-ipset-save.ts';
import { printIpsetSave } from '../../src/formats/ipset/print-ipset-save.ts';
import { parseNftHooks } from '../../src/formats/nft-hooks/parse-nft-hooks.ts';
import { readHostFacts } from '../../src/formats/snapshot/read-host-facts.ts';
import { parseSysctl } from '../../src/formats/sysctl/parse-sysctl.ts';
import { prepareHost } from '../../src/host/prepared-host.ts';
import { type SnapshotKind, snapshotFiles } from '../../src/host/snapshot-files.ts';

const samples = [
  '1: lo: <LOOPBACK,UP> mtu 65536\n    link/loopback 00:00:00:00:00:00\n    inet 127.0.0.1/8 scope host lo\n',
  '2: eth0@if3: <UP> mtu 1500 master br0\n    link/ether 02:00:00:00:00:01\n    vxlan id 1 local 10.0.0.1 dstport 4789\n    inet6 fe80::1/64 scope link\n',
  '[{"ifindex":1,"ifname":"lo","flags":["UP"],"addr_info":[{"family":"inet","local":"127.0.0.1","prefixlen":8}]}]',
  'default via 10.0.0.1 dev eth0 metric 100\n10.0.0.0/8\n\tnexthop via 10.0.0.2 dev eth0 weight 2\nblackhole 10.1.0.0/16\n',
  '[{"dst":"default","gateway":"10.0.0.1","dev":"eth0","flags":[],"metrics":[{"mtu":1400}],"nexthops":[{"dev":"x"}]}]',
  '0:\tfrom all lookup local\n10:\tnot from 10.0.0.0/8 fwmark 0x1/0xf iif eth0 lookup 100 suppress_prefixlength 0\n',
  '[{"priority":0,"src":"all","table":"local","srclen":8,"fwmark":"0x1","sport_start":1}]',
  '10.0.0.1 dev eth0 lladdr 02:00:00:00:00:01 REACHABLE\n',
  'create s hash:ip,port family inet6 timeout 3\nadd s 10.0.0.1-10.0.0.9,icmp:3/4 timeout 2 comment "x y" nomatch\n',
  'ipv4 2 tcp 6 99 SYN_SENT src=1.1.1.1 dst=1.1.1.2 sport=1 dport=2 [UNREPLIED] src=1.1.1.2 dst=1.1.1.1 mark=0 use=1\n',
  'net.ipv4.ip_forward = 1\n',
  'family ip {\n\thook input {\n\t\t-0000000100 chain ip t c [nf_tables]\n\t}\n}\n',
];

/** A sample with a piece cut out, doubled or replaced. */
const mutated = fc
  .tuple(
    fc.constantFrom(...samples),
    fc.nat(200),
    fc.nat(40),
    fc.string({ unit: 'binary', maxLength: 12 }),
    fc.boolean(),
  )
  .map(([text, at, length, piece, twice]) => {
    const start = at % (text.length + 1);
    const changed = text.slice(0, start) + piece + text.slice(start + length);
    return twice ? changed + text : changed;
  });

const anyText = fc.oneof(mutated, fc.string({ unit: 'binary', maxLength: 300 }), fc.json());

const readers = {
  interfaces: parseInterfaces,
  routes: (source: { name: string; text: string }) => parseRoutes(source, 4),
  rules: (source: { name: string; text: string }) => parseRules(source, 6),
  neighbours: parseNeighbours,
  forwarding: parseForwarding,
  ipset: loadIpsetSave,
  conntrack: parseConntrack,
  sysctl: parseSysctl,
  hooks: parseNftHooks,
};

test('no reader throws, and every warning lies within its text', () => {
  fc.assert(
    fc.property(fc.constantFrom(...Object.values(readers)), anyText, (reader, text) => {
      const { diagnostics } = reader({ name: 'input', text });
      for (const { span, message } of diagnostics) {
        expect(span.start).toBeGreaterThanOrEqual(0);
        expect(span.end).toBeLessThanOrEqual(text.length);
        expect(message).not.toMatch(/\p{Cc}/u);
      }
    }),
    { numRuns: 3000 },
  );
});

test('megabytes of garbage are passed over in linear time and with few warnings', () => {
  const garbage = [
    'zap '.repeat(40_000),
    'zap\n'.repeat(40_000),
    `1 a${' '.repeat(200_000)}b`,
    `a = ${' '.repeat(200_000)}b`,
    `create s hash:ip comment ${'comment "'.repeat(40_000)}`,
    '['.repeat(40_000),
    `family ip {\nhook input {\n0 ${' #'.repeat(40_000)}`,
    `default ${'nexthop '.repeat(40_000)}`,
    'default via 10.0.0.1 dev eth0\n nexthop a b c'.repeat(5_000),
  ];
  for (const text of garbage) {
    for (const reader of Object.values(readers)) {
      expect(reader({ name: 'input', text }).diagnostics.length).toBeLessThan(1000);
    }
  }
}, 60_000);

test('any folder gives a host that can be prepared', () => {
  const kinds = [...new Set(snapshotFiles.map((row) => row.kind))];
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...kinds), anyText), (files) => {
      const sources = new Map(
        Object.entries(files).map(([kind, text]) => [kind as SnapshotKind, { name: kind, text }]),
      );
      const { value } = readHostFacts(sources);
      expect(prepareHost(value).interfacesByName.has('')).toBe(false);
      expect(value.interfaces.some((device) => device.kind === 'loopback')).toBe(true);
    }),
    { numRuns: 500 },
  );
});

describe('ipset save', () => {
  const name = fc.stringMatching(/^[a-zA-Z][a-zA-Z0-9:_.-]{0,20}$/);
  /** Sets of hashes do not take the unspecified address. */
  const addressOf = (length: number) =>
    fc
      .uint8Array({ minLength: length, maxLength: length })
      .filter((bytes) => bytes.some((byte) => byte !== 0))
      .map(formatAddress);
  const ipv4 = addressOf(4);
  const ipv6 = addressOf(16);
  const net = fc
    .tuple(ipv4, fc.integer({ min: 1, max: 31 }))
    .map(([address, length]) => `${address}/${length}`);
  const port = fc
    .tuple(fc.constantFrom('tcp', 'udp', 'sctp', 'udplite'), fc.nat(65535))
    .map(([protocol, number]) => `${protocol}:${number}`);
  const sized = 'hashsize 1024 maxelem 65536 timeout 9 counters comment';
  const types: readonly (readonly [string, fc.Arbitrary<string>])[] = [
    [`hash:ip family inet ${sized}`, ipv4],
    [`hash:ip family inet6 ${sized}`, ipv6],
    [`hash:net family inet ${sized}`, net],
    [`hash:ip,port family inet ${sized}`, fc.tuple(ipv4, port).map((parts) => parts.join())],
    [
      `hash:net,port,net family inet ${sized}`,
      fc.tuple(net, port, net).map((parts) => parts.join()),
    ],
    [`hash:net,iface family inet ${sized}`, fc.tuple(net, name).map((parts) => parts.join())],
    ['bitmap:port range 0-65535 timeout 9 counters comment', fc.nat(65535).map(String)],
  ];
  const extension = fc
    .record({
      timeout: fc.option(fc.nat(2_147_483)),
      nomatch: fc.boolean(),
      counters: fc.option(
        fc.tuple(
          fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
          fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
        ),
      ),
      comment: fc.option(fc.stringMatching(/^[ !#-~]{0,40}$/)),
    })
    .map(
      ({ timeout, nomatch, counters, comment }) =>
        (type: string) =>
          [
            timeout === null ? '' : ` timeout ${timeout}`,
            nomatch && /net/.test(type) ? ' nomatch' : '',
            counters === null ? '' : ` packets ${counters[0]} bytes ${counters[1]}`,
            comment === null ? '' : ` comment "${comment}"`,
          ].join(''),
    );
  const saved = fc
    .uniqueArray(name, { maxLength: 4 })
    .chain((names) =>
      fc.tuple(
        ...names.map((set) =>
          fc
            .constantFrom(...types)
            .chain(([header, element]) =>
              fc
                .array(fc.tuple(element, extension), { maxLength: 6 })
                .map((elements) =>
                  [
                    `create ${set} ${header}\n`,
                    ...elements.map(
                      ([parts, more]) => `add ${set} ${parts}${more(header.split(' ')[0] ?? '')}\n`,
                    ),
                  ].join(''),
                ),
            ),
        ),
      ),
    )
    .map((parts) => parts.join(''));

  test('is printed back as it was', () => {
    fc.assert(
      fc.property(saved, (text) => {
        const { value, diagnostics } = loadIpsetSave(text);
        expect(diagnostics).toEqual([]);
        expect(printIpsetSave(value)).toBe(text);
      }),
    );
  });
});
