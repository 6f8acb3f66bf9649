/** Addresses and prefixes: inet_pton and inet_ntop behaviour, masks, ranges. */

import fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import { describe, expect, it, test } from 'vitest';
import {
  type Address,
  addressFromBigInt,
  addressToBigInt,
  formatAddress,
  formatPrefix,
  ipv4FromNumber,
  ipv4ToNumber,
  lastAddress,
  maskAddress,
  parseAddress,
  parseLinkLayerAddress,
  parsePrefix,
  prefixContains,
} from '../../../src/base/address.ts';
import { rangeToPrefixes } from '../../../src/base/address-range.ts';

const ipv4 = fc.uint8Array({ minLength: 4, maxLength: 4 });
const ipv6 = fc
  .array(fc.oneof(fc.constant(0), fc.nat(0xffff)), { minLength: 8, maxLength: 8 })
  .map((groups) => Uint8Array.from(groups.flatMap((group) => [group >> 8, group & 255])));

describe('parseAddress', () => {
  test.each([
    ['10.0.0.1', [10, 0, 0, 1]],
    ['255.255.255.255', [255, 255, 255, 255]],
    ['::', Array<number>(16).fill(0)],
    ['::1', [...Array<number>(15).fill(0), 1]],
    ['::ffff:1.2.3.4', [...Array<number>(10).fill(0), 255, 255, 1, 2, 3, 4]],
  ])('%s', (text, bytes) => {
    expect([...(parseAddress(text) ?? [])]).toEqual(bytes);
  });

  test.each([
    '',
    '1.2.3',
    '1.2.3.4.5',
    '01.2.3.4',
    '256.1.1.1',
    '1..2.3',
    '1.2.3.4 ',
    '0x1.2.3.4',
    '12345::',
    ':::',
    '1::2::3',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    'fe80::1%eth0',
    ':1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:',
    '::1.2.3',
    '::1.2.3.04',
    '1:2:3:4:5:6:7:1.2.3.4',
    'g::',
  ])('refuses %j', (text) => {
    expect(parseAddress(text)).toBeUndefined();
  });
});

describe('formatAddress', () => {
  test.each([
    ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['0:0:0:0:0:ffff:1.2.3.4', '::ffff:1.2.3.4'],
    ['::1.2.3.4', '::1.2.3.4'],
    ['::2', '::2'],
    ['ff02::', 'ff02::'],
  ])('%s as inet_ntop prints it', (text, printed) => {
    expect(formatAddress(parseAddress(text) ?? new Uint8Array(4))).toBe(printed);
  });

  it('is read back as the same address', () => {
    fc.assert(
      fc.property(fc.oneof(ipv4, ipv6), (address: Address) => {
        expect(parseAddress(formatAddress(address))).toEqual(address);
      }),
    );
  });

  it('agrees with ipaddr.js where that has no dotted quads', () => {
    fc.assert(
      fc.property(ipv6, (address) => {
        const ours = formatAddress(address);
        fc.pre(!ours.includes('.'));
        expect(ours).toBe(new ipaddr.IPv6([...address]).toRFC5952String());
      }),
    );
  });
});

describe('prefixes', () => {
  test('read and printed', () => {
    expect(
      formatPrefix(parsePrefix('10.0.0.0/8') ?? { address: new Uint8Array(4), prefixLength: 0 }),
    ).toBe('10.0.0.0/8');
    expect(parsePrefix('10.0.0.1')?.prefixLength).toBe(32);
    expect(parsePrefix('10.0.0.0/33')).toBeUndefined();
    expect(parsePrefix('::/129')).toBeUndefined();
    expect(parsePrefix('10.0.0.0/')).toBeUndefined();
  });

  it('contains exactly what shares its leading bits', () => {
    fc.assert(
      fc.property(ipv6, ipv6, fc.nat(128), (address, other, prefixLength) => {
        const shift = BigInt(128 - prefixLength);
        const expected = addressToBigInt(address) >> shift === addressToBigInt(other) >> shift;
        expect(prefixContains({ address, prefixLength }, other)).toBe(expected);
        expect(addressToBigInt(maskAddress(address, prefixLength))).toBe(
          (addressToBigInt(address) >> shift) << shift,
        );
        const last = addressToBigInt(lastAddress({ address, prefixLength }));
        expect(last).toBe(addressToBigInt(address) | ((1n << shift) - 1n));
      }),
    );
  });

  it('never contains the other family', () => {
    expect(
      prefixContains({ address: new Uint8Array(4), prefixLength: 0 }, new Uint8Array(16)),
    ).toBe(false);
  });

  it('cover a range exactly', () => {
    fc.assert(
      fc.property(fc.nat(0xffff), fc.nat(0xffff), (first, second) => {
        const [from, to] = [Math.min(first, second), Math.max(first, second)];
        const prefixes = rangeToPrefixes(ipv4FromNumber(from), ipv4FromNumber(to));
        let next = from;
        for (const prefix of prefixes) {
          expect(ipv4ToNumber(prefix.address)).toBe(next);
          next += 2 ** (32 - prefix.prefixLength);
        }
        expect(next).toBe(to + 1);
      }),
    );
  });
});

test('numbers and link-layer addresses', () => {
  expect(ipv4ToNumber(Uint8Array.of(255, 0, 0, 1))).toBe(0xff000001);
  expect(addressFromBigInt(1n, 6)).toEqual(parseAddress('::1'));
  expect(parseLinkLayerAddress('02:00:00:00:00:0A')).toEqual(Uint8Array.of(2, 0, 0, 0, 0, 10));
  expect(parseLinkLayerAddress('02:00:zz')).toBeUndefined();
});
