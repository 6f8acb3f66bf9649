/** Rules become what nft sends to the kernel. */

import { describe, expect, it } from 'vitest';
import type { Family } from '../../../src/fields/families.ts';
import { lowerRuleText, type RulePlace } from '../../support/lower-rule.ts';

interface Case {
  readonly family: Family;
  readonly rule: string;
  readonly place?: RulePlace;
  readonly expected: string;
}

const cases: readonly Case[] = [
  {
    family: 'inet',
    rule: 'tcp dport 22 accept',
    expected: `inet t c
meta load l4proto => reg 1
cmp eq reg 1 0x06
payload load 2b @ transport header + 2 => reg 1
cmp eq reg 1 0x0016
immediate reg 0 accept`,
  },
  {
    family: 'inet',
    rule: 'ip saddr 192.0.2.0/24 drop',
    expected: `inet t c
meta load nfproto => reg 1
cmp eq reg 1 0x02
payload load 3b @ network header + 12 => reg 1
cmp eq reg 1 0xc00002
immediate reg 0 drop`,
  },
  {
    family: 'ip',
    rule: 'ip daddr 192.0.2.64/26',
    expected: `ip t c
payload load 4b @ network header + 16 => reg 1
bitwise reg 1 = ( reg 1 & 0xffffffc0 ) ^ 0x00000000
cmp eq reg 1 0xc0000240`,
  },
  {
    family: 'ip',
    rule: 'ct state new,established',
    expected: `ip t c
ct load state => reg 1
bitwise reg 1 = ( reg 1 & 0x0000000a ) ^ 0x00000000
cmp neq reg 1 0x00000000`,
  },
  {
    family: 'ip',
    rule: 'meta mark 10-20',
    expected: `ip t c
meta load mark => reg 1
byteorder reg 1 = hton(reg 1, 4, 4)
range eq reg 1 0x0000000a 0x00000014`,
  },
  {
    family: 'ip',
    rule: 'meta mark set meta mark and 0xff or 0x100',
    expected: `ip t c
meta load mark => reg 1
bitwise reg 1 = ( reg 1 & 0x000000ff ) ^ 0x00000100
meta set mark with reg 1`,
  },
  {
    family: 'ip',
    rule: 'udp sport 53 udp dport 1024',
    expected: `ip t c
meta load l4proto => reg 1
cmp eq reg 1 0x11
payload load 4b @ transport header + 0 => reg 1
cmp eq reg 1 0x00350400`,
  },
  {
    family: 'bridge',
    rule: 'vlan id 5 ip ttl 1',
    expected: `bridge t c
payload load 2b @ link header + 12 => reg 1
cmp eq reg 1 0x8100
payload load 2b @ link header + 14 => reg 1
bitwise reg 1 = ( reg 1 & 0x0fff ) ^ 0x0000
cmp eq reg 1 0x0005
payload load 2b @ link header + 16 => reg 1
cmp eq reg 1 0x0800
payload load 1b @ network header + 8 => reg 1
cmp eq reg 1 0x01`,
  },
  {
    family: 'ip',
    rule: 'ip dscp set 8',
    expected: `ip t c
payload load 2b @ network header + 0 => reg 1
bitwise reg 1 = ( reg 1 & 0xff03 ) ^ 0x0020
payload write reg 1 => 2b @ network header + 0 csum_type 1 csum_off 10 csum_flags 0x0`,
  },
  {
    family: 'ip6',
    rule: 'reject with tcp reset',
    expected: `ip6 t c
meta load l4proto => reg 1
cmp eq reg 1 0x06
reject type 1 code 0`,
  },
  {
    family: 'ip',
    rule: 'tcp dport 80 dnat to 192.0.2.1-192.0.2.9:8080',
    place: { hook: 'prerouting', type: 'nat' },
    expected: `ip t c
meta load l4proto => reg 1
cmp eq reg 1 0x06
payload load 2b @ transport header + 2 => reg 1
cmp eq reg 1 0x0050
immediate reg 1 0xc0000201
immediate reg 2 0xc0000209
immediate reg 3 0x1f90
nat dnat ip addr_min reg 1 addr_max reg 2 proto_min reg 3 flags 0x2`,
  },
  {
    family: 'ip',
    rule: 'iifname "eth*" oifname "lo"',
    expected: `ip t c
meta load iifname => reg 1
cmp eq reg 1 0x657468
meta load oifname => reg 1
cmp eq reg 1 0x6c6f0000 0x00000000 0x00000000 0x00000000`,
  },
  {
    family: 'ip',
    rule: 'iifname & 0xff == "lo"',
    expected: `ip t c
meta load iifname => reg 1
bitwise reg 1 = ( reg 1 & 0x00000000 0x00000000 0x00000000 0x00353532 ) ^ 0x00000000 0x00000000 0x00000000 0x00000000
cmp eq reg 1 0x6c6f0000 0x00000000 0x00000000 0x00000000`,
  },
];

describe('lowering of a rule', () => {
  it.each(cases)('$family $rule', ({ family, rule, place, expected }) => {
    const { lines, diagnostics } = lowerRuleText(family, rule, place);
    expect(diagnostics).toEqual([]);
    expect(lines.join('\n')).toBe(expected);
  });
});

describe('sets that come with a rule', () => {
  it('keeps single values in order of writing', () => {
    const { lines } = lowerRuleText('ip', 'tcp dport { 443, 80 }');
    expect(lines.slice(0, 3)).toEqual([
      'family 2 __set%d t 3',
      'family 2 __set%d t 0',
      '\telement 01bb\telement 0050',
    ]);
  });

  it('sorts and merges intervals, with ends that no longer belong', () => {
    const { lines } = lowerRuleText('ip', 'ip saddr { 192.0.2.128/25, 192.0.2.0/25, 10.0.0.1 }');
    expect(lines[2]).toBe(
      '\telement 00000000 flags 1\telement 0a000001\telement 0a000002 flags 1\telement c0000200\telement c0000300 flags 1',
    );
  });

  it('lays fields of a concatenation out in registers of four bytes', () => {
    const { lines } = lowerRuleText('ip', 'ip saddr . tcp dport { 192.0.2.1 . 80 }');
    expect(lines).toContain('payload load 4b @ network header + 12 => reg 1');
    expect(lines).toContain('payload load 2b @ transport header + 2 => reg 9');
    expect(lines[2]).toBe('\telement c0000201 . 0050');
  });

  it('writes verdict maps to register 0', () => {
    const { lines } = lowerRuleText('ip', 'meta mark vmap { 1 : accept, 2 : drop }');
    expect(lines).toContain('lookup reg 1 set __map%d dreg 0');
  });

  it('makes a chain of a block', () => {
    const { lines } = lowerRuleText('ip', 'jump { counter; }');
    expect(lines).toEqual([
      'ip t (null) use 0',
      'ip t',
      'counter pkts 0 bytes 0',
      'ip t c',
      'immediate reg 0 jump',
    ]);
  });
});
