/** What nft rules do: writes, marks, counters, NAT and verdicts. */

import fc from 'fast-check';
import { declared, pairs, phrase, type Text, word } from './phrase.ts';
import { address, interval, mark, port, type Version } from './pools.ts';

const ip = (version: Version): string => (version === 4 ? 'ip' : 'ip6');

function markActions(version: Version): Text {
  const operator = word('and', 'or', 'xor');
  return fc.oneof(
    phrase`meta mark set ${mark}`,
    phrase`meta mark set meta mark ${operator} ${mark}`,
    phrase`ct mark set ${mark}`,
    phrase`ct mark set ct mark ${operator} ${mark}`,
    phrase`meta mark set tcp dport map { ${pairs(port, mark)} }`,
    phrase`meta mark set ${ip(version)} saddr map { ${pairs(interval(version), mark)} }`,
    phrase`meta mark set numgen inc mod 3 offset ${word('0', '15')}`,
    word(
      'ct mark set meta mark',
      'meta mark set ct mark',
      'meta mark set meta mark << 4',
      'meta mark set ct mark & 0xff | 0x100',
      'meta mark set meta length',
      'ct mark set ct mark or meta mark',
    ),
  );
}

function writes(version: Version): Text {
  const ports = phrase`${word('tcp', 'udp')} ${word('dport', 'sport')} set ${port}`;
  const addresses = phrase`${ip(version)} ${word('daddr', 'saddr')} set ${address(version)}`;
  const four = word(
    'ip ttl set 9',
    'ip dscp set ef',
    'ip ecn set ce',
    'ip id set 7',
    '@nh,64,8 set 3',
    'ip dscp set ip dscp | 1',
  );
  const six = word(
    'ip6 hoplimit set 9',
    'ip6 dscp set ef',
    'ip6 flowlabel set 5',
    'ip6 ecn set ce',
  );
  return fc.oneof(
    ports,
    addresses,
    version === 4 ? four : six,
    word('@th,16,16 set 0x1f90', 'tcp window set 5', '@ih,0,8 set 1'),
  );
}

/** Statements that a rule may go on after. */
export function actions(version: Version): Text {
  const counterObject = declared('counter', fc.constant('packets 0 bytes 0'));
  const quotaObject = declared('quota', phrase`over ${word('60', '300')} bytes`);
  return fc.oneof(
    { weight: 4, arbitrary: markActions(version) },
    { weight: 2, arbitrary: writes(version) },
    {
      weight: 2,
      arbitrary: word(
        'counter',
        'counter',
        'log prefix "x"',
        'notrack',
        'meta priority set 1:2',
        'ct label set 3',
      ),
    },
    { weight: 1, arbitrary: phrase`counter name ${counterObject}` },
    { weight: 1, arbitrary: phrase`quota name ${quotaObject}` },
  );
}

export function verdicts(chains: readonly string[]): Text {
  const jumps = chains.flatMap((name) => [`jump ${name}`, `jump ${name}`, `goto ${name}`]);
  return word('accept', 'continue', 'return', 'drop', 'accept', ...jumps);
}

export const rejections: Text = word(
  'reject',
  'reject with tcp reset',
  'reject with icmpx admin-prohibited',
  'reject with icmpx host-unreachable',
);

/** NAT that has one outcome: no random ports. `inet` tables must name the version. */
export function translations(version: Version, hook: string, inet: boolean): Text {
  const to = inet ? `${ip(version)} to` : 'to';
  const bracketed = address(version).map((text) => (version === 6 ? `[${text}]` : text));
  const source = fc.oneof(
    phrase`snat ${to} ${address(version)}`,
    version === 4
      ? phrase`snat ip prefix to ip saddr map { 10.0.0.0/29 : ${word('198.51.100.0/29', '172.20.0.8/29')} }`
      : phrase`snat ip6 prefix to ip6 saddr map { fd00:1::/125 : 2001:db8::10/125 }`,
    phrase`meta l4proto { tcp, udp } snat ${to} ${bracketed}:${port}`,
    phrase`snat ${to} ${ip(version)} saddr map { ${pairs(interval(version), address(version))} }`,
  );
  const destination = fc.oneof(
    phrase`dnat ${to} ${address(version)}`,
    phrase`meta l4proto { tcp, udp } dnat ${to} ${bracketed}:${port}`,
    phrase`dnat ${to} numgen inc mod 2 map { 0 : ${address(version)}, 1 : ${address(version)} }`,
    phrase`tcp dport ${port} dnat ${to} ${ip(version)} daddr map { ${pairs(interval(version), address(version))} }`,
    phrase`dnat ${to} tcp dport map { ${pairs(port, address(version))} }`,
    word(
      'redirect',
      'meta l4proto tcp redirect to :8080',
      'meta l4proto { tcp, udp } redirect to :53',
    ),
  );
  if (hook === 'postrouting')
    return fc.oneof(
      word('masquerade', 'masquerade', 'meta l4proto tcp masquerade to :2000'),
      source,
    );
  return hook === 'input' ? source : destination;
}
