/** Types of ICMP, ICMPv6 and IGMP messages, and the codes that rejects and matches use. */

import { datatype, symbols } from './define.ts';

export const icmpTypeType = datatype(14, 'icmp_type', 'ICMP type', 8, {
  symbols: symbols({
    'echo-reply': 0,
    'destination-unreachable': 3,
    'source-quench': 4,
    redirect: 5,
    'echo-request': 8,
    'router-advertisement': 9,
    'router-solicitation': 10,
    'time-exceeded': 11,
    'parameter-problem': 12,
    'timestamp-request': 13,
    'timestamp-reply': 14,
    'info-request': 15,
    'info-reply': 16,
    'address-mask-request': 17,
    'address-mask-reply': 18,
  }),
});

export const icmpv6TypeType = datatype(29, 'icmpv6_type', 'ICMPv6 type', 8, {
  symbols: symbols({
    'destination-unreachable': 1,
    'packet-too-big': 2,
    'time-exceeded': 3,
    'parameter-problem': 4,
    'echo-request': 128,
    'echo-reply': 129,
    'mld-listener-query': 130,
    'mld-listener-report': 131,
    'mld-listener-done': 132,
    'mld-listener-reduction': 132,
    'nd-router-solicit': 133,
    'nd-router-advert': 134,
    'nd-neighbor-solicit': 135,
    'nd-neighbor-advert': 136,
    'nd-redirect': 137,
    'router-renumbering': 138,
    'ind-neighbor-solicit': 141,
    'ind-neighbor-advert': 142,
    'mld2-listener-report': 143,
  }),
});

export const igmpTypeType = datatype(42, 'igmp_type', 'IGMP type', 8, {
  symbols: symbols({
    'membership-query': 0x11,
    'membership-report-v1': 0x12,
    'membership-report-v2': 0x16,
    'membership-report-v3': 0x22,
    'leave-group': 0x17,
  }),
});

const icmpCodes = symbols({
  'net-unreachable': 0,
  'host-unreachable': 1,
  'prot-unreachable': 2,
  'port-unreachable': 3,
  'net-prohibited': 9,
  'host-prohibited': 10,
  'admin-prohibited': 13,
  'frag-needed': 4,
});

const icmpv6Codes = symbols({
  'no-route': 0,
  'admin-prohibited': 1,
  'addr-unreachable': 3,
  'port-unreachable': 4,
  'policy-fail': 5,
  'reject-route': 6,
});

const icmpxCodes = symbols({
  'port-unreachable': 1,
  'admin-prohibited': 3,
  'no-route': 0,
  'host-unreachable': 2,
});

/** Matches read the names of reject codes but are listed by number, as nft 1.1.x does. */
export const icmpCodeType = datatype(32, 'icmp_code', 'icmp code', 8, {
  byteOrder: 'big',
  symbols: icmpCodes,
});
export const icmpv6CodeType = datatype(33, 'icmpv6_code', 'icmpv6 code', 8, {
  byteOrder: 'big',
  symbols: icmpv6Codes,
});
export const icmpxCodeType = datatype(34, 'icmpx_code', 'icmpx code', 8, {
  byteOrder: 'big',
  symbols: icmpxCodes,
});

/** The codes of reject statements, listed by name (nft: reject_icmp_code_type and its siblings). */
export const rejectIcmpCodeType = datatype(0, 'icmp_code', 'reject icmp code', 8, {
  byteOrder: 'big',
  symbols: icmpCodes,
});
export const rejectIcmpv6CodeType = datatype(0, 'icmpv6_code', 'reject icmpv6 code', 8, {
  byteOrder: 'big',
  symbols: icmpv6Codes,
});
export const rejectIcmpxCodeType = datatype(0, 'icmpx_code', 'reject icmpx code', 8, {
  byteOrder: 'big',
  symbols: icmpxCodes,
});
