/** Conditions of nft rules, freely combined. */

import fc from 'fast-check';
import { headerMatches } from './headers.ts';
import { memories } from './memory.ts';
import { declared, pairs, phrase, several, type Text, word } from './phrase.ts';
import { address, device, interval, mark, port, portInterval, type Version } from './pools.ts';

const negation = word('', '', '', '!= ');
const portField = word('tcp dport', 'tcp sport', 'udp dport', 'udp sport', 'th dport');
const comparison = word('==', '!=');

function addressMatches(version: Version): Text {
  const ip = version === 4 ? 'ip' : 'ip6';
  const type = version === 4 ? 'ipv4_addr' : 'ipv6_addr';
  const one = address(version);
  const some = interval(version);
  const field = phrase`${ip} ${word('saddr', 'daddr')}`;
  const intervalSet = declared(
    'set',
    phrase`type ${type}; flags interval; elements = { ${several(some)} }`,
  );
  const portSet = declared(
    'set',
    phrase`type ${type} . inet_service; flags interval; elements = { ${several(phrase`${some} . ${portInterval}`)} }`,
  );
  const wideSet = declared(
    'set',
    phrase`type ${type} . ${type} . inet_service; flags interval; elements = { ${several(phrase`${some} . ${some} . ${portInterval}`)} }`,
  );
  const mixedSet = declared(
    'set',
    phrase`type ifname . ${type} . inet_proto . inet_service; flags interval; elements = { ${several(phrase`${device} . ${some} . ${word('tcp', 'udp', 'icmp')} . ${portInterval}`)} }`,
  );
  const markedSet = declared(
    'set',
    phrase`type mark . ${type}; flags interval; elements = { ${several(phrase`${word('0x0-0xf', '0x10', '0x80000000-0xffffffff')} . ${some}`)} }`,
  );
  const merged = declared(
    'set',
    phrase`type ${type}; flags interval; auto-merge; elements = { ${several(some)}, ${version === 4 ? word('0.0.0.0-10.0.0.4', '224.0.0.0-255.255.255.255', '8.8.8.0/25', '203.0.113.0-203.0.113.9') : word('::-fd00:1::4', 'ff00::/8', '2a00::8')} }`,
  );
  const counted = declared(
    'set',
    phrase`type ${type}; flags interval; counter; elements = { ${several(some)} }`,
  );
  const known = declared(
    'set',
    phrase`type ${type}; ${word('counter', 'quota over 100 bytes', 'limit rate 1/hour burst 1 packets')}; elements = { ${several(one)} }`,
  );
  return fc.oneof(
    phrase`${field} ${negation}${one}`,
    phrase`${field} ${negation}${some}`,
    phrase`${word('iifname', 'iifname', 'oifname')} . ${field} . meta l4proto . th dport ${negation}@${mixedSet}`,
    phrase`meta mark . ${field} ${negation}@${markedSet}`,
    phrase`${field} ${negation}@${merged}`,
    phrase`${field} ${negation}@${counted}`,
    phrase`${field} ${negation}@${known}`,
    phrase`${field} ${negation}{ ${several(one)} }`,
    phrase`${field} ${negation}{ ${several(some)} }`,
    phrase`${field} ${negation}@${intervalSet}`,
    phrase`${field} . ${word('tcp', 'udp', 'th')} dport ${negation}@${portSet}`,
    phrase`${ip} saddr . ${ip} daddr . meta l4proto { ${several(phrase`${one} . ${one} . ${word('tcp', 'udp', 'icmp')}`)} }`,
    phrase`${field} ${word('<', '>=')} ${one}`,
    phrase`${field} . iifname { ${several(phrase`${one} . ${device}`)} }`,
    phrase`${ip} saddr . ${ip} daddr . th dport ${negation}@${wideSet}`,
    phrase`${field} . meta mark ${negation}{ ${several(phrase`${some} . ${mark}`)} }`,
  );
}

