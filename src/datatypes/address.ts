/** Addresses of the link and network layers. */

import { datatype } from './define.ts';

export const linkLayerAddressType = datatype(6, 'll_addr', 'link layer address', 0, {
  byteOrder: 'big',
});
export const ipv4AddressType = datatype(7, 'ipv4_addr', 'IPv4 address', 32, { byteOrder: 'big' });
export const ipv6AddressType = datatype(8, 'ipv6_addr', 'IPv6 address', 128, { byteOrder: 'big' });
export const etherAddressType = datatype(9, 'ether_addr', 'Ethernet address', 48, {
  byteOrder: 'big',
});
