/** ipsets of every type, and the iptables matches and targets that use them. */

import fc from 'fast-check';
import { phrase, type Text, word } from './phrase.ts';
import { address, pools, type Version } from './pools.ts';

interface SetRow {
  readonly type: string;
  readonly options: string;
  readonly element: Text;
  /** How the match names the parts of the packet. */
  readonly flags: Text;
}

function rowsOf(version: Version): readonly SetRow[] {
  const family = version === 4 ? '' : 'family inet6';
  const one = address(version);
  const net = word(...pools[version].prefixes.filter((text) => !text.includes('-')));
  const ported = word(
    'tcp:80',
    'udp:53',
    '1000',
    'tcp:80-443',
    'udp:1000',
    version === 4 ? 'icmp:8/0' : 'icmpv6:128/0',
    'sctp:53',
  );
  const side = word('src', 'dst');
  const two = word('src,dst', 'dst,src', 'src,src', 'dst,dst');
  const three = word('src,dst,dst', 'src,src,dst', 'dst,dst,src');
  const not = word('', '', '', ' nomatch');
  const common: readonly SetRow[] = [
    { type: 'hash:ip', options: family, element: one, flags: side },
    { type: 'hash:net', options: family, element: phrase`${net}${not}`, flags: side },
    { type: 'hash:ip,port', options: family, element: phrase`${one},${ported}`, flags: two },
    { type: 'hash:net,port', options: family, element: phrase`${net},${ported}${not}`, flags: two },
    {
      type: 'hash:ip,port,ip',
      options: family,
      element: phrase`${one},${ported},${one}`,
      flags: three,
    },
    {
      type: 'hash:ip,port,net',
      options: family,
      element: phrase`${one},${ported},${net}${not}`,
      flags: three,
    },
    {
      type: 'hash:net,iface',
      options: family,
      element: phrase`${net},${word('eth0', 'eth1', 'eth2')}${not}`,
      flags: two,
    },
    {
      type: 'hash:ip',
      options: `${family} timeout 1000`,
      element: phrase`${one}${word('', ' timeout 500')}`,
      flags: side,
    },
    {
      type: 'hash:net',
      options: `${family} counters comment`,
      element: phrase`${net} packets 5 bytes 100 comment "a b"`,
      flags: side,
    },
    {
      type: 'hash:ip',
      options: `${family} skbinfo`,
      element: phrase`${one} skbmark ${word('0x1', '0x10/0xff')}`,
      flags: side,
    },
    {
      type: 'hash:ip',
      options: `${family} netmask ${version === 4 ? 24 : 64}`,
      element: one,
      flags: side,
    },
    {
      type: 'bitmap:port',
      options: 'range 1-1024',
      element: word('53', '80', '443-1000'),
      flags: side,
    },
  ];
  const four: readonly SetRow[] = [
    {
      type: 'bitmap:ip',
      options: 'range 10.0.0.0/24',
      element: word('10.0.0.5', '10.0.0.0/29'),
      flags: side,
    },
    {
      type: 'bitmap:ip,mac',
      options: 'range 10.0.0.0/24',
      element: word('10.0.0.5,02:00:00:00:01:02', '10.0.0.6,02:00:00:00:77:77', '10.0.0.9'),
      flags: word('src,src', 'dst,src'),
    },
  ];
  return version === 4 ? [...common, ...four] : common;
}

export interface IpsetChoice {
  readonly text: string;
  readonly match: Text;
  /** What rules do to the sets, and with what they hold. */
  readonly target: Text;
}

function declaration(name: string, { type, options, element }: SetRow): Text {
  return fc
    .uniqueArray(element, { minLength: 1, maxLength: 4, selector: (text) => text.split(' ')[0] })
    .map((elements) => {
      const lines = elements.map((text) => `add -exist ${name} ${text}\n`);
      return `create ${name} ${type} ${options}\n${lines.join('')}`;
    });
}

/** Up to three sets, perhaps a list of them, and what rules do with them. */
export function ipsets(version: Version): fc.Arbitrary<IpsetChoice> {
  const rows = rowsOf(version);
  return fc.subarray([...rows], { minLength: 1, maxLength: 3 }).chain((chosen) =>
    fc
      .tuple(fc.boolean(), ...chosen.map((row, index) => declaration(`set${index}`, row)))
      .map(([listed, ...texts]): IpsetChoice => {
        const list = listed ? 'create all list:set\nadd all set0\n' : '';
        const negation = word('', '', '! ');
        const extra = word(
          '',
          '',
          '',
          ' --return-nomatch',
          ' ! --update-counters',
          ' --return-nomatch',
          ' --packets-gt 1',
          ' ! --packets-eq 2',
          ' --bytes-lt 200',
        );
        const each = chosen.map(
          ({ flags }, index) =>
            phrase`-m set ${negation}--match-set set${String(index)} ${flags}${extra}`,
        );
        const through =
          listed && chosen[0] !== undefined
            ? [phrase`-m set --match-set all ${chosen[0].flags}`]
            : [];
        const changes = chosen.map(({ flags, options }, index) => {
          const set = `set${index} `;
          const add = phrase`SET --add-set ${set}${flags}${word('', '', ' --exist')}`;
          const remove = phrase`SET --del-set ${set}${flags}`;
          return options.includes('skbinfo')
            ? phrase`SET --map-set ${set}${flags} --map-mark`
            : fc.oneof(add, add, remove);
        });
        const first = chosen[0];
        const throughList =
          listed && first !== undefined
            ? [phrase`SET --${word('add', 'del')}-set all ${first.flags}`]
            : [];
        return {
          text: texts.join('') + list,
          match: fc.oneof(...each, ...through),
          target: fc.oneof(...changes, ...throughList),
        };
      }),
  );
}
