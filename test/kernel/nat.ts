/** Translations of every kind. `inet` tables must name the version. */

import fc from 'fast-check';
import { declared, pairs, phrase, type Text, word } from './phrase.ts';
import { address, interval, port, type Version } from './pools.ts';

const typeOf = (version: Version): string => (version === 4 ? 'ipv4_addr' : 'ipv6_addr');

/** Options that change nothing here, or choose at random; the lab then plays several times. */
const options: Text = word('', '', '', '', '', ' persistent', ' random', ' fully-random');

function ranges(version: Version, sign: string): Text {
  return version === 4
    ? word(
        `198.51.100.20-198.51.100.22`,
        `10.0.0.5-10.0.0.6`,
        `203.0.113.2${sign}1000-1001`,
        `172.20.0.9${sign}53-54`,
      )
    : word(`2001:db8::20-2001:db8::22`, `fd00:1::5-fd00:1::6`, `[2001:db8::2]${sign}1000-1001`);
}

function netmaps(version: Version, verb: string, field: string): Text {
  return version === 4
    ? word(
        `${verb} ip prefix to ip ${field} map { 10.0.0.0/29 : 198.51.100.0/29, 10.0.0.8/29 : 172.20.0.8/29 }`,
        `${verb} ip prefix to ip ${field} map { 203.0.113.0/24 : 10.0.0.0/24 }`,
        `${verb} ip prefix to 198.51.100.0/24`,
      )
    : word(
        `${verb} ip6 prefix to ip6 ${field} map { fd00:1::/125 : 2001:db8::10/125 }`,
        `${verb} ip6 prefix to fd00:2::/64`,
      );
}

export function translations(version: Version, hook: string, inet: boolean): Text {
  const ip = version === 4 ? 'ip' : 'ip6';
  const to = inet ? `${ip} to` : 'to';
  const one = address(version);
  const bracketed = one.map((text) => (version === 6 ? `[${text}]` : text));
  const l4 = word(
    'meta l4proto { tcp, udp }',
    'meta l4proto tcp',
    'tcp dport 80',
    'meta l4proto { udp, sctp }',
  );
  const pairMap = declared(
    'map',
    phrase`type ${typeOf(version)} . inet_service : ${typeOf(version)} . inet_service; flags interval; elements = { ${pairs(phrase`${interval(version)} . ${port}`, phrase`${one} . ${port}`)} }`,
  );
  const spread = declared(
    'map',
    phrase`type ${typeOf(version)} : interval ${typeOf(version)}; flags interval; elements = { ${pairs(interval(version), version === 4 ? word('10.0.0.5-10.0.0.6', '198.51.100.8/30') : word('fd00:1::5-fd00:1::6'))} }`,
  );
  const source = fc.oneof(
    { weight: 4, arbitrary: phrase`snat ${to} ${one}${options}` },
    { weight: 1, arbitrary: netmaps(version, 'snat', 'saddr') },
    { weight: 2, arbitrary: phrase`${l4} snat ${to} ${bracketed}:${port}${options}` },
    { weight: 2, arbitrary: phrase`${l4} snat ${to} ${ranges(version, ':')}` },
    {
      weight: 1,
      arbitrary: phrase`snat ${to} ${ip} saddr map { ${pairs(interval(version), one)} }`,
    },
    {
      weight: 1,
      arbitrary: phrase`meta l4proto { tcp, udp } snat ${to} ${ip} saddr . th sport map @${pairMap}`,
    },
    { weight: 1, arbitrary: phrase`snat ${to} ${ip} saddr map @${spread}` },
  );
  const destination = fc.oneof(
    { weight: 4, arbitrary: phrase`dnat ${to} ${one}${options}` },
    { weight: 1, arbitrary: netmaps(version, 'dnat', 'daddr') },
    { weight: 3, arbitrary: phrase`${l4} dnat ${to} ${bracketed}:${port}${options}` },
    { weight: 1, arbitrary: phrase`${l4} dnat ${to} ${ranges(version, ':')}` },
    { weight: 1, arbitrary: phrase`${l4} dnat ${inet ? to : 'to'} :${port}` },
    { weight: 2, arbitrary: phrase`dnat ${to} numgen inc mod 2 map { 0 : ${one}, 1 : ${one} }` },
    {
      weight: 2,
      arbitrary: phrase`dnat ${to} jhash ${ip} saddr mod 2 seed 5 map { 0 : ${one}, 1 : ${one} }`,
    },
    {
      weight: 1,
      arbitrary: phrase`tcp dport ${port} dnat ${to} ${ip} daddr map { ${pairs(interval(version), one)} }`,
    },
    { weight: 1, arbitrary: phrase`dnat ${to} tcp dport map { ${pairs(port, one)} }` },
    {
      weight: 1,
      arbitrary: phrase`meta l4proto { tcp, udp } dnat ${to} ${ip} daddr . th dport map @${pairMap}`,
    },
    { weight: 1, arbitrary: phrase`dnat ${to} ${ip} daddr map @${spread}` },
    {
      weight: 3,
      arbitrary: word(
        'redirect',
        'meta l4proto tcp redirect to :8080',
        'meta l4proto { tcp, udp } redirect to :53',
        'meta l4proto { tcp, udp } redirect to :53-55',
        'tcp dport 80 redirect to tcp dport map { 80 : 8080 }',
      ),
    },
  );
  if (hook === 'postrouting')
    return fc.oneof(
      phrase`masquerade${options}`,
      word(
        'masquerade',
        'meta l4proto tcp masquerade to :2000',
        'meta l4proto { tcp, udp } masquerade to :1024-1025',
        'meta l4proto udp masquerade to :40000-40010 persistent',
      ),
      source,
    );
  return hook === 'input' ? source : destination;
}
