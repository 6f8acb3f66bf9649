/** Every key of an expectation, turned round, fails with a message that names the deciding rule. */

import { describe, expect, it } from 'vitest';
import { complaintLine } from '../../../src/scenario/reporters/failure-text.ts';
import { expectationRows } from '../../../src/scenario/rows/expectation-rows.ts';
import { complaintsOf, run } from './support.ts';

const web = '{ source: 198.51.101.7, destination: 203.0.113.10, port: 443, in: wan0 }';
const out = '{ source: 192.168.1.30, destination: 192.0.2.80, port: 80 }';
const blocked = '{ source: 198.51.100.9, destination: 203.0.113.10, port: 443, in: wan0 }';

/** Key, packet, what holds, what does not, and the rule to be named. */
const rows: readonly (readonly [string, string, string, string, RegExp])[] = [
  ['fate', web, 'fate: forwarded', 'fate: drop', /from-wan#0 .*ct status dnat accept/],
  ['reason', blocked, 'reason: RULE_DROP', 'reason: POLICY_DROP', /forward#0 .*@blocklist/],
  ['dnat', web, "dnat: '192.168.1.20:8443'", "dnat: '192.168.1.20:8444'", /nat prerouting#0/],
  ['dnat', out, 'dnat: none', "dnat: '192.168.1.20:8443'", /from-lan#0/],
  ['snat', out, 'snat: 203.0.113.10', 'snat: none', /nat postrouting#0.*masquerade/],
  ['masquerade', out, 'masquerade: true', 'masquerade: false', /nat postrouting#0/],
  ['mark', web, 'mark: 0', 'mark: 0x1', /from-wan#0/],
  ['connectionMark', web, 'connectionMark: 0', 'connectionMark: 7', /from-wan#0/],
  ['out', web, 'out: lan0', 'out: guest0', /nat prerouting#0/],
  ['hits', web, 'hits: from-wan#0', 'hits: from-wan#1', /from-wan#0 .*ct status dnat accept/],
  ['misses', web, 'misses: from-wan#1', 'misses: from-wan#0', /from-wan#0 .*ct status dnat accept/],
  [
    'sets',
    web,
    'sets: { blocklist: { contains: 198.51.100.1 } }',
    'sets: { blocklist: { lacks: 198.51.100.1 } }',
    /from-wan#0/,
  ],
  ['reply', web, 'reply: reachable', 'reply: unreachable', /from-wan#0/],
  ['outcomes', web, 'outcomes: [{ fate: forwarded }]', 'outcomes: [{ fate: drop }]', /from-wan#0/],
  [
    'probability',
    web,
    'outcomes: [{ fate: forwarded, probability: 1 }]',
    'outcomes: [{ fate: forwarded, probability: 1/2 }]',
    /prerouting#0/,
  ],
];

const file = (packet: string, expectation: string) =>
  `host: .\ntests:\n  - packet: ${packet}\n    expect: { ${expectation} }\n`;

describe('expectations', () => {
  it('all have a row here', () => {
    expect(new Set(rows.map(([key]) => key))).toEqual(new Set(Object.keys(expectationRows)));
  });

  it.each(rows)('%s', async (_key, packet, holds, fails, decider) => {
    const good = await run(file(packet, holds));
    expect(good.diagnostics).toEqual([]);
    expect(complaintsOf(good).map(complaintLine)).toEqual([]);
    const bad = await run(file(packet, fails));
    expect(bad.results.map(({ status }) => status)).toEqual(['failed']);
    expect(complaintsOf(bad).map(complaintLine).join('\n')).toMatch(decider);
  });
});
