/** Addresses as Go prints them. */

import { describe, expect, it } from 'vitest';
import {
  cidrContains,
  isLoopback,
  parseAddress,
  parseCidr,
} from '../../../../src/generate/kubernetes/go-address.ts';

describe('parseAddress', () => {
  it.each([
    ['010.001.2.3', '10.1.2.3'],
    ['::ffff:1.2.3.4', '1.2.3.4'],
    ['2001:DB8:0:0:1::1', '2001:db8::1:0:0:1'],
    ['fe80:0:0:1:0:0:0:1', 'fe80:0:0:1::1'],
    ['1:0:2:3:4:5:6:7', '1:0:2:3:4:5:6:7'],
    ['::', '::'],
  ])('%s is %s', (text, canonical) => {
    expect(parseAddress(text)?.text).toBe(canonical);
  });

  it.each(['', '1.2.3', '1.2.3.256', '1.2.3.x', ':::', '1::2::3', '1:2:3:4:5:6:7:8:9', 'g::'])(
    '%s is no address',
    (text) => {
      expect(parseAddress(text)).toBeUndefined();
    },
  );
});

describe('parseCidr', () => {
  it.each([
    [' 203.0.113.5/25', '203.0.113.0/25'],
    ['10.1.2.3/32', '10.1.2.3/32'],
    ['0.0.0.0/0', '0.0.0.0/0'],
    ['fd00:1:2:3::5/52', 'fd00:1:2::/52'],
  ])('%s is %s', (text, canonical) => {
    expect(parseCidr(text)?.text).toBe(canonical);
  });

  it.each(['10.0.0.0', '10.0.0.0/33', '::/129', '10.0.0.0/-1', 'x/8'])('%s is none', (text) => {
    expect(parseCidr(text)).toBeUndefined();
  });

  it('contains addresses of its own family only', () => {
    const cidr = parseCidr('10.0.0.0/9');
    const holds = (text: string): boolean => cidrContains(cidr!, parseAddress(text)!);
    expect([holds('10.127.255.255'), holds('10.128.0.0'), holds('::a00:1')]).toEqual([
      true,
      false,
      false,
    ]);
  });

  it('knows loopback', () => {
    const loopback = (text: string): boolean => isLoopback(parseAddress(text)!);
    expect(['127.9.9.9', '::1', '128.0.0.1', '::2'].map(loopback)).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });
});
