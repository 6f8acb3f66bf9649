/** Constants as JSON, by datatype (libnftables: datatype_json). */

import type { ValueExpression } from '../../../ast/nft/expressions.ts';
import type { Datatype } from '../../../datatypes/datatype.ts';
import { formatValue, symbolName } from '../../../datatypes/format-value.ts';
import type { Json } from '../json.ts';
import type { JsonContext } from './context.ts';

/** Types with neither names nor a JSON form of their own: their text, without quotes. */
const textTypes: ReadonlySet<string> = new Set([
  'll_addr',
  'ipv4_addr',
  'ipv6_addr',
  'ether_addr',
  'iface_index',
  'realm',
  'classid',
  'hour',
  'day',
  'cgroupsv2',
]);

export function valueJson(node: ValueExpression, context: JsonContext): Json {
  const { type, value, bits } = node;
  if (typeof value === 'string') return value;
  if (type.name === 'boolean') return value !== 0n;
  if (type.number === 18) return Number(value / 1000n);
  if (textTypes.has(type.name) || type.number === 43) {
    const text = formatValue(type, value, bits, { environment: context.environment });
    return text.replace(/^"([^"]*)".*/, '$1');
  }
  return nameOf(type, value, context) ?? integerJson(value);
}

/** The name of a value where its type has one in JSON. */
function nameOf(type: Datatype, value: bigint, context: JsonContext): Json | undefined {
  const { environment } = context;
  const number = Number(value);
  switch (type.name) {
    case 'inet_proto':
      return context.numericProtocols ? undefined : environment.protocols.names.get(number);
    case 'mark':
      return environment.marks.names.get(number);
    case 'devgroup':
      return environment.deviceGroups.names.get(number);
    case 'ct_label': {
      const bit = value === 0n ? -1 : (value & -value).toString(2).length - 1;
      return environment.connectionLabels.names.get(bit) ?? bit;
    }
  }
  return type.number === 32 || type.number === 33 || type.number === 34
    ? undefined
    : symbolName(type, context.numericProtocols ? swapped(type, value) : value);
}

/** Ends of ranges are in network order, in which names of several bytes in host order are not found. */
function swapped({ byteOrder, bits }: Datatype, value: bigint): bigint {
  if (byteOrder !== 'host' || bits <= 8) return value;
  let result = 0n;
  for (let place = 0; place < bits; place += 8) {
    result = (result << 8n) | ((value >> BigInt(place)) & 0xffn);
  }
  return result;
}

/** Numbers of 64 bits with a sign, as libjansson has them; wider ones are hexadecimal strings. */
export function integerJson(value: bigint): Json {
  if (value > 0xffffffffffffffffn) return `0x${value.toString(16)}`;
  const signed = BigInt.asIntN(64, value);
  return signed <= Number.MAX_SAFE_INTEGER && signed >= Number.MIN_SAFE_INTEGER
    ? Number(signed)
    : signed;
}
