/** iptables-save texts: matches and targets of the common tables. */

import fc from 'fast-check';
import type { IpsetChoice } from './ipsets.ts';
import { phrase, type Text, word } from './phrase.ts';
import { address, pools, port, type Version } from './pools.ts';

function saveMatches(version: Version): Text {
  const prefixes = pools[version].prefixes.filter((text) => !text.includes('-'));
  const icmp =
    version === 4 ? '-p icmp -m icmp --icmp-type 8' : '-p ipv6-icmp -m icmp6 --icmpv6-type 128';
  return fc.oneof(
    phrase`${word('', '! ')}-s ${word(...prefixes)}`,
    phrase`${word('', '! ')}-d ${address(version)}`,
    phrase`-p tcp -m tcp ${word('', '! ')}--${word('dport', 'sport')} ${word('53', '80:443', '8080', ':1000')}`,
    phrase`-p udp -m udp --${word('dport', 'sport')} ${port}`,
    phrase`-p tcp -m multiport --${word('dports', 'sports', 'ports')} 53,80,1000:8080`,
    phrase`-p tcp -m tcp --tcp-flags SYN,ACK ${word('SYN', 'ACK')}`,
    phrase`-m conntrack ${word('', '! ')}--ctstate ${word('NEW', 'RELATED,ESTABLISHED', 'INVALID', 'DNAT', 'SNAT')}`,
    phrase`-m mark ${word('', '! ')}--mark ${word('0x1', '0x10/0x10', '0x0')}`,
    phrase`-m connmark --mark ${word('0x1', '0x10/0x10', '0x0')}`,
    phrase`-m addrtype --${word('src', 'dst')}-type ${word('LOCAL', 'UNICAST')}`,
    phrase`-m statistic --mode nth --every ${word('2', '3')} --packet ${word('0', '1')}`,
    phrase`-m length --length ${word('0:59', '60', '61:100')}`,
    phrase`-m limit --limit 1/hour --limit-burst ${word('1', '2')}`,
    phrase`-m u32 --u32 ${word('"0&0xf0000000=0x40000000"', '"6&0xff=0x6"')}`,
    word(
      icmp,
      '-m comment --comment "a b"',
      version === 4 ? '-m ttl --ttl-lt 64' : '-m hl --hl-lt 64',
      '-m physdev --physdev-is-in',
    ),
    word(
      '-m dscp --dscp 0x2e',
      '-m quota --quota 100',
      '-m pkttype --pkt-type unicast',
      '-m pkttype ! --pkt-type broadcast',
      '-m tos --tos 0xb8',
      '-m mac --mac-source 02:00:00:00:01:02',
      '-m mac ! --mac-source 02:00:00:00:00:02',
      '-m owner --uid-owner 0',
      '-m owner ! --uid-owner 0',
      '-m owner --socket-exists',
      '-m state --state NEW',
      '-m helper --helper ftp',
      '-m devgroup --src-group 0x0',
      '-m ecn --ecn-ip-ect 3',
      '-p tcp -m ecn --ecn-tcp-ece',
      '-p tcp -m tcpmss --mss 1000:1460',
      '-p tcp -m tcpmss ! --mss 1400',
      '-p tcp -m tcp --tcp-option 2',
      '-p tcp -m tcp ! --tcp-option 8',
      '-p tcp -m tcp ! --tcp-flags SYN,RST,ACK,FIN SYN',
      '-p sctp -m sctp --dport 80',
      '-p sctp -m sctp --chunk-types any INIT',
      '-p dccp -m dccp --dport 53',
      '-p udplite -m multiport --dports 53,80',
      '-p esp -m esp --espspi 256',
      '-p ah',
      '-m connlimit --connlimit-above 1 --connlimit-mask 32 --connlimit-saddr',
      '-m connlimit --connlimit-upto 1 --connlimit-mask 24 --connlimit-daddr',
      '-m connlimit --connlimit-above 0 --connlimit-mask 0',
      '-m connbytes --connbytes 0:100 --connbytes-mode packets --connbytes-dir both',
      '-m connlabel --label 3',
      '-m hashlimit --hashlimit-upto 1/hour --hashlimit-burst 1 --hashlimit-mode srcip --hashlimit-name h1',
      '-m hashlimit --hashlimit-above 1/hour --hashlimit-burst 2 --hashlimit-mode dstip,dstport --hashlimit-name h2',
      '-m recent --name r1 --set',
      '-m recent --name r1 --rcheck',
      '-m recent --name r1 --update --hitcount 2',
      '-m recent --name r1 --remove',
      '-m conntrack --ctstatus ASSURED',
      '-m conntrack --ctdir REPLY',
      '-m conntrack --ctproto 6',
      '-m conntrack ! --ctorigdstport 80',
      '-m conntrack --ctexpire 0:1000',
      '-m cpu ! --cpu 99',
      '-m string --string "\\x01\\x02" --algo bm --from 20 --to 100',
      '-m rpfilter',
      '-m rpfilter --invert --loose',
      '-m policy --dir in --pol none',
    ),
    version === 4
      ? word(
          '-m iprange --src-range 10.0.0.5-10.0.0.9',
          '-m iprange ! --dst-range 8.8.8.0-9.9.9.9',
          '-m conntrack --ctorigsrc 10.0.0.0/24',
          '-m conntrack --ctrepldst 10.0.0.5',
          '-m addrtype --dst-type BROADCAST',
          '-m addrtype --limit-iface-in --dst-type LOCAL',
          '-f',
          '! -f',
          '-p icmp -m icmp --icmp-type any',
          '-p icmp -m icmp ! --icmp-type 3/3',
        )
      : word(
          '-m iprange --src-range fd00:1::5-fd00:1::9',
          '-m conntrack --ctorigsrc fd00:1::/64',
          '-m frag --fragfirst',
          '-m frag --fragid 7',
          '-m ipv6header --header hop --soft',
          '-m ipv6header --header none',
          '-m rt --rt-type 4',
          '-m dst --dst-len 8',
          '-m hbh --hbh-len 8',
          '-m eui64',
          '-p ipv6-icmp -m icmp6 --icmpv6-type 1/3',
        ),
    phrase`${word('', '! ')}-${word('i', 'o')} ${word('eth0', 'eth1', 'eth+', 'lo')}`,
    phrase`-p ${word('tcp', 'udp', '! tcp', 'all', 'sctp', '47')}`.map((text) =>
      text.replace(/^-p ! /, '! -p '),
    ),
  );
}

