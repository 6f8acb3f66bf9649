/** Derived names and mark bits. */

import { describe, expect, it } from 'vitest';
import {
  allocateEndpointMarks,
  allocateMarks,
  markFromNumber,
  numberFromMark,
} from '../../../../src/generate/calico/marks.ts';
import {
  endpointChainName,
  ipSetName,
  isStagedPolicy,
  lengthLimitedId,
  nflogPrefix,
  policyChainName,
  policyGroupChainName,
  tierOfPolicyName,
  workloadInterfaceName,
} from '../../../../src/generate/calico/names.ts';

describe('names', () => {
  it.each([
    ['felix', '123456', 11, 'felix123456'],
    ['felix', '_2345', 10, 'felix_kMQI'],
    ['felix', '12345678910', 13, 'felix_Y2QCZIS'],
  ])('%s %s at most %i', (prefix, suffix, maximum, id) => {
    expect(lengthLimitedId(prefix, suffix, maximum)).toBe(id);
  });

  it('hashes policy names that are too long for iptables', () => {
    const name = { tier: 'default', policy: 'calico-system/knp.default.whisker' };
    expect(policyChainName(name, 'egress', 'iptables')).toBe('cali-po-_YYnSgB46MA1TYU44kJq');
    expect(policyChainName(name, 'egress', 'nftables')).toBe(
      'cali-po-default/calico-system/knp.default.whisker',
    );
  });

  it('names what stands for all interfaces', () => {
    expect(endpointChainName('cali-fh-', '*', 'iptables')).toBe('cali-fh-any-interface-at-all');
    expect(endpointChainName('cali-fhfw-', '*', 'iptables')).toBe('cali-fhfw-_Nqh4HyA73udmyanQI');
  });

  it('names groups, interfaces, sets and log prefixes', () => {
    const group = {
      tier: 'default',
      selector: 'all()',
      direction: 'ingress',
      policies: ['a'],
    } as const;
    expect(policyGroupChainName(group)).toBe('cali-gi-ZAYKIyCxSQNA-7y9hz2G');
    expect(workloadInterfaceName('cali', 'calico-system', 'goldmane-85c8f6d476-qckwz')).toBe(
      'calide6f5a24f1d',
    );
    expect(ipSetName('s:bgLSTkNhu0BKRQ9zwXjvfbXQixpZu4RTEFuQ7w', 4)).toBe(
      'cali40s:bgLSTkNhu0BKRQ9zwXjvfbX',
    );
    expect(nflogPrefix('DPI|tier-012345678901234567890123456789012345678901234567890123')).toBe(
      'DPI|tier-0_phEfG4Vhbq2xh4TQsePNa2X9YRj5peCVw1FgaNSbd_4567890123',
    );
  });

  it.each([
    ['knp.default.web', 'default'],
    ['kanp.adminnetworkpolicy.x', 'adminnetworkpolicy'],
    ['security.web', 'security'],
    ['web', 'default'],
  ])('the tier of %s is %s', (name, tier) => {
    expect(tierOfPolicyName(name)).toBe(tier);
  });

  it('knows staged policies', () => {
    expect(['ns/staged:a', 'staged:a', 'staged:ns/a', 'a'].map(isStagedPolicy)).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });
});

describe('marks', () => {
  it('takes bits from the lowest upwards', () => {
    expect(allocateMarks(0xffff0000, true)).toEqual({
      accept: 0x10000,
      pass: 0x20000,
      drop: 0x40000,
      scratch0: 0x80000,
      scratch1: 0x100000,
      wireguard: 0x200000,
      endpoint: 0xffc00000,
      nonCalicoEndpoint: 0x400000,
    });
    expect(allocateMarks(0xf, false)).toBeUndefined();
  });

  it('spreads numbers over a mask', () => {
    expect(markFromNumber(0x12300004, 15)).toBe(0x2300004);
    expect(numberFromMark(0x12300004, 0x2300004)).toBe(15);
    expect(markFromNumber(0x10, 2)).toBeUndefined();
    expect(numberFromMark(0x10, 0x30)).toBeUndefined();
  });

  it('gives endpoints numbers until none is free', () => {
    const { byInterface } = allocateEndpointMarks(0x300, 0x100, ['a', 'b', 'c']);
    expect([...byInterface.values()]).toEqual([0x200, 0x300]);
  });
});
