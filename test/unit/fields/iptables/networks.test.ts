/** Networks and numbers as iptables reads and prints them. */

import { describe, expect, it } from 'vitest';
import {
  formatNetwork,
  formatNetworkBriefly,
  isPlainIpv4,
  isPlainNetwork,
  maskOfLength,
  parseNetwork,
  prefixLength,
} from '../../../../src/fields/iptables/networks.ts';
import { parseNumber } from '../../../../src/fields/iptables/numbers.ts';

describe('networks', () => {
  it.each([
    ['10.1', '10.1.0.0/32'],
    ['0x0a.010.1.1/8', '10.8.1.1/8'],
    ['1.2.3.4/255.255.0.0', '1.2.3.4/16'],
    ['1.2.3.4/255.0.255.0', '1.2.3.4/255.0.255.0'],
    ['localhost', '127.0.0.1/32'],
  ])('%s', (text, expected) => {
    const network = parseNetwork(text, 'ip');
    expect(network && formatNetwork(network)).toBe(expected);
  });

  it.each(['', '1.2.3.4.5', '256.1.1.1', '1.2.3.4/33', '1.2.3.4/', 'a.example'])(
    'not %s',
    (text) => {
      expect(parseNetwork(text, 'ip')).toBeUndefined();
    },
  );

  it('leaves full masks out where that is the custom', () => {
    const network = parseNetwork('dead::beef/128', 'ip6');
    expect(network && formatNetworkBriefly(network)).toBe('dead::beef');
  });

  it('knows the length of every prefix mask and of no other', () => {
    for (let length = 0; length <= 128; length++) {
      expect(prefixLength(maskOfLength(length, 128))).toBe(length);
    }
    expect(prefixLength(Uint8Array.of(255, 0, 255, 0))).toBeUndefined();
    expect(prefixLength(Uint8Array.of(255, 253, 0, 0))).toBeUndefined();
  });

  it('is certain of plain forms only', () => {
    expect(['0.0.0.0', '10.20.30.255'].every((text) => isPlainIpv4(text))).toBe(true);
    expect(
      ['1.2.3', '01.2.3.4', '1.2.3.256', '1..2.3', '1.2.3.'].some((text) => isPlainIpv4(text)),
    ).toBe(false);
    expect(isPlainNetwork('10.0.0.0/32', 'ip')).toBe(true);
    expect(isPlainNetwork('10.0.0.0/33', 'ip')).toBe(false);
    expect(isPlainNetwork('fd00::/48', 'ip6')).toBe(true);
  });
});

describe('numbers', () => {
  it.each([
    ['0', 0n],
    ['10', 10n],
    ['010', 8n],
    ['0x1F', 31n],
    ['', undefined],
    ['-1', undefined],
    ['1x', undefined],
    ['08', undefined],
    ['18446744073709551615', 18446744073709551615n],
  ])('%s', (text, expected) => {
    expect(parseNumber(text)).toBe(expected);
  });
});