interface SaveTable {
  readonly name: string;
  readonly hooks: readonly string[];
  readonly targets: Text;
}

function tableRows(version: Version): readonly SaveTable[] {
  const bracketed = address(version).map((text) => (version === 6 ? `[${text}]` : text));
  const plain = word('ACCEPT', 'DROP', 'RETURN', 'sub', 'sub', 'ACCEPT');
  const marks = phrase`${word('MARK --set-xmark', 'CONNMARK --set-xmark')} ${word('0x1/0x1', '0x10/0xffffffff', '0x0/0xf0')}`;
  const ttl = version === 4 ? 'TTL --ttl-set 9' : 'HL --hl-set 9';
  const reject = version === 4 ? 'icmp-port-unreachable' : 'icmp6-port-unreachable';
  const reject2 = version === 4 ? 'icmp-admin-prohibited' : 'icmp6-adm-prohibited';
  const rejects = fc.oneof(
    phrase`REJECT --reject-with ${word(reject, reject2)}`,
    word(
      '-p tcp -j REJECT --reject-with tcp-reset',
      'LOG --log-prefix "x "',
      'NFLOG --nflog-group 1',
      'NFQUEUE --queue-num 0 --queue-bypass',
      'NFQUEUE --queue-num 1',
    ),
  );
  const all = ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'];
  const connmarks = word(
    'CONNMARK --save-mark',
    'CONNMARK --save-mark --nfmask 0xf0 --ctmask 0xf0',
    'TOS --set-tos 0x10/0x3f',
    'TOS --and-tos 0xe0',
    'ECN --ecn-tcp-remove',
    '-p tcp -j TCPMSS --set-mss 1200',
    '-p tcp -j TCPMSS --clamp-mss-to-pmtu',
    '-p tcp -j TCPOPTSTRIP --strip-options timestamp,sack-permitted',
    'CLASSIFY --set-class 1:2',
    version === 4 ? 'TTL --ttl-dec 1' : 'HL --hl-dec 1',
    version === 4 ? 'TTL --ttl-inc 3' : 'HL --hl-inc 3',
    'CHECKSUM --checksum-fill',
    'HMARK --hmark-tuple src,dst --hmark-mod 5 --hmark-offset 10 --hmark-rnd 0x1',
    'CONNMARK --restore-mark --nfmask 0xff --ctmask 0xff',
    ttl,
    'DSCP --set-dscp 0x2e',
  );
  const range = version === 4 ? '10.0.0.5-10.0.0.6' : 'fd00:1::5-fd00:1::6';
  const netmap = version === 4 ? 'NETMAP --to 172.20.0.0/24' : 'NETMAP --to fd00:2::/64';
  const dnat = fc.oneof(
    phrase`DNAT --to-destination ${address(version)}${word('', '', ' --persistent', ' --random')}`,
    word(
      `DNAT --to-destination ${range}`,
      netmap,
      '-p udp -j DNAT --to-destination :53',
      '-p tcp -j DNAT --to-destination :8080-8081',
      '-p tcp -j REDIRECT --to-ports 8080',
      '-p udp -j REDIRECT --to-ports 53-54',
    ),
  );
  const nat = fc.oneof(
    dnat,
    word('REDIRECT', 'ACCEPT', 'RETURN'),
    phrase`-p tcp -j DNAT --to-destination ${bracketed}:${port}`,
  );
  const source = fc.oneof(
    phrase`SNAT --to-source ${address(version)}${word('', '', '', ' --random', ' --persistent', ' --random-fully')}`,
    phrase`-p ${word('tcp', 'udp')} -j SNAT --to-source ${bracketed}:${word('2000', '1000-1001')}`,
    word(
      'MASQUERADE',
      'MASQUERADE',
      'ACCEPT',
      `SNAT --to-source ${range}`,
      netmap,
      '-p tcp -j MASQUERADE --to-ports 2000',
      '-p udp -j MASQUERADE --to-ports 1000-1001',
    ),
  );
  return [
    { name: 'filter', hooks: all.slice(1, 4), targets: fc.oneof(plain, plain, rejects) },
    { name: 'mangle', hooks: all, targets: fc.oneof(plain, marks, marks, connmarks) },
    {
      name: 'raw',
      hooks: ['PREROUTING', 'OUTPUT'],
      targets: fc.oneof(
        plain,
        word(
          'CT --notrack',
          'CT --zone 5',
          'CT --ctevents new',
          'NOTRACK',
          'CT --zone-orig 5',
          'CT --zone-reply 6',
          'CONNMARK --save-mark',
          'CONNMARK --restore-mark',
          'CONNMARK --set-xmark 0x1/0x1',
        ),
        marks,
      ),
    },
    { name: 'nat', hooks: ['PREROUTING', 'OUTPUT'], targets: nat },
    { name: 'nat', hooks: ['POSTROUTING', 'INPUT'], targets: source },
  ];
}

