/** ICMP (RFC 792), ICMPv6 (RFC 4443, 4861, 3810) and IGMP (RFC 3376). Offsets and widths in bits. */

import type { HeaderRows } from '../header.ts';

/** echo-reply, echo-request and the timestamp, information and address mask messages. */
const icmpEcho = [8, 0] as const;
const icmpv6Echo = [128, 129] as const;

export const icmp = {
  protocol: 'icmp',
  layer: 'transport',
  checksum: { type: 'inet', offset: 2 },
  fields: [
    { name: 'type', offset: 0, bits: 8, type: 'icmp_type' },
    { name: 'code', offset: 8, bits: 8, type: 'icmp_code' },
    { name: 'checksum', offset: 16, bits: 16, type: 'integer' },
    { name: 'id', offset: 32, bits: 16, type: 'integer', messageTypes: icmpEcho },
    { name: 'sequence', offset: 48, bits: 16, type: 'integer', messageTypes: icmpEcho },
    { name: 'gateway', offset: 32, bits: 32, type: 'integer', messageTypes: [5] },
    { name: 'mtu', offset: 48, bits: 16, type: 'integer', messageTypes: [3] },
  ],
} as const satisfies HeaderRows;

export const icmpv6 = {
  protocol: 'icmpv6',
  layer: 'transport',
  checksum: { type: 'inet', offset: 2 },
  fields: [
    { name: 'type', offset: 0, bits: 8, type: 'icmpv6_type' },
    { name: 'code', offset: 8, bits: 8, type: 'icmpv6_code' },
    { name: 'checksum', offset: 16, bits: 16, type: 'integer' },
    { name: 'parameter-problem', offset: 32, bits: 32, type: 'integer', messageTypes: [4] },
    { name: 'mtu', offset: 32, bits: 32, type: 'integer', messageTypes: [2] },
    { name: 'id', offset: 32, bits: 16, type: 'integer', messageTypes: icmpv6Echo },
    { name: 'sequence', offset: 48, bits: 16, type: 'integer', messageTypes: icmpv6Echo },
    { name: 'max-delay', offset: 32, bits: 16, type: 'integer', messageTypes: [130] },
    {
      name: 'taddr',
      offset: 64,
      bits: 128,
      type: 'ipv6_addr',
      messageTypes: [135, 136, 137, 130, 131, 132],
    },
    { name: 'daddr', offset: 192, bits: 128, type: 'ipv6_addr', messageTypes: [137] },
  ],
} as const satisfies HeaderRows;

export const igmp = {
  protocol: 'igmp',
  layer: 'transport',
  checksum: { type: 'inet', offset: 2 },
  fields: [
    { name: 'type', offset: 0, bits: 8, type: 'igmp_type' },
    { name: 'mrt', offset: 8, bits: 8, type: 'integer' },
    { name: 'checksum', offset: 16, bits: 16, type: 'integer' },
    { name: 'group', offset: 32, bits: 32, type: 'integer' },
  ],
} as const satisfies HeaderRows;
