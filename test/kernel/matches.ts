/** Conditions of nft rules, freely combined. */

import fc from 'fast-check';
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
  return fc.oneof(
    phrase`${field} ${negation}${one}`,
    phrase`${field} ${negation}${some}`,
    phrase`${field} ${negation}{ ${several(one)} }`,
    phrase`${field} ${negation}{ ${several(some)} }`,
    phrase`${field} ${negation}@${intervalSet}`,
    phrase`${field} . ${word('tcp', 'udp', 'th')} dport ${negation}@${portSet}`,
    phrase`${ip} saddr . ${ip} daddr . meta l4proto { ${several(phrase`${one} . ${one} . ${word('tcp', 'udp', 'icmp')}`)} }`,
    phrase`${field} ${word('<', '>=')} ${one}`,
  );
}

const portMatches: Text = fc.oneof(
  phrase`${portField} ${negation}${port}`,
  phrase`${portField} ${negation}${portInterval}`,
  phrase`${portField} ${negation}{ ${several(portInterval)} }`,
  phrase`${portField} & 0xff ${comparison} ${word('0x50', '0x35', '0x40')}`,
  phrase`meta l4proto . th dport ${negation}{ ${several(phrase`${word('tcp', 'udp')} . ${port}`)} }`,
);

function headerMatches(version: Version): Text {
  const common = word(
    'meta l4proto tcp',
    'meta l4proto != udp',
    'meta l4proto { tcp, icmp, icmpv6 }',
    'tcp flags syn',
    'tcp flags & (syn | ack) == syn',
    'tcp flags != syn',
    'tcp flags { syn, ack, syn | ack }',
    'udp length > 8',
    'th sport 1000',
    '@th,16,16 80',
    '@th,0,16 & 0xf0 != 0',
    '@ih,0,8 0',
    'tcp window 1000',
    'tcp doff 5',
    'tcp option maxseg exists',
    'meta length < 60',
    'meta length 40-100',
    'sctp dport 80',
  );
  const four = word(
    'icmp type echo-request',
    'icmp type { echo-reply, destination-unreachable }',
    'icmp id 53',
    'ip ttl < 64',
    'ip ttl { 1, 9, 63 }',
    'ip dscp ef',
    'ip dscp != cs0',
    'ip ecn ce',
    'ip protocol { tcp, udp }',
    'ip length >= 60',
    '@nh,72,8 6',
    '@nh,96,24 0x0a0000',
    'ip frag-off & 0x1fff != 0',
    'ip id 1',
  );
  const six = word(
    'icmpv6 type echo-request',
    'ip6 hoplimit < 64',
    'ip6 nexthdr tcp',
    'ip6 dscp ef',
    'ip6 length > 20',
    '@nh,48,8 6',
    'ip6 hoplimit { 1, 9, 63 }',
    'exthdr frag missing',
  );
  return fc.oneof(common, version === 4 ? four : six);
}

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
  );
}

const ip = (version: Version): string => (version === 4 ? 'ip' : 'ip6');

/** Conditions that remember: each evaluation changes what the next packet sees. */
function statefulMatches(version: Version): Text {
  const type = version === 4 ? 'ipv4_addr' : 'ipv6_addr';
  const dynamic = declared('set', phrase`type ${type}; size ${word('2', '100')}; flags dynamic`);
  return fc.oneof(
    phrase`numgen inc mod ${word('2', '3')} ${word('0', '1', '!= 0')}`,
    phrase`limit rate ${word('', 'over ')}1/hour burst ${word('1', '2', '3')} packets`,
    phrase`quota ${word('', 'over ')}${word('50', '200')} bytes`,
    phrase`ct count ${word('', 'over ')}${word('1', '2')}`,
    phrase`${word('add', 'update')} @${dynamic} { ${ip(version)} saddr }`,
    phrase`add @${dynamic} { ${ip(version)} saddr limit rate 1/hour burst 1 packets }`,
    phrase`jhash ${ip(version)} saddr . ${ip(version)} daddr mod 3 seed 0xbeef ${word('0', '1')}`,
  );
}

function routingMatches(version: Version): Text {
  const kind = word('local', 'unicast', 'broadcast', 'blackhole');
  const fibs = fc.oneof(
    phrase`fib daddr type ${negation}${kind}`,
    word(
      'fib saddr . iif oif missing',
      'fib daddr . mark type unicast',
      'fib saddr oifname "eth0"',
    ),
  );
  return version === 4
    ? fibs
    : word('fib daddr type local', 'fib saddr . iif oif missing', 'fib daddr oifname "eth1"');
}

export function matches(version: Version): Text {
  return fc.oneof(
    { weight: 4, arbitrary: addressMatches(version) },
    { weight: 3, arbitrary: portMatches },
    { weight: 2, arbitrary: headerMatches(version) },
    { weight: 3, arbitrary: metaMatches },
    { weight: 3, arbitrary: conntrackMatches(version) },
    { weight: 2, arbitrary: statefulMatches(version) },
    { weight: 1, arbitrary: routingMatches(version) },
  );
}

/** Verdict maps; `verdict` names chains that the place may jump to. */
export function verdictMaps(version: Version, verdict: Text): Text {
  const type = version === 4 ? 'ipv4_addr' : 'ipv6_addr';
  const named = declared(
    'map',
    phrase`type ${type} : verdict; flags interval; elements = { ${pairs(interval(version), verdict)} }`,
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
  );
}
