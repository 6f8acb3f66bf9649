/** Every datatype that a set declaration can name, by name and by nft's number. */

import * as address from './address.ts';
import * as basic from './basic.ts';
import { concatDatatype } from './concat.ts';
import * as conntrack from './conntrack.ts';
import type { Datatype } from './datatype.ts';
import * as icmp from './icmp.ts';
import * as identity from './identity.ts';
import * as networkInterface from './interface.ts';
import * as mark from './mark.ts';
import * as packet from './packet.ts';
import * as protocol from './protocol.ts';
import * as time from './time.ts';
import * as transport from './transport.ts';

/** In the order of nft's numbers: of two with one name (`time`) the first is found by name. */
export const datatypes: readonly Datatype[] = [
  basic.invalidType,
  basic.verdictType,
  protocol.nfProtoType,
  basic.bitmaskType,
  basic.integerType,
  basic.stringType,
  address.linkLayerAddressType,
  address.ipv4AddressType,
  address.ipv6AddressType,
  address.etherAddressType,
  protocol.etherTypeType,
  protocol.arpOperationType,
  protocol.inetProtoType,
  protocol.inetServiceType,
  icmp.icmpTypeType,
  transport.tcpFlagType,
  transport.dccpPacketTypeType,
  transport.mobilityHeaderTypeType,
  time.timeType,
  mark.markType,
  networkInterface.interfaceIndexType,
  networkInterface.interfaceTypeType,
  mark.realmType,
  mark.classidType,
  identity.uidType,
  identity.gidType,
  conntrack.ctStateType,
  conntrack.ctDirectionType,
  conntrack.ctStatusType,
  icmp.icmpv6TypeType,
  conntrack.ctLabelType,
  packet.packetTypeType,
  icmp.icmpCodeType,
  icmp.icmpv6CodeType,
  icmp.icmpxCodeType,
  mark.deviceGroupType,
  packet.dscpType,
  packet.ecnType,
  packet.fibAddressType,
  basic.booleanType,
  conntrack.ctEventType,
  networkInterface.interfaceNameType,
  icmp.igmpTypeType,
  time.dateType,
  time.hourType,
  time.dayType,
  identity.cgroupsv2Type,
];

const byName = new Map([...datatypes].reverse().map((type) => [type.name, type]));
const byNumber = new Map(datatypes.map((type) => [type.number, type]));

/** `ipv4_addr`, `ct_state`, … as `type` takes it in a set declaration. */
export function datatypeByName(name: string): Datatype | undefined {
  return byName.get(name);
}

/** nft's TYPE_* number, or the packed number of a concatenation. */
export function datatypeByNumber(number: number): Datatype | undefined {
  if (number < 64) return byNumber.get(number);
  const fields: Datatype[] = [];
  for (let rest = number; rest > 0; rest = Math.floor(rest / 64)) {
    const field = byNumber.get(rest % 64);
    if (field === undefined) return undefined;
    fields.unshift(field);
  }
  return concatDatatype(fields);
}

const fieldTypes: ReadonlyMap<string, Datatype> = new Map([
  ['xinteger', basic.hexIntegerType],
  ['queue', basic.queueType],
  ['mptcpopt_subtype', transport.mptcpSubtypeType],
  ['date', time.dateType],
]);

/** The datatype of a row of `fields/`: also those that no declaration can name, and integers of the row's byte order. */
export function fieldDatatype(name: string, byteOrder: 'host' | 'big'): Datatype {
  if (name === 'integer')
    return byteOrder === 'host' ? basic.hostIntegerType : basic.bigIntegerType;
  return fieldTypes.get(name) ?? byName.get(name) ?? basic.invalidType;
}
