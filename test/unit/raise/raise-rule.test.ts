/** Rules read back from bytecode, without parsing or lowering anything. */

import { describe, expect, it } from 'vitest';
import type { Family } from '../../../src/fields/families.ts';
import { printNftRule } from '../../../src/formats/nft/print.ts';
import { tableScope } from '../../../src/raise/raise.ts';
import { raiseRule } from '../../../src/raise/raise-rule.ts';
import { BytecodeReader, type NamedSet, readDeclarations } from '../../support/bytecode.ts';

function listing(
  family: Family,
  lines: readonly string[],
  named: readonly NamedSet[] = [],
): string {
  const text = lines.map((line) => (line.startsWith('[') ? `  ${line}` : line)).join('\n');
  const table = new BytecodeReader(text, family, named).read();
  const [rule] = table.chains[0]?.rules ?? [];
  return rule === undefined ? '' : printNftRule(raiseRule(rule, tableScope(table)));
}

const tcp = ['[ meta load l4proto => reg 1 ]', '[ cmp eq reg 1 0x06 ]'];

describe('implicit dependencies', () => {
  it('a field of tcp hides the match on tcp', () => {
    const port = ['[ payload load 2b @ transport header + 2 => reg 1 ]', '[ cmp eq reg 1 0x0016 ]'];
    expect(listing('ip', [...tcp, ...port])).toBe('tcp dport 22');
  });

  it('a statement between the two keeps both', () => {
    const port = ['[ payload load 2b @ transport header + 2 => reg 1 ]', '[ cmp eq reg 1 0x0016 ]'];
    expect(listing('ip', [...tcp, '[ notrack ]', ...port])).toBe(
      'meta l4proto tcp notrack tcp dport 22',
    );
  });

  it('bare ports have no protocol', () => {
    const port = ['[ payload load 2b @ transport header + 0 => reg 1 ]', '[ cmp eq reg 1 0x0035 ]'];
    expect(listing('ip', port)).toBe('th sport 53');
  });

  it('an address hides the family in inet tables', () => {
    expect(
      listing('inet', [
        '[ meta load nfproto => reg 1 ]',
        '[ cmp eq reg 1 0x02 ]',
        '[ payload load 4b @ network header + 12 => reg 1 ]',
        '[ cmp neq reg 1 0x0a000001 ]',
      ]),
    ).toBe('ip saddr != 10.0.0.1');
  });

  it('a tunnel field hides what the inner packet must be', () => {
    expect(
      listing('ip', [
        '[ inner type 1 hdrsize 8 flags f [ meta load protocol => reg 1 ] ]',
        '[ cmp eq reg 1 0x0800 ]',
        '[ inner type 1 hdrsize 8 flags f [ payload load 4b @ network header + 16 => reg 1 ] ]',
        '[ cmp eq reg 1 0xc0a80001 ]',
      ]),
    ).toBe('vxlan ip daddr 192.168.0.1');
  });
});

