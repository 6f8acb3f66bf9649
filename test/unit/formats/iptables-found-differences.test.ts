/** What `test:nft -- --iptables` once found different: each with what iptables 1.8.13 says. */

import { describe, expect, it } from 'vitest';
import type { IptablesFamily } from '../../../src/ast/iptables.ts';
import { loadIptablesSave } from '../../../src/formats/iptables-save/load.ts';
import { printIptablesSave } from '../../../src/formats/iptables-save/print.ts';
import { translateIptablesSave } from '../../../src/formats/iptables-translate/translate-text.ts';

function saveText(table: string, rule: string): string {
  return `*${table}\n:T - [0:0]\n-A T ${rule}\nCOMMIT\n`;
}

function saved(family: IptablesFamily, table: string, rule: string): string {
  const { value } = loadIptablesSave(saveText(table, rule), { family });
  const line = printIptablesSave(value)
    .split('\n')
    .find((text) => text.startsWith('-A'));
  return line?.slice('-A T '.length) ?? '';
}

type Row = readonly [family: IptablesFamily, table: string, rule: string, expected: string];

const savedForms: readonly Row[] = [
  ['ip', 'filter', '-p udp --sport 010', '-p udp -m udp --sport 10'],
  ['ip', 'filter', '-p udp --sport 65537:', '-p udp -m udp --sport 1:65535'],
  ['ip', 'filter', '-m conntrack --ctorigdstport ssh:http', '-m conntrack --ctorigdstport 22:80'],
  [
    'ip',
    'filter',
    '-p tcp -j TCPMSS --clamp-mss-to-pmtu --set-mss 42',
    '-p tcp -j TCPMSS --set-mss 42',
  ],
  ['ip', 'nat', '-j NETMAP --to 10.1', '-j NETMAP --to 10.0.0.1/32'],
  ['ip', 'filter', '-j TEE --gateway 255', '-j TEE --gateway 0.0.0.255'],
  ['ip', 'filter', '-p ipcomp -m ipcomp --compres', '-p ipcomp -m ipcomp --ipcompspi 0 --compres'],
  ['ip6', 'filter', '-m ah --ahspi 100', '-m ah --ahspi 100'],
  ['ip6', 'filter', '-m hbh --hbh-opts 257:1,5:256,6:255', '-m hbh --hbh-opts 1:1,5:0,6'],
  ['ip6', 'mangle', '-j SNPT --src-pfx ::/0 --dst-pfx 1::/16', '-j SNPT --dst-pfx 1::/16'],
  [
    'ip',
    'filter',
    '-m connbytes ! --connbytes 28:28 --connbytes-dir both --connbytes-mode bytes',
    '-m connbytes --connbytes 28:28 --connbytes-mode bytes --connbytes-dir both',
  ],
  [
    'ip',
    'nat',
    '-p tcp -j SNAT --to-source 1.2.3.4:0-10',
    '-p tcp -j SNAT --to-source 1.2.3.4:0-10',
  ],
  ['ip', 'filter', '-p tcp -j SYNPROXY --wscale 65535', '-p tcp -j SYNPROXY --wscale 255'],
  ['ip', 'mangle', '-j CLASSIFY --set-class 23:59foo', '-j CLASSIFY --set-class 0023:059f'],
  ['ip', 'mangle', '-j CLASSIFY --set-class -1:12345', '-j CLASSIFY --set-class ffff:2345'],
  ['ip', 'filter', '-s 1.256', '-s 1.0.1.0/32'],
  ['ip', 'filter', '-p udp --', '-p udp'],
  ['ip', 'nat', '-j NETMAP --to 0/0xff', '-j NETMAP --to 0.0.0.0/0.0.0.255'],
  ['ip', 'filter', '-m owner --uid-owner 1:5', '-m owner --uid-owner 1-5'],
  ['ip', 'mangle', '-j CONNMARK --set-mark 1 --mask 255', '-j CONNMARK --set-xmark 0x1/0xff'],
  ['ip', 'mangle', '-j CONNMARK --mask 255 --set-mark 1', '-j CONNMARK --set-xmark 0x1/0xffffffff'],
  ['ip', 'filter', '-m cgroup --path a.slice/b', '-m cgroup --path "a.slice/b"'],
  ['ip', 'filter', '-m connlabel --label 65537', '-m connlabel --label "1"'],
  ['ip', 'filter', '-m policy --dir in --pol none --reqid 3', '-m policy --dir in --pol none'],
  ['ip', 'filter', '-p icmp -m icmp --icmp-type 1:1', '-p icmp -m icmp --icmp-type 1'],
  [
    'ip',
    'filter',
    '-m connlimit --connlimit-upto 4 --connlimit-mask 255.0.255.0',
    '-m connlimit --connlimit-upto 4 --connlimit-mask 8 --connlimit-saddr',
  ],
  [
    'ip',
    'filter',
    '-m hashlimit --hashlimit-upto 10kb/s --hashlimit-burst 4294967295kb --hashlimit-name a',
    '-m hashlimit --hashlimit-upto 10kb/s --hashlimit-burst 4096mb --hashlimit-name a',
  ],
  [
    'ip',
    'filter',
    '-m hashlimit --hashlimit-upto 10gb/s --hashlimit-name a',
    '-m hashlimit --hashlimit-upto 0b/s --hashlimit-name a',
  ],
  [
    'ip',
    'filter',
    '-m time --monthdays 0,5,',
    '-m time --monthdays 5 --datestop 2038-01-19T03:14:07',
  ],
  [
    'ip',
    'filter',
    '-m time --weekdays 33,Tuesday,9',
    '-m time --weekdays Mon,Tue --datestop 2038-01-19T03:14:07',
  ],
  [
    'ip',
    'mangle',
    '-j TEE --gateway 1.1.1.1 --oif 0123456789abcdef',
    '-j TEE --gateway 1.1.1.1 --oif 0123456789abcde',
  ],
  ['ip6', 'filter', '-p ah -m ah --ahlen 0', '-p ah -m ah'],
  [
    'ip',
    'mangle',
    '-j HMARK --hmark-rnd 1 --hmark-mod 2 --hmark-dport 255',
    '-j HMARK --hmark-dport 0x00ff --hmark-rnd 0x00000001 --hmark-mod 2',
  ],
  ...rateForms(),
];

