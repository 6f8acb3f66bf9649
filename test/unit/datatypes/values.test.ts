/** Constants read and listed by datatype. */

import { describe, expect, it } from 'vitest';
import { concatDatatype } from '../../../src/datatypes/concat.ts';
import { debianEnvironment } from '../../../src/datatypes/environment.ts';
import { formatValue } from '../../../src/datatypes/format-value.ts';
import { parseValue } from '../../../src/datatypes/parse-value.ts';
import { datatypeByName, datatypeByNumber, datatypes } from '../../../src/datatypes/registry.ts';

function list(typeName: string, text: string): string {
  const type = datatypeByName(typeName);
  if (type === undefined) return `no datatype ${typeName}`;
  const result = parseValue(type, text, debianEnvironment);
  if (result.kind === 'unparsed') return `? ${result.message}`;
  return formatValue(type, result.value, result.bits || type.bits);
}

describe('constants', () => {
  it.each([
    ['ipv4_addr', '10.0.0.1', '10.0.0.1'],
    ['ipv4_addr', '1.2.3.400', '? could not resolve hostname'],
    ['ipv6_addr', '2001:DB8::0001', '2001:db8::1'],
    ['ipv6_addr', '::ffff:1.2.3.4', '::ffff:1.2.3.4'],
    ['ether_addr', '1:2:3:4:5:AB', '01:02:03:04:05:ab'],
    ['inet_service', 'https', '443'],
    ['inet_service', '65536', '? service out of range'],
    ['inet_proto', '58', 'ipv6-icmp'],
    ['inet_proto', 'tcp', 'tcp'],
    ['icmp_type', 'echo-request', 'echo-request'],
    ['icmp_code', 'frag-needed', '4'],
    ['ct_state', 'established', 'established'],
    ['ct_label', '127', '127'],
    ['tcp_flag', '0x10', 'ack'],
    ['mark', '16', '0x00000010'],
    ['classid', '10:5', '10:5'],
    ['classid', 'none', 'none'],
    ['time', '1d90s', '1d1m30s'],
    ['hour', '17:00', '"17:00"'],
    ['day', 'sat', '"Saturday"'],
    ['pkt_type', 'unicast', 'host'],
    ['dscp', '0x38', 'cs7'],
    ['dscp', '0x3f', '0x3f'],
    ['devgroup', 'default', '"default"'],
    ['iface_index', 'lo', '"lo"'],
    ['ifname', 'eth0', '"eth0"'],
    ['integer', '0x1f', '31'],
    ['ether_type', '0x0800', 'ip'],
    ['boolean', 'exists', 'exists'],
  ])('%s %s lists as %s', (type, text, expected) => {
    expect(list(type, text)).toBe(expected);
  });

  it('offers the known names for an unknown one', () => {
    const type = datatypeByName('ct_dir');
    const result = type && parseValue(type, 'orginal', debianEnvironment);
    expect(result).toMatchObject({ kind: 'unparsed', candidates: ['original', 'reply'] });
  });
});

describe('the registry', () => {
  it('finds every datatype by its number', () => {
    expect(datatypes.map((type) => datatypeByNumber(type.number))).toEqual(datatypes);
  });

  it('packs and unpacks concatenations', () => {
    const fields = ['ipv4_addr', 'inet_service'].flatMap((name) => datatypeByName(name) ?? []);
    const concat = concatDatatype(fields);
    expect(concat).toMatchObject({
      name: 'ipv4_addr . inet_service',
      bits: 64,
      number: 7 * 64 + 13,
    });
    expect(datatypeByNumber(concat.number)).toEqual(concat);
  });
});