const jump = (target: string): string => (target.startsWith('-p') ? target : `-j ${target}`);

/** Lines of one table; `sub` is a chain that every rule but its own may enter. */
function saveTable(
  version: Version,
  { name, hooks, targets }: SaveTable,
  sets: IpsetChoice | undefined,
): fc.Arbitrary<string> {
  const own = saveMatches(version);
  const conditions =
    sets === undefined
      ? own
      : fc.oneof({ weight: 1, arbitrary: own }, { weight: 2, arbitrary: sets.match });
  const line = fc
    .tuple(
      fc.constantFrom(...hooks, 'sub'),
      fc.array(conditions, { maxLength: 2 }),
      sets === undefined || name === 'nat'
        ? targets
        : fc.oneof({ weight: 3, arbitrary: targets }, { weight: 1, arbitrary: sets.target }),
      word('', '', '', ' -g'),
    )
    .filter(([chain, list, target]) => {
      if (chain === 'sub' && target === 'sub') return false;
      const written = [...list, target].join(' ');
      const once = ['-p ', '-m set', '-i ', '-o ', '-s ', '-d '];
      return once.every((option) => written.split(option).length < 3);
    })
    .map(
      ([chain, list, target, go]) =>
        `-A ${[chain, ...list, target === 'sub' && go !== '' ? '-g sub' : jump(target)].join(' ')}\n`,
    );
  return fc.array(line, { minLength: 1, maxLength: 6 }).map((lines) => {
    const builtin = name === 'nat' ? ['PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING'] : hooks;
    const heads = builtin.map((hook) => `:${hook} ACCEPT [0:0]\n`).join('');
    return `*${name}\n${heads}:sub - [0:0]\n${lines.join('')}COMMIT\n`;
  });
}

export function saves(version: Version, sets?: IpsetChoice): fc.Arbitrary<string> {
  const rows = tableRows(version);
  const chosen = fc.subarray([...rows], { minLength: 1, maxLength: 3 });
  return chosen.chain((list) => {
    const apart = list.filter(
      (row, index) => list.findIndex(({ name }) => name === row.name) === index,
    );
    return fc
      .tuple(...apart.map((row) => saveTable(version, row, sets)))
      .map((texts) => texts.join(''));
  });
}