/** Rates and times are kept in units of their own. */
function rateForms(): Row[] {
  const matches = [
    [' x --rateest-lt --rateest-bps 5', ' x --rateest-lt --rateest-bps 0bit'],
    [' x --rateest-lt --rateest-bps 17mbit', ' x --rateest-lt --rateest-bps 17000Kbit'],
    [
      ' x ! --rateest-lt --rateest-pps 5 --rateest-bps 3kibps',
      ' x ! --rateest-lt --rateest-bps 24576bit ! --rateest-lt --rateest-pps 5',
    ],
    [' x --rateest-lt --rateest-bps', ' x --rateest-lt --rateest-bps 0bit'],
    [
      '1 x --rateest-gt --rateest2 y --rateest-pps --rateest-bps',
      '1 x --rateest-gt --rateest-bps --rateest-gt --rateest-pps --rateest2 y',
    ],
  ];
  const targets = [
    ['300ms --rateest-ewmalog 1s', '500.0ms --rateest-ewmalog 1.0s'],
    ['100ms --rateest-ewmalog 1s', '250.0ms --rateest-ewmalog 2.0s'],
    ['8s --rateest-ewmalog 1000s', '8.0s --rateest-ewmalog 512.0s'],
    ['1us --rateest-ewmalog 4us', '250.0ms --rateest-ewmalog 1.0s'],
  ];
  const target = '-j RATEEST --rateest-name a --rateest-interval';
  return [
    ...matches.map(([from, to]) => ['ip', 'filter', rateest(from), rateest(to)] as const),
    ...targets.map(
      ([from, to]) => ['ip', 'filter', `${target} ${from}`, `${target} ${to}`] as const,
    ),
  ];
}

