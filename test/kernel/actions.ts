/** What nft rules do: writes, marks, counters, NAT and verdicts. */

import fc from 'fast-check';
import { writes } from './headers.ts';
import { declared, pairs, phrase, type Text, word } from './phrase.ts';
import { address, interval, mark, port, portInterval, type Version } from './pools.ts';

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
    phrase`meta mark set jhash ${ip(version)} saddr mod 4 seed 9 offset ${word('0', '16')}`,
    phrase`meta mark set ${ip(version)} saddr . th dport map { ${pairs(phrase`${interval(version)} . ${portInterval}`, mark)} }`,
    phrase`ct mark set ct state map { ${pairs(word('new', 'established'), mark)} }`,
    word(
      'ct mark set meta mark',
      'meta mark set ct mark',
      'meta mark set meta mark << 4',
      'meta mark set ct mark & 0xff | 0x100',
      'meta mark set meta length',
      'ct mark set ct mark or meta mark',
      'meta mark set meta mark >> 2',
      'meta mark set tcp dport',
      'meta mark set ct mark or meta mark',
      'meta mark set meta mark | tcp dport',
      'meta mark set meta skuid',
      'meta mark set meta priority',
      'meta mark set meta iif',
      'ct mark set meta mark & 0xff | ct mark & 0xff00',
      'meta mark set (meta mark & 0xf) << 8 | 3',
      'ct mark set ip dscp << 2 | 0x10',
      'meta mark set ct mark ^ meta mark',
      'ct mark set ct id & 0',
      'meta mark set ct zone',
      'ct mark set meta mark & ct mark',
      'meta mark set th sport << 16 | th dport',
    ),
  );
}

/** Statements that a rule may go on after. A copy by `dup` or TEE that is dropped on its way out is not in a recording. */
export function actions(version: Version): Text {
  const counterObject = declared('counter', fc.constant('packets 0 bytes 0'));
  const quotaObject = declared(
    'quota',
    phrase`over ${word('60', '300')} bytes${word('', '', ' used 50 bytes')}`,
  );
  const timeoutObject = declared(
    'ct timeout',
    word(
      'protocol tcp; policy = { established: 100s, close: 4s }',
      'protocol udp; policy = { unreplied: 4s, replied: 100s }',
    ),
  );
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
        'meta pkttype set host',
        'meta pkttype set broadcast',
        'meta nftrace set 1',
        'ct event set new',
        'log group 1 snaplen 10',
        'ct label set 100',
        'meta priority set meta mark',
        'meta priority set ip dscp map { cs0 : 1:3, ef : 1:4 }',
      ),
    },
    { weight: 1, arbitrary: phrase`ct timeout set ${timeoutObject}` },
    {
      weight: 1,
      arbitrary: word(
        'ct zone set 5',
        'ct original zone set 5',
        'ct reply zone set 6',
        'ct zone set 0',
      ),
    },
    {
      weight: 1,
      arbitrary: phrase`counter name ${ip(version)} saddr map { ${pairs(address(version), counterObject, 2)} }`,
    },
    { weight: 1, arbitrary: phrase`counter name ${counterObject}` },
    { weight: 1, arbitrary: phrase`quota name ${quotaObject}` },
  );
}

export function verdicts(chains: readonly string[]): Text {
  const jumps = chains.flatMap((name) => [`jump ${name}`, `jump ${name}`, `goto ${name}`]);
  return word('accept', 'continue', 'return', 'drop', 'accept', ...jumps);
}

export function rejections(version: Version): Text {
  return fc.oneof(
    word(
      'reject',
      'reject with tcp reset',
      'reject with icmpx admin-prohibited',
      'reject with icmpx host-unreachable',
      'reject with icmpx no-route',
    ),
    version === 4
      ? word(
          'reject with icmp net-unreachable',
          'reject with icmp prot-unreachable',
          'reject with icmp net-prohibited',
        )
      : word(
          'reject with icmpv6 no-route',
          'reject with icmpv6 addr-unreachable',
          'reject with icmpv6 policy-fail',
        ),
  );
}
