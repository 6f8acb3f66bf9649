/** Conntrack keys (nft ct.c, kernel nft_ct.c): what a connection's entry holds, its width and byte order. */

import type { Family } from './families.ts';

export interface CtKey {
  /** As written after `ct` (and its direction): `state`, `ip saddr`, `proto-dst`. */
  readonly name: string;
  /** Name in bytecode listings (libnftnl). */
  readonly listing: string;
  /** Name of the datatype; `invalid` where the table's family decides. */
  readonly type: string;
  readonly bits: number;
  readonly byteOrder: 'host' | 'big';
  /** Whether `original` or `reply` may, must or must not be written. */
  readonly direction: 'never' | 'optional' | 'required';
  /** The layer 3 protocol that the key implies (`ct original ip saddr`). */
  readonly family?: Extract<Family, 'ip' | 'ip6'>;
  readonly settable?: boolean;
  /** The kernel sets it only. */
  readonly readable?: false;
}

function key(
  name: string,
  listing: string,
  type: string,
  bits: number,
  more: Partial<CtKey> = {},
): CtKey {
  return { name, listing, type, bits, byteOrder: 'host', direction: 'never', ...more };
}

const settable = { settable: true } as const;
const big = { byteOrder: 'big', direction: 'required' } as const;
const optional = { direction: 'optional' } as const;

export const ctKeys: readonly CtKey[] = [
  key('state', 'state', 'ct_state', 32),
  key('direction', 'direction', 'ct_dir', 8),
  key('status', 'status', 'ct_status', 32),
  key('mark', 'mark', 'mark', 32, settable),
  key('secmark', 'secmark', 'integer', 32, settable),
  key('expiration', 'expiration', 'time', 32),
  key('helper', 'helper', 'string', 128),
  key('label', 'label', 'ct_label', 128, settable),
  key('l3proto', 'l3protocol', 'nf_proto', 8, optional),
  key('saddr', 'src', 'invalid', 0, big),
  key('daddr', 'dst', 'invalid', 0, big),
  key('protocol', 'protocol', 'inet_proto', 8, { byteOrder: 'big', direction: 'optional' }),
  key('proto-src', 'proto_src', 'inet_service', 16, big),
  key('proto-dst', 'proto_dst', 'inet_service', 16, big),
  key('bytes', 'bytes', 'integer', 64, optional),
  key('packets', 'packets', 'integer', 64, optional),
  key('avgpkt', 'avgpkt', 'integer', 64, optional),
  key('zone', 'zone', 'integer', 16, { direction: 'optional', settable: true }),
  key('event', 'event', 'ct_event', 32, { settable: true, readable: false }),
  key('ip saddr', 'src_ip', 'ipv4_addr', 32, { ...big, family: 'ip' }),
  key('ip daddr', 'dst_ip', 'ipv4_addr', 32, { ...big, family: 'ip' }),
  key('ip6 saddr', 'src_ip6', 'ipv6_addr', 128, { ...big, family: 'ip6' }),
  key('ip6 daddr', 'dst_ip6', 'ipv6_addr', 128, { ...big, family: 'ip6' }),
  key('id', 'id', 'integer', 32, { byteOrder: 'big' }),
];

const byName: ReadonlyMap<string, CtKey> = new Map(ctKeys.map((row) => [row.name, row]));

export function ctKeyByName(name: string): CtKey | undefined {
  return byName.get(name);
}