function rateest(options = ''): string {
  return `-m rateest --rateest${options}`;
}

const translations: readonly Row[] = [
  ['ip', 'filter', '-s 1.1.1.1 -m time --weekdays Mon', 'ip saddr 1.1.1.1  meta day 1 counter'],
  [
    'ip',
    'filter',
    '-p tcp -m ecn ! --ecn-tcp-ece --ecn-tcp-cwr',
    'ip protocol tcp tcp flags != ecn tcp flags != cwr counter',
  ],
  ['ip', 'filter', '-m cgroup -j ACCEPT', 'add rule ip filter T counter accept'],
  ['ip', 'raw', '-m rpfilter --accept-local', '# -t raw -A T -m rpfilter --accept-local'],
  [
    'ip',
    'filter',
    '-p tcp -j SYNPROXY --mss 9 -m comment --comment a',
    'ip protocol tcp counter synproxy mss 9  comment "a"',
  ],
  ['ip6', 'filter', '-p esp -m esp -j DROP', 'T exthdr esp exists counter drop'],
  ['ip', 'filter', '-p esp -m esp -j DROP', 'meta l4proto esp counter drop'],
  ['ip', 'filter', '-f -m time --weekdays Mon', 'ip frag-off & 0x1fff != 0  meta day 1 counter'],
  ['ip', 'filter', '-m comment --comment a -j NFLOG', 'counter log group 0  comment "a"'],
  ['ip', 'mangle', '-j CLASSIFY --set-class 0:0', 'meta priority set none'],
  ['ip', 'mangle', '-j CLASSIFY --set-class ffff:ffff', 'meta priority set root'],
  ['ip', 'mangle', '-p tcp -j TPROXY --on-port 1 --tproxy-mark 1/0', '& 0xffffffff xor 0x1 accept'],
  [
    'ip',
    'filter',
    '-m conntrack ! --ctstatus NONE --ctexpire 3',
    'ct status !  ct expiration 3 counter',
  ],
  ['ip', 'filter', '-m string --algo x --string a', '# -t filter -A T -m string --algo x'],
  ['ip', 'filter', '-m recent --set --hitcount 5', '# -t filter -A T -m recent --set --hitcount 5'],
  [
    'ip',
    'filter',
    '-m connlimit --connlimit-upto 4 --connlimit-mask 40',
    'ip saddr and 0.0.0.40 ct count 4',
  ],
];

