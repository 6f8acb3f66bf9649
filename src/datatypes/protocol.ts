/** Protocol numbers of the layers, and ports. */

import { datatype, symbols } from './define.ts';

export const nfProtoType = datatype(2, 'nf_proto', 'netfilter protocol', 8, {
  symbols: symbols({ ipv4: 2, ipv6: 10 }),
});

export const etherTypeType = datatype(10, 'ether_type', 'Ethernet protocol', 16, {
  byteOrder: 'big',
  symbols: symbols({
    ip: 0x0800,
    arp: 0x0806,
    ip6: 0x86dd,
    '8021q': 0x8100,
    '8021ad': 0x88a8,
    vlan: 0x8100,
  }),
});

/** Names come from the environment (/etc/protocols). */
export const inetProtoType = datatype(12, 'inet_proto', 'Internet protocol', 8);

/** Names come from the environment (/etc/services); listed by number unless asked otherwise. */
export const inetServiceType = datatype(13, 'inet_service', 'internet network service', 16, {
  byteOrder: 'big',
});

export const arpOperationType = datatype(11, 'arp_op', 'ARP operation', 16, {
  byteOrder: 'big',
  symbols: symbols({
    request: 1,
    reply: 2,
    rrequest: 3,
    rreply: 4,
    inrequest: 8,
    inreply: 9,
    nak: 10,
  }),
});
