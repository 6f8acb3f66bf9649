/** iptables-save texts: matches and targets of the common tables. */

import fc from 'fast-check';
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
      '-m tos --tos 0xb8',
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
  const rejects = phrase`REJECT --reject-with ${reject}`;
  const all = ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'];
  const connmarks = word(
    'CONNMARK --save-mark',
    'CONNMARK --restore-mark --nfmask 0xff --ctmask 0xff',
    ttl,
    'DSCP --set-dscp 0x2e',
  );
  const dnat = phrase`DNAT --to-destination ${address(version)}`;
  const nat = fc.oneof(
    dnat,
    word('REDIRECT', 'ACCEPT', 'RETURN'),
    phrase`-p tcp -j DNAT --to-destination ${bracketed}:${port}`,
  );
  const source = fc.oneof(
    phrase`SNAT --to-source ${address(version)}`,
    word('MASQUERADE', 'ACCEPT'),
  );
  return [
    { name: 'filter', hooks: all.slice(1, 4), targets: fc.oneof(plain, plain, rejects) },
    { name: 'mangle', hooks: all, targets: fc.oneof(plain, marks, marks, connmarks) },
    {
      name: 'raw',
      hooks: ['PREROUTING', 'OUTPUT'],
      targets: fc.oneof(plain, word('CT --notrack'), marks),
    },
    { name: 'nat', hooks: ['PREROUTING', 'OUTPUT'], targets: nat },
    { name: 'nat', hooks: ['POSTROUTING', 'INPUT'], targets: source },
  ];
}

const jump = (target: string): string => (target.startsWith('-p') ? target : `-j ${target}`);

/** Lines of one table; `sub` is a chain that every rule but its own may enter. */
function saveTable(version: Version, { name, hooks, targets }: SaveTable): fc.Arbitrary<string> {
  const line = fc
    .tuple(
      fc.constantFrom(...hooks, 'sub'),
      fc.array(saveMatches(version), { maxLength: 2 }),
      targets,
    )
    .filter(([chain, conditions, target]) => {
      if (chain === 'sub' && target === 'sub') return false;
      const protocols = [...conditions, target].join(' ').match(/-p /g) ?? [];
      return protocols.length < 2;
    })
    .map(([chain, conditions, target]) => `-A ${[chain, ...conditions, jump(target)].join(' ')}\n`);
  return fc.array(line, { minLength: 1, maxLength: 6 }).map((lines) => {
    const heads = hooks.map((hook) => `:${hook} ACCEPT [0:0]\n`).join('');
    return `*${name}\n${heads}:sub - [0:0]\n${lines.join('')}COMMIT\n`;
  });
}

export function saves(version: Version): fc.Arbitrary<string> {
  const rows = tableRows(version);
  const chosen = fc.subarray([...rows], { minLength: 1, maxLength: 3 });
  return chosen.chain((list) => {
    const apart = list.filter(
      (row, index) => list.findIndex(({ name }) => name === row.name) === index,
    );
    return fc.tuple(...apart.map((row) => saveTable(version, row))).map((texts) => texts.join(''));
  });
}
