/** Printing as iptables-nft-save does: one line in, one line out. */

import { describe, expect, it } from 'vitest';
import type { IptablesFamily } from '../../../../src/ast/iptables.ts';
import { loadIptablesSave } from '../../../../src/formats/iptables-save/load.ts';
import { printIptablesSave } from '../../../../src/formats/iptables-save/print.ts';

function printed(table: string, rule: string, family: IptablesFamily = 'ip'): string[] {
  const text = `*${table}\n:FOO - [0:0]\n${rule}\nCOMMIT\n`;
  const { value } = loadIptablesSave(text, { family });
  return printIptablesSave(value)
    .split('\n')
    .filter((line) => line.startsWith('-A'));
}

describe('rules', () => {
  it.each([
    ['filter', '-A FOO -s 10.1 -p 89', '-A FOO -s 10.1.0.0/32 -p 89'],
    ['filter', '-A FOO -s 10.11.12.13/255.0.255.0', '-A FOO -s 10.0.12.0/255.0.255.0'],
    ['filter', '-A FOO -d 0.0.0.0/0 -i +', '-A FOO'],
    ['filter', '-A FOO -p tcp --syn', '-A FOO -p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN'],
    ['filter', '-A FOO -p udp --sport : -j DROP', '-A FOO -p udp -m udp -j DROP'],
    ['filter', '-A FOO -p tcp -m tcp ! --dport :7', '-A FOO -p tcp -m tcp --dport 8:65535'],
    ['filter', '-A FOO -m state --state NEW,INVALID', '-A FOO -m state --state INVALID,NEW'],
    ['filter', '-A FOO -m conntrack --ctproto tcp', '-A FOO -m conntrack --ctproto 6'],
    ['filter', '-A FOO -m limit --limit 60/minute', '-A FOO -m limit --limit 1/sec'],
    ['filter', '-A FOO -m mark --mark 10/0xf', '-A FOO -m mark --mark 0xa/0xf'],
    [
      'filter',
      '-A FOO -m statistic --mode random --probability 0.1',
      '-A FOO -m statistic --mode random --probability 0.10000000009',
    ],
    ['filter', "-A FOO -m comment --comment it's", String.raw`-A FOO -m comment --comment "it\'s"`],
    ['filter', '-A FOO -j REJECT', '-A FOO -j REJECT --reject-with icmp-port-unreachable'],
    [
      'filter',
      '-A FOO -j LOG --log-prefix x --log-level debug',
      '-A FOO -j LOG --log-prefix x --log-level 7',
    ],
    [
      'nat',
      '-A FOO -p tcp -j DNAT --to-destination 1.2.3.4:http',
      '-A FOO -p tcp -j DNAT --to-destination 1.2.3.4:80',
    ],
    ['mangle', '-A FOO -j MARK --set-mark 0x10/0x30', '-A FOO -j MARK --set-xmark 0x10/0x30'],
    ['mangle', '-A FOO -j MARK --or-mark 4', '-A FOO -j MARK --set-xmark 0x4/0x4'],
    [
      'mangle',
      '-A FOO -j CONNMARK --save-mark',
      '-A FOO -j CONNMARK --save-mark --nfmask 0xffffffff --ctmask 0xffffffff',
    ],
    ['raw', '-A FOO -j CT --zone 5 --notrack', '-A FOO -j CT --notrack --zone 5'],
    [
      'filter',
      '-A FOO -m recent --set',
      '-A FOO -m recent --set --name DEFAULT --mask 255.255.255.255 --rsource',
    ],
  ])('%s: %s', (table, rule, expected) => {
    expect(printed(table, rule)).toEqual([expected]);
  });

  it('makes a rule of each pair of addresses', () => {
    expect(printed('filter', '-A FOO -s 1.1.1.1,2.2.2.2 -d 3.3.3.3,4.4.4.0/24')).toEqual([
      '-A FOO -s 1.1.1.1/32 -d 3.3.3.3/32',
      '-A FOO -s 1.1.1.1/32 -d 4.4.4.0/24',
      '-A FOO -s 2.2.2.2/32 -d 3.3.3.3/32',
      '-A FOO -s 2.2.2.2/32 -d 4.4.4.0/24',
    ]);
  });

  it('prints IPv6 in brackets before ports', () => {
    expect(printed('nat', '-A FOO -p tcp -j DNAT --to-destination [dead::beef]:80', 'ip6')).toEqual(
      ['-A FOO -p tcp -j DNAT --to-destination [dead::beef]:80'],
    );
  });
});

describe('tables', () => {
  it('puts tables and chains in their order and adds the built-in chains', () => {
    const text =
      '*nat\n:Z - [0:0]\n:A - [0:0]\n-A A -j Z\nCOMMIT\n*raw\n:OUTPUT DROP [9:9]\nCOMMIT\n';
    const { value } = loadIptablesSave(text, { family: 'ip' });
    expect(printIptablesSave(value)).toBe(
      [
        '*raw',
        ':PREROUTING ACCEPT [0:0]',
        ':OUTPUT DROP [0:0]',
        'COMMIT',
        '*nat',
        ':PREROUTING ACCEPT [0:0]',
        ':INPUT ACCEPT [0:0]',
        ':OUTPUT ACCEPT [0:0]',
        ':POSTROUTING ACCEPT [0:0]',
        ':A - [0:0]',
        ':Z - [0:0]',
        '-A A -j Z',
        'COMMIT',
        '',
      ].join('\n'),
    );
  });

  it('prints counters when asked', () => {
    const { value } = loadIptablesSave('*filter\n[5:6] -A INPUT\nCOMMIT\n', { family: 'ip' });
    expect(printIptablesSave(value, { counters: true })).toContain('\n[5:6] -A INPUT\n');
  });
});