const refused: readonly (readonly [family: IptablesFamily, table: string, rule: string])[] = [
  ['ip', 'nat', '-j DROP'],
  ['ip', 'filter', '-m conntrack --ctorigdstport 0x10'],
  ['ip', 'filter', '-p udp --sport -1'],
  ['ip', 'filter', '-m ipvs ! --ipvs --vdir ORIGINAL'],
  ['ip', 'mangle', '-j HMARK --hmark-tuple src --hmark-mod 5'],
  ['ip', 'filter', '-m cgroup'],
  ['ip', 'filter', '-m cgroup --path a --cgroup 1'],
  ['ip', 'nat', '-p tcp -j SNAT --to-source 10.1.2'],
  ['ip', 'nat', '-p tcp -j SNAT --to-source 010.1.1.1'],
  ['ip', 'nat', '-p tcp -j DNAT --to-destination localhost'],
  ['ip', 'filter', '-p tcp --tcp-flags 255 2'],
  ['ip', 'filter', '-j CLUSTERIP --new'],
  ['ip', 'filter', '-j CLUSTERIP --hash-init 5'],
  ['ip', 'filter', '-j IDLETIMER --timeout 0 --label a'],
  ['ip', 'filter', '-j IDLETIMER --timeout 5 --label a/b'],
  ['ip', 'filter', '-m rateest --rateest x'],
  ['ip', 'filter', '-m rateest --rateest x --rateest-lt'],
  ['ip', 'filter', '-m rateest --rateest x --rateest-bps 8bit'],
  ['ip', 'filter', '-j RATEEST --rateest-name a'],
  ['ip', 'filter', '-j RATEEST --rateest-name a --rateest-interval 9s --rateest-ewmalog 20s'],
  ['ip', 'filter', '-j RATEEST --rateest-name a --rateest-interval 1s --rateest-ewmalog 1s'],
  ['ip6', 'mangle', '-j SNPT --src-pfx 1::1/64 --dst-pfx 2::/64'],
  ['ip', 'filter', '-m string --algo fsm --string a'],
  ['ip', 'filter', '-m recent --set --hitcount 5'],
  ['ip', 'filter', '-m rpfilter'],
  ['ip', 'filter', '-m owner --uid-owner 5-1'],
  ['ip', 'filter', '-m policy --dir in --tunnel-src 10.0.0.0/8'],
  ['ip', 'filter', '-m policy --dir in --strict --mode tunnel --mode transport'],
  [
    'ip',
    'filter',
    '-m hashlimit --hashlimit-upto 1/s --hashlimit-burst 1000001 --hashlimit-name a',
  ],
  ['ip', 'filter', '-p dccp -m dccp --dport 18446744073709551616'],
  ['ip', 'filter', '-m time --weekdays mon'],
  ['ip', 'mangle', '-j HMARK --hmark-rnd 1 --hmark-mod 5'],
  ['ip', 'nat', '-p icmpv6 -j DNAT --to-destination 1.1.1.1:5'],
  ['ip', 'filter', '-p tcp -- -j ACCEPT'],
  ['ip', 'filter', '-j ACCEPT -'],
  ['ip', 'filter', '-p tcp --dport ntp'],
  ['ip', 'filter', '-p udp -m multiport --ports ssh'],
  ['ip', 'filter', '-m policy --dir in --proto 42'],
  ['ip', 'filter', '-m hashlimit --hashlimit-upto 1/s --hashlimit-name a/b'],
  ['ip', 'filter', '-m string --string "" --algo bm'],
  ['ip', 'filter', '-j T2345678901234567890123456789'],
];

describe('differences that test:nft found in iptables', () => {
  it.each(savedForms)('saved: %s %s %s', (family, table, rule, expected) => {
    expect(saved(family, table, rule)).toBe(expected);
  });

  it.each(translations)('translated: %s %s %s', (family, table, rule, expected) => {
    const { lines } = translateIptablesSave(saveText(table, rule), family);
    expect(lines.join('\n')).toContain(expected);
  });

  it.each(refused)('refused: %s %s %s', (family, table, rule) => {
    const { diagnostics } = loadIptablesSave(saveText(table, rule), { family });
    expect(diagnostics.length).toBeGreaterThan(0);
  });
});

describe('hooks of targets', () => {
  const text = (first: string) =>
    `*mangle\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING ${first}\n-A PREROUTING -j CLASSIFY --set-class 1:2\nCOMMIT\n`;
  const problems = (first: string, loader: 'iptables-nft' | 'iptables-legacy') =>
    loadIptablesSave(text(first), { family: 'ip', loader }).diagnostics.length;

  it('bind no rule of iptables-legacy that no packet comes to', () => {
    expect(problems('-j ACCEPT', 'iptables-legacy')).toBe(0);
    expect(problems('-j RETURN', 'iptables-legacy')).toBe(0);
    expect(problems('-m mark --mark 1 -j ACCEPT', 'iptables-legacy')).toBe(1);
    expect(problems('-j MARK --set-mark 1', 'iptables-legacy')).toBe(1);
    expect(problems('-j ACCEPT', 'iptables-nft')).toBe(1);
  });
});
