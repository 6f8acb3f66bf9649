/** Which values may stand beside an expression, with examples as one writes them. */

import type { Datatype } from '../../datatypes/datatype.ts';

/** By name of the datatype; what is not here follows from the basic type and the symbols. */
const spellings: Readonly<Record<string, string>> = {
  ipv4_addr:
    'an address (10.0.0.1), a prefix (10.0.0.0/8), a range (10.0.0.1-10.0.0.9) or a host name',
  ipv6_addr: 'an address (fe80::1), a prefix (fe80::/10), a range or a host name',
  ether_addr: 'an Ethernet address (00:11:22:33:44:55)',
  ll_addr: 'a link layer address (00:11:22:33:44:55)',
  inet_service: 'a port from 0 to 65535, a range (8000-8080) or a name of /etc/services (ssh)',
  inet_proto: 'a number from 0 to 255 or a name of /etc/protocols (tcp)',
  mark: 'a number (0x10) or a name of /etc/iproute2/rt_marks',
  realm: 'a number or a name of /etc/iproute2/rt_realms',
  devgroup: 'a number or a name of /etc/iproute2/group',
  classid: 'a handle of traffic control (1:2a), root or none',
  uid: 'a number or the name of a user',
  gid: 'a number or the name of a group',
  iface_index: 'the name of an interface that is there when the rule is loaded (eth0), or an index',
  ifname:
    'a name of up to 15 characters, in quotes or not; a final * stands for any ending ("eth*")',
  ct_label: 'a name of /etc/connlabel.conf or the number of a bit, 0 to 127',
  boolean: 'exists or missing',
  hour: 'a time of the day ("17:30" or "17:30:15") or a range ("09:00"-"17:00"), in local time',
  time: 'a duration (1h30m, 45s)',
  cgroupsv2: 'a path below /sys/fs/cgroup in quotes ("system.slice/ssh.service")',
  verdict: 'accept, drop, continue, return, jump CHAIN, goto CHAIN, queue',
};

export function allowedValues(type: Datatype, bits: number): string {
  if (type.name === 'time' && bits === 64)
    return 'a date ("2026-11-30 12:00") or nanoseconds since 1970';
  const spelling = spellings[type.name];
  if (spelling !== undefined) return spelling;
  if (type.base === 'invalid') return 'decided by the family';
  if (type.base === 'string') return `text of up to ${bits / 8 - 1} characters in quotes`;
  const names = type.symbols?.slice(0, 2).map(({ name }) => name) ?? [];
  if (type.base === 'bitmask') return flagValues(names, bits);
  const numbers = bits === 0 ? 'a number' : `a number from 0 to ${largest(type, bits)}`;
  return names.length === 0 ? numbers : `${numbers}, or a name from below (${names.join(', ')})`;
}

function flagValues(names: readonly string[], bits: number): string {
  const [first, second] = names;
  if (first === undefined || second === undefined) return `a mask of ${bits} bits (0x3)`;
  return `flags: one (${first}), any of some (${first},${second}), just some (== ${first} | ${second}); or a number`;
}

function largest(type: Datatype, bits: number): string {
  return type.name === 'day' ? '6' : String((1n << BigInt(bits)) - 1n);
}
