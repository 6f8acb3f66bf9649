/** Matchers and arbitraries of nft-sim/testing on small rulesets. */

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseAddress, parsePrefix, prefixContains } from '../../../src/base/address.ts';
import * as testing from '../../../src/testing/index.ts';

const filter = (port: number) => `table ip f {
  chain forward { type filter hook forward priority 0; policy drop; ct state established accept; iifname "eth1" tcp dport ${port} accept; tcp dport 25 reject; }
}`;
const nat = `table ip n {
  chain pre { type nat hook prerouting priority -100; tcp dport 81 dnat to 10.0.0.9:8080; }
  chain post { type nat hook postrouting priority 100; oifname "eth0" masquerade; }
}`;

const out = { source: '10.0.0.7', destination: '192.0.2.9', port: 80, in: 'eth1' } as const;

it('says what becomes of a packet', () => {
  const rules = testing.testRuleset(filter(80));
  expect(rules.diagnostics).toEqual([]);
  expect(testing.toAccept(rules, out).pass).toBe(true);
  expect(testing.toDrop(rules, { ...out, port: 81 }).pass).toBe(true);
  expect(testing.toReject(rules, { ...out, port: 25 }).pass).toBe(true);
  expect(testing.toHitRule(rules, out, 'forward#1').pass).toBe(true);
  const wrong = testing.toDrop(rules, out);
  expect(wrong.pass).toBe(false);
  expect(wrong.message()).toMatch(/by ip f forward#1.*[\s\S]*packet: \{ source: 10.0.0.7/);
});

it('knows NAT', () => {
  const rules = testing.testRuleset(nat);
  expect(testing.toDnatTo(rules, { ...out, port: 81 }, '10.0.0.9:8080').pass).toBe(true);
  expect(testing.toMasquerade(rules, out).pass).toBe(true);
});

it('finds the difference of one port', () => {
  const [one, other] = [testing.testRuleset(filter(80)), testing.testRuleset(filter(8080))];
  const packets = fc.sample(testing.guidedPackets(one.program, { host: one.host }), {
    seed: 1,
    numRuns: 200,
  });
  expect(testing.toBeEquivalentTo(one, one, { packets }).pass).toBe(true);
  expect(testing.toBeEquivalentTo(one, other, { packets }).pass).toBe(false);
});

it('draws addresses on both sides of a prefix', () => {
  const prefix = parsePrefix('10.2.0.0/15');
  if (prefix === undefined) throw new Error('no prefix');
  const isIn = (text: string) => prefixContains(prefix, parseAddress(text) ?? new Uint8Array(4));
  fc.assert(fc.property(testing.addressesInside('10.2.0.0/15'), isIn), { numRuns: 50 });
  fc.assert(
    fc.property(testing.addressesOutside('10.2.0.0/15'), (text) => !isIn(text)),
    { numRuns: 50 },
  );
});

it('draws rulesets that load', () => {
  fc.assert(
    fc.property(fc.oneof(testing.nftRulesets, testing.iptablesRulesets), (text) => {
      expect(testing.testRuleset(text).diagnostics).toEqual([]);
    }),
    { numRuns: 10 },
  );
});

it('checks properties by sampling', () => {
  const open = testing.testRuleset(filter(80));
  const report = testing.checkProperties(open.program, open.host, {
    runs: 60,
    properties: ['no-spoofed-source', 'established-survive'],
  });
  expect(report.findings.map(({ property }) => property)).toEqual([
    'no-spoofed-source',
    'established-survive',
  ]);
  expect(report.unknown).toEqual([]);
});
