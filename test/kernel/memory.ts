/** Conditions and statements that remember: each evaluation changes what the next packet sees. */

import fc from 'fast-check';
import { declared, pairs, phrase, type Text, word } from './phrase.ts';
import { address, mark, port, type Version } from './pools.ts';

const ipOf = (version: Version): string => (version === 4 ? 'ip' : 'ip6');
const typeOf = (version: Version): string => (version === 4 ? 'ipv4_addr' : 'ipv6_addr');

/** What an element carries; the rule goes on when it does. One whose `ct count` has nothing to count is collected at a time that is the kernel's own: within two seconds. */
const elementStatements: Text = word(
  '',
  '',
  'counter',
  'limit rate 1/hour burst 1 packets',
  'limit rate over 1/hour burst 2 packets',
  'quota over 100 bytes',
  'quota 60 bytes',
  'counter limit rate 1/hour burst 1 packets',
  'limit rate over 1/hour burst 1 packets counter',
);

function dynamicSets(version: Version): Text {
  const type = typeOf(version);
  const size = word('1', '2', '100');
  const plain = declared('set', phrase`type ${type}; size ${size}; flags dynamic`);
  const timed = declared('set', phrase`type ${type}; size ${size}; flags dynamic,timeout`);
  const brief = declared(
    'set',
    phrase`type ${type}; size ${size}; flags dynamic,timeout; timeout ${word('4s', '1h')}`,
  );
  const counted = declared('set', phrase`type ${type}; size ${size}; flags dynamic; counter`);
  const pair = declared('set', phrase`type ${type} . inet_service; size ${size}; flags dynamic`);
  const marks = declared('map', phrase`type ${type} : mark; size ${size}; flags dynamic`);
  const triple = declared(
    'set',
    phrase`type ${type} . inet_proto . mark; size ${size}; flags dynamic,timeout; timeout ${word('4s', '1h')}`,
  );
  const ports = declared('map', phrase`type ${type} : inet_service; size ${size}; flags dynamic`);
  const verb = word('add', 'update', 'add', 'update', 'delete');
  const key = phrase`${ipOf(version)} ${word('saddr', 'saddr', 'daddr')}`;
  const th = word('tcp dport', 'udp dport', 'th dport', 'tcp sport');
  return fc.oneof(
    { weight: 4, arbitrary: phrase`${verb} @${plain} { ${key} ${elementStatements} }` },
    { weight: 2, arbitrary: phrase`${key} ${word('', '!= ')}@${plain}` },
    {
      weight: 1,
      arbitrary: phrase`${verb} @${timed} { ${key} timeout ${word('4s', '1h')} ${elementStatements} }`,
    },
    { weight: 1, arbitrary: phrase`${key} ${word('', '!= ')}@${timed}` },
    {
      weight: 1,
      arbitrary: phrase`${verb} @${brief} { ${key} ${word('', 'timeout 4s', 'timeout 1h')} }`,
    },
    { weight: 1, arbitrary: phrase`${key} @${brief}` },
    { weight: 1, arbitrary: phrase`${verb} @${counted} { ${key} }` },
    { weight: 1, arbitrary: phrase`${verb} @${counted} { ${key} counter }` },
    { weight: 1, arbitrary: phrase`${key} @${counted}` },
    { weight: 2, arbitrary: phrase`${verb} @${pair} { ${key} . ${th} ${elementStatements} }` },
    {
      weight: 1,
      arbitrary: phrase`${verb} @${triple} { ${key} . meta l4proto . ct mark ${elementStatements} }`,
    },
    { weight: 1, arbitrary: phrase`${key} . meta l4proto . ct mark ${word('', '!= ')}@${triple}` },
    { weight: 1, arbitrary: phrase`${word('add', 'update')} @${ports} { ${key} : th dport }` },
    { weight: 1, arbitrary: phrase`th dport ${key} map @${ports}` },
    { weight: 1, arbitrary: phrase`th dport set ${key} map @${ports}` },
    { weight: 1, arbitrary: phrase`${key} . ${th} @${pair}` },
    { weight: 1, arbitrary: phrase`${word('add', 'update')} @${marks} { ${key} : ${mark} }` },
    { weight: 1, arbitrary: phrase`${word('add', 'update')} @${marks} { ${key} : meta mark }` },
    { weight: 1, arbitrary: phrase`meta mark set ${key} map @${marks}` },
  );
}

export function memories(version: Version): Text {
  const ip = ipOf(version);
  const limit = declared(
    'limit',
    phrase`rate ${word('', 'over ')}1/hour burst ${word('1', '2')} packets`,
  );
  const quota = declared('quota', phrase`${word('', 'over ')}${word('60', '300')} bytes`);
  return fc.oneof(
    { weight: 8, arbitrary: dynamicSets(version) },
    {
      weight: 1,
      arbitrary: phrase`numgen inc mod ${word('2', '3')} ${word('', 'offset 1 ')}${word('0', '1', '!= 0')}`,
    },
    {
      weight: 1,
      arbitrary: phrase`limit rate ${word('', 'over ')}1/hour burst ${word('1', '2', '3')} packets`,
    },
    {
      weight: 1,
      arbitrary: phrase`limit rate ${word('', 'over ')}10 bytes/hour burst ${word('50', '200')} bytes`,
    },
    { weight: 1, arbitrary: word('limit rate 30/minute burst 1 packets', 'limit rate 1/hour') },
    { weight: 1, arbitrary: phrase`limit name ${limit}` },
    { weight: 1, arbitrary: phrase`quota ${word('', 'over ')}${word('50', '200')} bytes` },
    { weight: 1, arbitrary: phrase`quota name ${quota}` },
    { weight: 2, arbitrary: phrase`ct count ${word('', 'over ')}${word('0', '1', '2', '3')}` },
    {
      weight: 1,
      arbitrary: phrase`limit name ${ip} saddr map { ${pairs(address(version), limit, 2)} }`,
    },
    { weight: 1, arbitrary: phrase`quota name tcp dport map { ${pairs(port, quota, 2)} }` },
    {
      weight: 1,
      arbitrary: phrase`jhash ${ip} saddr . ${ip} daddr mod 3 seed 0xbeef ${word('0', '1')}`,
    },
    {
      weight: 1,
      arbitrary: phrase`jhash ${word('tcp dport', `${ip} saddr . tcp sport`)} mod 4 seed 1 offset 2 ${word('2', '3', '4')}`,
    },
    { weight: 1, arbitrary: word('last', 'counter') },
  );
}