describe('constants', () => {
  it.each<readonly [string, Family, readonly string[], string]>([
    [
      'short loads are prefixes',
      'ip',
      ['[ payload load 3b @ network header + 12 => reg 1 ]', '[ cmp eq reg 1 0x0a0102 ]'],
      'ip saddr 10.1.2.0/24',
    ],
    [
      'masks of addresses are prefixes',
      'ip6',
      [
        '[ payload load 16b @ network header + 8 => reg 1 ]',
        '[ bitwise reg 1 = ( reg 1 & 0xffffffff 0xf0000000 0x00000000 0x00000000 ) ^ 0x00000000 0x00000000 0x00000000 0x00000000 ]',
        '[ cmp eq reg 1 0x20010db8 0x10000000 0x00000000 0x00000000 ]',
      ],
      'ip6 saddr 2001:db8:1000::/36',
    ],
    [
      'masks that cut a field out vanish',
      'ip',
      [
        '[ payload load 1b @ network header + 1 => reg 1 ]',
        '[ bitwise reg 1 = ( reg 1 & 0xfc ) ^ 0x00 ]',
        '[ cmp eq reg 1 0xb8 ]',
      ],
      'ip dscp ef',
    ],
    [
      'flags tests are lists',
      'inet',
      [
        '[ ct load state => reg 1 ]',
        '[ bitwise reg 1 = ( reg 1 & 0x00000006 ) ^ 0x00000000 ]',
        '[ cmp neq reg 1 0x00000000 ]',
      ],
      'ct state established,related',
    ],
    [
      'marks are of host order',
      'ip',
      ['[ meta load mark => reg 1 ]', '[ cmp eq reg 1 0x00000010 ]'],
      'meta mark 0x00000010',
    ],
    [
      'names without an end are wildcards',
      'ip',
      ['[ meta load iifname => reg 1 ]', '[ cmp eq reg 1 0x76657468 ]'],
      'iifname "veth*"',
    ],
    [
      'merged fields are told apart',
      'ip',
      [
        ...tcp,
        '[ payload load 4b @ transport header + 0 => reg 1 ]',
        '[ cmp eq reg 1 0x00350050 ]',
      ],
      'tcp sport 53 tcp dport 80',
    ],
    [
      'a mask with bits set is and and or',
      'ip',
      [
        '[ meta load mark => reg 1 ]',
        '[ bitwise reg 1 = ( reg 1 & 0xffffff0f ) ^ 0x00000040 ]',
        '[ meta set mark with reg 1 ]',
      ],
      'meta mark set meta mark & 0xffffff4f | 0x00000040',
    ],
  ])('%s', (_, family, lines, expected) => {
    expect(listing(family, lines)).toBe(expected);
  });
});

describe('sets', () => {
  it('elements of anonymous sets are sorted and typed by what is looked up', () => {
    expect(
      listing('ip', [
        'family 2 __set%d t 3',
        'family 2 __set%d t 0',
        '\telement 01bb\telement 0016\telement 0050',
        ...tcp,
        '[ payload load 2b @ transport header + 2 => reg 1 ]',
        '[ lookup reg 1 set __set%d ]',
      ]),
    ).toBe('tcp dport { 22, 80, 443 }');
  });

  it('verdict maps', () => {
    expect(
      listing('ip', [
        'family 2 __map%d t b',
        'family 2 __map%d t 0',
        '\telement 06 : jump web\telement 11 : drop',
        '[ meta load l4proto => reg 1 ]',
        '[ lookup reg 1 set __map%d dreg 0 ]',
      ]),
    ).toBe('meta l4proto vmap { tcp : jump web, udp : drop }');
  });

  it('named sets by name', () => {
    const named = readDeclarations(['add set ip t blocked { type ipv4_addr; flags interval; }']);
    const lines = [
      '[ payload load 4b @ network header + 12 => reg 1 ]',
      '[ lookup reg 1 set blocked 0x1 ]',
    ];
    expect(listing('ip', lines, named)).toBe('ip saddr != @blocked');
  });
});

describe('statements', () => {
  it.each<readonly [Family, readonly string[], string]>([
    ['ip', ['[ reject type 0 code 3 ]'], 'reject'],
    ['ip', ['[ reject type 0 code 1 ]'], 'reject with icmp host-unreachable'],
    ['inet', ['[ reject type 2 code 0 ]'], 'reject with icmpx no-route'],
    ['ip', [...tcp, '[ reject type 1 code 0 ]'], 'reject with tcp reset'],
    [
      'inet',
      [
        '[ immediate reg 1 0xc0000201 ]',
        '[ immediate reg 2 0x1f90 ]',
        '[ nat dnat ip addr_min reg 1 proto_min reg 2 flags 0x2 ]',
      ],
      'dnat ip to 192.0.2.1:8080',
    ],
    ['ip', ['[ masq flags 0x14 ]'], 'masquerade random,fully-random'],
    ['ip', ['[ log prefix seen:  level 7 ]'], 'log prefix "seen: " level debug'],
    [
      'ip',
      ['[ limit rate 10/minute burst 5 type packets flags 0x1 ]'],
      'limit rate over 10/minute burst 5 packets',
    ],
  ])('%s %j', (family, lines, expected) => {
    expect(listing(family, lines)).toBe(expected);
  });
});
