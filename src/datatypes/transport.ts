/** Flags and packet types of transport protocols and of the mobility header. */

import { datatype, symbols } from './define.ts';

export const tcpFlagType = datatype(15, 'tcp_flag', 'TCP flag', 8, {
  base: 'bitmask',
  symbols: symbols({
    fin: 0x01,
    syn: 0x02,
    rst: 0x04,
    psh: 0x08,
    ack: 0x10,
    urg: 0x20,
    ecn: 0x40,
    cwr: 0x80,
  }),
});

export const dccpPacketTypeType = datatype(16, 'dccp_pkttype', 'DCCP packet type', 4, {
  byteOrder: 'big',
  symbols: symbols({
    request: 0,
    response: 1,
    data: 2,
    ack: 3,
    dataack: 4,
    closereq: 5,
    close: 6,
    reset: 7,
    sync: 8,
    syncack: 9,
  }),
});

export const mobilityHeaderTypeType = datatype(17, 'mh_type', 'Mobility Header Type', 8, {
  symbols: symbols({
    'binding-refresh-request': 0,
    'home-test-init': 1,
    'careof-test-init': 2,
    'home-test': 3,
    'careof-test': 4,
    'binding-update': 5,
    'binding-acknowledgement': 6,
    'binding-error': 7,
    'fast-binding-update': 8,
    'fast-binding-acknowledgement': 9,
    'fast-binding-advertisement': 10,
    'experimental-mobility-header': 11,
    'home-agent-switch-message': 12,
  }),
});

/** An alias of integer with names; sets of it are listed by them all the same. */
export const mptcpSubtypeType = datatype(4, 'mptcpopt_subtype', 'mptcp option subtype', 4, {
  byteOrder: 'big',
  symbols: symbols({
    'mp-capable': 0,
    'mp-join': 1,
    dss: 2,
    'add-addr': 3,
    'remove-addr': 4,
    'mp-prio': 5,
    'mp-fail': 6,
    'mp-fastclose': 7,
    'mp-tcprst': 8,
  }),
});
