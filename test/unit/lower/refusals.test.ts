/** What nft or the kernel refuses is a diagnostic at the place nft names. */

import { describe, expect, it } from 'vitest';
import type { Family } from '../../../src/fields/families.ts';
import { lowerRuleText, type RulePlace } from '../../support/lower-rule.ts';

interface Case {
  readonly family: Family;
  readonly rule: string;
  readonly place?: RulePlace;
  readonly code: string;
  /** The text that the first diagnostic points at. */
  readonly at: string;
}

const cases: readonly Case[] = [
  { family: 'ip', rule: 'ct state nwe', code: 'unknown-symbol', at: 'nwe' },
  { family: 'ip', rule: 'ip ttl 256', code: 'value-out-of-range', at: '256' },
  { family: 'ip', rule: 'tcp dport 90-80', code: 'negative-range', at: '90-80' },
  { family: 'ip', rule: 'ip saddr @none drop', code: 'unknown-set', at: '@none' },
  { family: 'ip', rule: 'jump nowhere', code: 'unknown-chain', at: 'jump nowhere' },
  { family: 'ip', rule: 'ip6 saddr ::1', code: 'conflicting-protocols', at: 'ip6 saddr' },
  { family: 'ip', rule: 'tcp dport 1 udp dport 2', code: 'conflicting-protocols', at: 'udp dport' },
  { family: 'ip', rule: 'accept drop', code: 'statement-without-effect', at: 'drop' },
  { family: 'ip', rule: 'meta cpu exists', code: 'datatype-mismatch', at: 'exists' },
  { family: 'arp', rule: 'reject', code: 'invalid-context', at: 'reject' },
  { family: 'ip', rule: 'dnat to :80', code: 'invalid-context', at: '80' },
  { family: 'ip', rule: 'masquerade', code: 'kernel-refused', at: 'masquerade' },
  { family: 'ip', rule: 'counter name "missing"', code: 'unknown-object', at: '"missing"' },
  {
    family: 'ip',
    rule: 'ip saddr vmap { 192.0.2.0/24 : accept, 192.0.2.1 : drop }',
    code: 'interval-overlap',
    at: '192.0.2.1',
  },
  {
    family: 'ip',
    rule: 'accept',
    place: { declarations: 'set s { type ipv4_addr; elements = { 192.0.2.0/24 } }' },
    code: 'invalid-set',
    at: '192.0.2.0/24',
  },
];

describe('refusals', () => {
  it.each(cases)('$family $rule: $code', ({ family, rule, place, code, at }) => {
    const { diagnostics, places } = lowerRuleText(family, rule, place);
    expect(diagnostics[0]?.code).toBe(code);
    expect(places[0]).toBe(at);
  });

  it('says what was meant', () => {
    const { diagnostics } = lowerRuleText('ip', 'ct state establishd');
    expect(diagnostics[0]?.hint).toBe('did you mean established?');
  });

  it('finds circles of jumps below base chains only', () => {
    const circle = 'chain a { jump b; }\n chain b { jump a; }';
    expect(lowerRuleText('ip', 'accept', { declarations: circle }).diagnostics).toEqual([]);
    const reached = lowerRuleText('ip', 'jump a', { declarations: circle });
    expect(reached.diagnostics.map(({ code }) => code)).toContain('jump-loop');
  });
});
