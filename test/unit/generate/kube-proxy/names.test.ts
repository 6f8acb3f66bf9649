/** Names and numbers: hashes, probabilities, versions. */

import { describe, expect, it } from 'vitest';
import {
  endpointChainName,
  hashedNftName,
  nftEndpointName,
  servicePortHash,
} from '../../../../src/generate/kube-proxy/names.ts';
import {
  probabilityText,
  statisticThreshold,
} from '../../../../src/generate/kube-proxy/probability.ts';
import {
  featuresOf,
  parseKubernetesVersion,
} from '../../../../src/generate/kube-proxy/versions.ts';

describe('names', () => {
  it('hashes service ports and endpoints as the node of the Calico sample shows', () => {
    expect(servicePortHash('kube-system/kube-dns:dns', 'udp')).toBe('TCOU7JCQXEZGVUNU');
    expect(servicePortHash('calico-system/goldmane', 'tcp')).toBe('RMIM2MJTF3UE534N');
    expect(endpointChainName('default/kubernetes:https', 'tcp', '172.16.0.11:6443')).toBe(
      'KUBE-SEP-23Y66C2VAJ3WDEMI',
    );
  });

  it('writes nft names with their text, colons as dots, at most 240 characters', () => {
    expect(hashedNftName('ns1/svc1/tcp/p80')).toBe('ULMVA6XW-ns1/svc1/tcp/p80');
    expect(nftEndpointName('ns', 'svc', 'tcp', '', 'fd00::1', 80)).toMatch(
      /^[A-Z2-7]{8}-ns\/svc\/tcp\/__fd00\.\.1\/80$/,
    );
    const long = hashedNftName('x'.repeat(300));
    expect([long.length, long.slice(-4)]).toEqual([240, 'x...']);
  });
});

describe('probabilities', () => {
  it.each([
    [1, '1.0000000000'],
    [3, '0.3333333333'],
    [7, '0.1428571429'],
    [100_000, '0.0000100000'],
  ])('1/%i is %s', (count, text) => {
    expect(probabilityText(count)).toBe(text);
  });

  it.each([
    ['0.5000000000', 1073741824],
    ['0.3333333333', 715827883],
    ['0.1428571429', 306783378],
  ])('%s of 2^31 is %i', (text, threshold) => {
    expect(statisticThreshold(text)).toBe(threshold);
  });
});

describe('versions', () => {
  it.each([
    ['1.33', 'post-dnat', 'iifname', false],
    ['v1.33.5', 'early', 'iif', false],
    ['1.33.6+k3s1', 'post-dnat', 'iifname', false],
    ['1.34.1', 'no-port', 'iif', true],
    ['1.35', 'no-port', 'iifname', true],
  ])('%s writes the %s table', (text, nftablesLayout, interfaceKeyword, nodeHints) => {
    const version = parseKubernetesVersion(text);
    expect(version && featuresOf(version)).toMatchObject({
      nftablesLayout,
      interfaceKeyword,
      nodeHints,
    });
  });

  it.each(['1.28', '1.36', '2.33', '33', ''])('%s is not known', (text) => {
    expect(parseKubernetesVersion(text)).toBeUndefined();
  });
});