const portMatches: Text = fc.oneof(
  phrase`${portField} ${negation}${port}`,
  phrase`${portField} ${negation}${portInterval}`,
  phrase`${portField} ${negation}{ ${several(portInterval)} }`,
  phrase`${portField} & 0xff ${comparison} ${word('0x50', '0x35', '0x40')}`,
  phrase`meta l4proto . th dport ${negation}{ ${several(phrase`${word('tcp', 'udp')} . ${port}`)} }`,
);

const metaMatches: Text = fc.oneof(
  phrase`iifname ${negation}${device}`,
  phrase`oifname ${negation}${device}`,
  phrase`oifname ${negation}{ ${several(device)} }`,
  phrase`iif ${negation}${device}`,
  phrase`meta mark ${negation}${mark}`,
  phrase`meta mark & ${mark} ${comparison} ${word('0x0', '0x10', '0xff00')}`,
  phrase`meta mark ${negation}{ ${several(mark)} }`,
  word(
    'meta pkttype host',
    'meta nfproto ipv4',
    'meta protocol ip',
    'iifname "eth*"',
    'meta skuid 0',
    'iiftype ether',
    'meta iif lo',
    'oif lo',
    'iifgroup 0',
    'oifgroup != 0',
    'oiftype ether',
    'iifkind "veth"',
    'oifkind != "veth"',
    'meta skgid != 0',
    'meta priority none',
    'meta priority 1:2',
    'meta cgroup 0',
    'meta nftrace 1',
    'meta rtclassid 0',
    'rt ipsec missing',
    'meta ipsec missing',
    'meta sdif 0',
  ),
);

function conntrackMatches(version: Version): Text {
  const ip = version === 4 ? 'ip' : 'ip6';
  const state = word('new', 'established', 'related', 'invalid', 'untracked');
  return fc.oneof(
    phrase`ct state ${negation}${state}`,
    phrase`ct state { ${several(state)} }`,
    phrase`ct mark ${negation}${mark}`,
    phrase`ct mark & ${mark} ${comparison} 0x0`,
    phrase`ct direction ${word('original', 'reply')}`,
    phrase`ct status & ${word('snat', 'dnat', 'assured', 'seen-reply', 'confirmed')} ${word('== 0', '!= 0')}`,
    phrase`ct ${word('original', 'reply')} ${ip} ${word('saddr', 'daddr')} ${address(version)}`,
    phrase`ct ${word('original', 'reply')} proto-${word('src', 'dst')} ${port}`,
    phrase`ct state . ct mark ${negation}{ ${several(phrase`${state} . ${mark}`)} }`,
    phrase`${ip} saddr . ct mark { ${several(phrase`${address(version)} . ${mark}`)} }`,
    phrase`ct original ${ip} saddr . ct original proto-dst ${negation}{ ${several(phrase`${address(version)} . ${port}`)} }`,
    phrase`ct reply ${ip} daddr . ct reply proto-src vmap { ${address(version)} . ${port} : accept }`,
    phrase`ct ${word('original', 'reply')} ${word('packets', 'bytes')} ${word('> 1', '< 100', '2', '0')}`,
    word(
      'ct zone 0',
      'ct zone 5',
      'ct original zone 5',
      'ct label 3',
      'ct label != 3',
      'ct helper "ftp"',
      'ct protocol tcp',
      'ct l3proto ipv4',
      'ct expiration > 1s',
      'ct id != 0',
      'ct original packets > 0',
      'ct bytes > 100',
      'ct avgpkt 0-100',
      'ct state != { established, related }',
      'ct state new,established',
      'ct status dnat,snat',
      'ct status != confirmed',
      'ct status expected',
      'ct zone . ct mark { 0 . 0x0, 5 . 0x1 }',
      'ct reply zone != 0',
      'socket transparent 0',
      'socket mark 0',
      'socket wildcard 1',
    ),
  );
}

const ip = (version: Version): string => (version === 4 ? 'ip' : 'ip6');

