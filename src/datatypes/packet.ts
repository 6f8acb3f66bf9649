/** Small enumerations of packets and routes: packet type, DSCP, ECN, address type. */

import { datatype, symbols } from './define.ts';

/** PACKET_*; `unicast` is read, `host` is listed. */
export const packetTypeType = datatype(31, 'pkt_type', 'packet type', 8, {
  byteOrder: 'host',
  symbols: symbols({ host: 0, unicast: 0, broadcast: 1, multicast: 2, other: 3 }),
});

/** RFC 2474 and its successors. */
export const dscpType = datatype(36, 'dscp', 'Differentiated Services Code Point', 6, {
  byteOrder: 'big',
  symbols: symbols({
    cs0: 0x00,
    cs1: 0x08,
    cs2: 0x10,
    cs3: 0x18,
    cs4: 0x20,
    cs5: 0x28,
    cs6: 0x30,
    cs7: 0x38,
    df: 0x00,
    be: 0x00,
    lephb: 0x01,
    af11: 0x0a,
    af12: 0x0c,
    af13: 0x0e,
    af21: 0x12,
    af22: 0x14,
    af23: 0x16,
    af31: 0x1a,
    af32: 0x1c,
    af33: 0x1e,
    af41: 0x22,
    af42: 0x24,
    af43: 0x26,
    va: 0x2c,
    ef: 0x2e,
  }),
});

/** RFC 3168. */
export const ecnType = datatype(37, 'ecn', 'Explicit Congestion Notification', 2, {
  byteOrder: 'big',
  symbols: symbols({ 'not-ect': 0, ect1: 1, ect0: 2, ce: 3 }),
});

/** RTN_*, include/uapi/linux/rtnetlink.h. */
export const fibAddressType = datatype(38, 'fib_addrtype', 'fib address type', 32, {
  byteOrder: 'host',
  symbols: symbols({
    unspec: 0,
    unicast: 1,
    local: 2,
    broadcast: 3,
    anycast: 4,
    multicast: 5,
    blackhole: 6,
    unreachable: 7,
    prohibit: 8,
  }),
});
