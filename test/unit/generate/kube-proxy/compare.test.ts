/** Comparison of dumps: what counts as equal, and how differences are told. */

import { describe, expect, it } from 'vitest';
import { compareDumps } from '../../../../src/generate/kube-proxy/compare/compare-dumps.ts';
import { comparisonText } from '../../../../src/generate/kube-proxy/compare/comparison-text.ts';
import { deduceSettings } from '../../../../src/generate/kube-proxy/compare/deduce-settings.ts';
import {
  dumpOfListing,
  dumpOfSave,
} from '../../../../src/generate/kube-proxy/compare/rule-dump.ts';

const listing = `table ip nat {
	chain KUBE-SERVICES {
		meta l4proto tcp ip daddr 10.96.0.1  tcp dport 443 counter packets 7 bytes 420 jump KUBE-SVC-A
		meta l4proto udp ip daddr 10.96.0.10  udp dport 53 counter packets 0 bytes 0 jump KUBE-SVC-B
	}

	chain KUBE-SVC-A {
		meta l4proto tcp ip saddr != 10.0.0.0/8 ip daddr 10.96.0.1  tcp dport 443 counter packets 0 bytes 0 jump KUBE-MARK-MASQ
		 counter packets 7 bytes 420 jump KUBE-SEP-A
	}

	chain PREROUTING {
		type nat hook prerouting priority dstnat; policy accept;
		 counter packets 7 bytes 420 jump cali-PREROUTING
		 counter packets 7 bytes 420 jump KUBE-SERVICES
	}
}
`;

function compare(expected: string, actual: string) {
  return compareDumps(dumpOfListing(expected), dumpOfListing(actual));
}

describe('compareDumps', () => {
  it('looks past counters, the order of services, other owners and the words of other tools', () => {
    const [first = '', second = ''] = listing.split('\n').slice(2, 4);
    const other = listing
      .replace(`${first}\n${second}`, `${second}\n${first}`)
      .replaceAll('meta l4proto tcp ip daddr 10.96.0.1', 'ip daddr 10.96.0.1 ip protocol tcp')
      .replaceAll(/packets \d+ bytes \d+/g, 'packets 1 bytes 2')
      .replace(/.*cali-.*\n/, '');
    const { equal, differences } = compare(listing, other);
    expect(differences).toEqual([]);
    expect(equal).toEqual(['ip nat KUBE-SERVICES', 'ip nat KUBE-SVC-A', 'ip nat PREROUTING']);
  });

  it('tells what is missing, unexpected or out of order', () => {
    const changed = listing
      .replace('10.96.0.10', '10.96.0.11')
      .replace(/\tchain KUBE-SVC-A[^}]*\}\n/, '\tchain KUBE-OLD {\n\t}\n');
    expect(comparisonText(compare(listing, changed))).toBe(
      [
        'ip nat KUBE-OLD: unexpected chain',
        'ip nat KUBE-SERVICES: other rules',
        '  - ip daddr 10.96.0.10 meta l4proto udp udp dport 53 jump KUBE-SVC-B',
        '  + ip daddr 10.96.0.11 meta l4proto udp udp dport 53 jump KUBE-SVC-B',
        'ip nat KUBE-SVC-A: missing chain',
        '  - ip saddr != 10.0.0.0/8 ip daddr 10.96.0.1 meta l4proto tcp tcp dport 443 jump KUBE-MARK-MASQ',
        '  - jump KUBE-SEP-A',
        'different: 3 chains; equal: 0 KUBE-* chains, and the jumps from 1 built-in chains',
        '',
      ].join('\n'),
    );
  });

  it('reads iptables-save text with and without counters', () => {
    const save = '*nat\n:KUBE-X - [0:0]\n-A KUBE-X -m nfacct --nfacct-name  a -j DROP\nCOMMIT\n';
    const counted = save.replace('-A KUBE-X', '[3:180] -A KUBE-X').replace('  a', ' a');
    expect(compareDumps(dumpOfSave(save, 'ip'), dumpOfSave(counted, 'ip')).differences).toEqual([]);
  });
});

describe('deduceSettings', () => {
  it('reads the range of the pods from a dump', () => {
    expect(deduceSettings(dumpOfListing(listing), 'ip')).toEqual({
      clusterCidr: '10.0.0.0/8',
      withKubelet: false,
    });
  });
});