function routingMatches(version: Version): Text {
  const kind = word('local', 'unicast', 'broadcast', 'blackhole');
  const fibs = fc.oneof(
    phrase`fib daddr type ${negation}${kind}`,
    word(
      'fib saddr . iif oif missing',
      'fib daddr . mark type unicast',
      'fib saddr oifname "eth0"',
      'fib saddr . mark oif exists',
      'fib saddr . mark . iif oif "eth1"',
      'fib daddr oif != "eth1"',
      'fib daddr . iif type local',
      'fib saddr type { local, broadcast }',
      'fib daddr type { unreachable, prohibit, multicast }',
      'rt nexthop 203.0.113.1',
      'rt mtu 1460',
      'rt classid 0',
    ),
  );
  return version === 4
    ? fibs
    : word(
        'fib daddr type local',
        'fib daddr type { unicast, multicast }',
        'fib saddr type != local',
        'fib saddr . iif oif missing',
        'fib saddr . mark oif exists',
        'fib daddr oifname "eth1"',
        'fib daddr . iif type local',
        'rt nexthop 2001:db8::1',
        'rt mtu 1440',
      );
}

export function matches(version: Version): Text {
  return fc.oneof(
    { weight: 4, arbitrary: addressMatches(version) },
    { weight: 3, arbitrary: portMatches },
    { weight: 4, arbitrary: headerMatches(version) },
    { weight: 3, arbitrary: metaMatches },
    { weight: 3, arbitrary: conntrackMatches(version) },
    { weight: 3, arbitrary: memories(version) },
    { weight: 2, arbitrary: routingMatches(version) },
  );
}

/** Verdict maps; `verdict` names chains that the place may jump to. */
export function verdictMaps(version: Version, verdict: Text): Text {
  const type = version === 4 ? 'ipv4_addr' : 'ipv6_addr';
  const named = declared(
    'map',
    phrase`type ${type} : verdict; flags interval; elements = { ${pairs(interval(version), verdict)} }`,
  );
  const wide = declared(
    'map',
    phrase`type ${type} . inet_service : verdict; flags interval; elements = { ${pairs(phrase`${interval(version)} . ${portInterval}`, verdict)} }`,
  );
  return fc.oneof(
    phrase`${word('tcp', 'udp')} dport vmap { ${pairs(port, verdict)} }`,
    phrase`th dport vmap { ${pairs(portInterval, verdict)} }`,
    phrase`${ip(version)} ${word('saddr', 'daddr')} vmap @${named}`,
    phrase`ct state vmap { ${pairs(word('new', 'established', 'invalid', 'related'), verdict)} }`,
    phrase`iifname vmap { ${pairs(device, verdict)} }`,
    phrase`meta mark vmap { ${pairs(mark, verdict)} }`,
    phrase`meta l4proto . th dport vmap { ${pairs(phrase`${word('tcp', 'udp')} . ${port}`, verdict)} }`,
    phrase`numgen inc mod 2 vmap { 0 : ${verdict}, 1 : ${verdict} }`,
    phrase`${ip(version)} saddr . th dport vmap @${wide}`,
    phrase`${ip(version)} saddr . ct state vmap { ${pairs(phrase`${address(version)} . ${word('new', 'established')}`, verdict)} }`,
    phrase`ct mark vmap { ${pairs(mark, verdict)} }`,
    phrase`ct direction vmap { original : ${verdict}, reply : ${verdict} }`,
    phrase`tcp flags vmap { syn : ${verdict}, syn | ack : ${verdict}, ack : ${verdict} }`,
    phrase`meta pkttype vmap { host : ${verdict}, broadcast : ${verdict} }`,
    phrase`fib daddr type vmap { local : ${verdict}, unicast : ${verdict} }`,
    phrase`jhash ${ip(version)} saddr mod 2 seed 7 vmap { 0 : ${verdict}, 1 : ${verdict} }`,
  );
}
