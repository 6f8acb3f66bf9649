/** Translations to nft's language, as iptables-translate 1.8.13 makes them. */

import { describe, expect, it } from 'vitest';
import type { IptablesFamily } from '../../../../src/ast/iptables.ts';
import { loadIptablesSave } from '../../../../src/formats/iptables-save/load.ts';
import { listIptablesAsNft } from '../../../../src/formats/iptables-translate/list-as-nft.ts';
import { translateIptables } from '../../../../src/formats/iptables-translate/translate.ts';
import {
  translateIptablesCommand,
  translateIptablesSave,
} from '../../../../src/formats/iptables-translate/translate-text.ts';

function translated(command: string, family: IptablesFamily = 'ip'): string {
  return translateIptablesCommand(command, family).lines.join('\n').trimEnd();
}

describe('translateIptablesCommand', () => {
  it.each([
    [
      '-A INPUT -p tcp --dport 22 -j ACCEPT',
      'add rule ip filter INPUT tcp dport 22 counter accept',
    ],
    [
      '-I INPUT 3 -i eth+ -j DROP',
      'insert rule ip filter INPUT index 3 iifname "eth*" counter drop',
    ],
    [
      '-A INPUT ! -s 10.0.0.0/8 -g X',
      'add rule ip filter INPUT ip saddr != 10.0.0.0/8 counter goto X',
    ],
    [
      '-A INPUT -m comment --comment hi -j LOG --log-prefix "a " --log-level 7',
      'add rule ip filter INPUT counter log prefix "a " level debug comment "hi"',
    ],
    [
      '-A INPUT -m conntrack ! --ctstate NEW,INVALID',
      'add rule ip filter INPUT ct state ! invalid,new counter',
    ],
    [
      '-A INPUT -p tcp -m multiport ! --dports 1,5:7',
      'add rule ip filter INPUT ip protocol tcp tcp dport != { 1, 5-7 } counter',
    ],
    [
      '-t nat -A POSTROUTING -p udp -j MASQUERADE --to-ports 5-6 --random',
      'add rule ip nat POSTROUTING ip protocol udp counter masquerade to :5-6 random',
    ],
    [
      '-A X -m time --weekdays Sa,Su --timestart 12:00',
      'add rule ip filter X  meta hour "12:00:00"-"23:59:59" meta day { 6, 0 } counter',
    ],
    [
      '-A X -m hashlimit --hashlimit-above 20kb/s --hashlimit-burst 1mb --hashlimit-mode dstip --hashlimit-name h --hashlimit-dstmask 24',
      'add rule ip filter X meter h { ip daddr and 255.255.255.0 timeout 60s limit rate over 20 kbytes/second burst 1 mbytes } counter',
    ],
    ['-A X -m recent --set', '# -t filter -A X -m recent --set'],
    ['-A X ! -p tcp -m u32 --u32 "0=0"', '# -t filter -A X  -p tcp -m u32 --u32 0=0'],
  ])('%s', (command, expected) => {
    expect(translated(command)).toBe(expected);
  });

  it('declares the sets that it needs', () => {
    expect(translated('-A X -m connlimit --connlimit-above 5 --connlimit-mask 24')).toBe(
      [
        'add set ip filter connlimit0 { type ipv4_addr; flags dynamic; }',
        'add rule ip filter X add @connlimit0 { ip saddr and 255.255.255.0 ct count over 5 } counter',
      ].join('\n'),
    );
  });

  it('knows what IPv6 has of its own', () => {
    expect(translated('-A X -p icmpv6 -m icmp6 --icmpv6-type 135 -j REJECT', 'ip6')).toBe(
      'add rule ip6 filter X meta l4proto ipv6-icmp icmpv6 type nd-neighbor-solicit counter reject',
    );
  });
});

const save =
  '*nat\n:OUTPUT ACCEPT [0:0]\n:A - [0:0]\n-A OUTPUT -j A\n-A A -m recent --set\nCOMMIT\n';

describe('whole rulesets', () => {
  it('translates text and tree alike', () => {
    const { value } = loadIptablesSave(save, { family: 'ip' });
    const expected = [
      'add table ip nat',
      'add chain ip nat OUTPUT { type nat hook output priority -100; policy accept; }',
      'add chain ip nat A',
      'add rule ip nat OUTPUT counter jump A',
    ];
    expect(translateIptables(value).split('\n').slice(0, 4)).toEqual(expected);
    expect(translateIptablesSave(save, 'ip').lines).toEqual([
      ...expected,
      '# -t nat -A A -m recent --set ',
    ]);
  });

  it('ends at a mistake', () => {
    const { lines, error } = translateIptablesSave('*nat\n-A A --x\n-A A\n', 'ip');
    expect(lines).toEqual(['add table ip nat']);
    expect(error?.message).toBe("unknown option '--x'");
  });
});

describe('listIptablesAsNft', () => {
  it('shows expressions as nft does and extensions by their translation or name', () => {
    const rule =
      '-A OUTPUT -p tcp -m tcp --dport 0:7 -m mark --mark 0x1/0xf -m state --state NEW -m recent --set -j A';
    const { value } = loadIptablesSave(save.replace('-A OUTPUT -j A', rule), { family: 'ip' });
    expect(listIptablesAsNft(value)).toContain(
      '\t\tip protocol tcp tcp dport <= 7 meta mark & 0x0000000f == 0x00000001 ct state new xt match "recent" counter packets 0 bytes 0 jump A\n'.replace(
        'ip protocol tcp ',
        '',
      ),
    );
  });
});
