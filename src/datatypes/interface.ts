/** Network interfaces: index, hardware type, name. */

import { datatype, symbols } from './define.ts';

export const interfaceIndexType = datatype(20, 'iface_index', 'network interface index', 32, {
  byteOrder: 'host',
});

/** ARPHRD_* numbers, include/uapi/linux/if_arp.h. */
export const interfaceTypeType = datatype(21, 'iface_type', 'network interface type', 16, {
  byteOrder: 'host',
  symbols: symbols({
    ether: 1,
    ppp: 512,
    ipip: 768,
    ipip6: 769,
    loopback: 772,
    sit: 776,
    ipgre: 778,
  }),
});

export const interfaceNameType = datatype(41, 'ifname', 'network interface name', 128, {
  base: 'string',
  byteOrder: 'host',
});
