/** iptables mode: rules of typical services, what is saved and listed, syncs. */

import { describe, expect, it } from 'vitest';
import {
  generateKubeProxy,
  type KubeProxyInput,
  runKubeProxy,
} from '../../../../src/generate/kube-proxy/generate-kube-proxy.ts';
import { printRestore } from '../../../../src/generate/kube-proxy/iptables/print-restore.ts';
import { printSavedState } from '../../../../src/generate/kube-proxy/iptables/print-save.ts';
import { ruleOfLine } from '../../../../src/generate/kube-proxy/iptables/rule-tree.ts';
import { savedLine } from '../../../../src/generate/kube-proxy/iptables/saved-line.ts';
import { fullSync } from '../../../../src/generate/kube-proxy/iptables/sync.ts';
import { input, node, service, settings, slice } from '../../../support/kube-proxy-cluster.ts';

function programOf(given: KubeProxyInput) {
  const run = runKubeProxy(given);
  if (run.mode !== 'iptables') throw new Error('not iptables mode');
  return run.program;
}

/** The rules of chains whose name begins so, without the comments. */
function rules(given: KubeProxyInput, prefix: string): readonly string[] {
  return printRestore(programOf(given))
    .split('\n')
    .filter((line) => line.startsWith(`-A ${prefix}`))
    .map((line) => line.replace(/ -m comment --comment (?:"[^"]*"|\S+)/, ''));
}

const here = { addresses: ['10.180.0.1'], nodeName: node.name };
const there = { addresses: ['10.180.0.2'], nodeName: 'other' };
const web = service('web', { clusterIP: '172.30.0.41' });

describe('rules of a service', () => {
  it('spreads, masquerades strangers and hairpins, rewrites', () => {
    const given = input([web], [slice('web', [there, here])]);
    expect(rules(given, 'KUBE-S').map((line) => line.replaceAll(/[A-Z2-7]{16}/g, 'H'))).toEqual([
      '-A KUBE-SERVICES -m tcp -p tcp -d 172.30.0.41 --dport 80 -j KUBE-SVC-H',
      '-A KUBE-SVC-H -m tcp -p tcp -d 172.30.0.41 --dport 80 ! -s 10.0.0.0/8 -j KUBE-MARK-MASQ',
      '-A KUBE-SVC-H -m statistic --mode random --probability 0.5000000000 -j KUBE-SEP-H',
      '-A KUBE-SVC-H -j KUBE-SEP-H',
      '-A KUBE-SEP-H -s 10.180.0.1 -j KUBE-MARK-MASQ',
      '-A KUBE-SEP-H -m tcp -p tcp -j DNAT --to-destination 10.180.0.1:8080',
      '-A KUBE-SEP-H -s 10.180.0.2 -j KUBE-MARK-MASQ',
      '-A KUBE-SEP-H -m tcp -p tcp -j DNAT --to-destination 10.180.0.2:8080',
      '-A KUBE-SERVICES -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS',
    ]);
  });

  it('rejects without endpoints, drops without local ones', () => {
    const local = service('local', { clusterIP: '172.30.0.42', internalTrafficPolicy: 'Local' });
    const given = input([web, local], [slice('local', [there])]);
    const filter = printRestore(programOf(given)).split('*nat')[0] ?? '';
    expect(filter).toContain(
      '"ns/web:http has no endpoints" -m tcp -p tcp -d 172.30.0.41 --dport 80 -j REJECT',
    );
    expect(filter).toContain(
      '"ns/local:http has no local endpoints" -m tcp -p tcp -d 172.30.0.42 --dport 80 -j DROP',
    );
  });

  it('leaves headless, external and foreign services alone', () => {
    const label = { 'service.kubernetes.io/service-proxy-name': 'other' };
    const services = [
      service('headless', { clusterIP: 'None' }),
      service('external', { type: 'ExternalName' }),
      { ...web, metadata: { ...web.metadata, labels: label } },
      service('six', { clusterIP: 'fd00::1' }),
    ];
    expect(rules(input(services, []), 'KUBE-SERVICES')).toHaveLength(1);
  });

  it('answers node ports on chosen addresses only', () => {
    const given = input([], [], { nodePortAddresses: ['192.168.0.0/24', '127.0.0.0/8'] });
    expect(rules(given, 'KUBE-SERVICES')).toEqual([
      '-A KUBE-SERVICES -d 192.168.0.2 -j KUBE-NODEPORTS',
      '-A KUBE-SERVICES -d 127.0.0.1 -j KUBE-NODEPORTS',
    ]);
  });

  it('lets the node itself through its source ranges', () => {
    const spec = { clusterIP: '172.30.0.43', loadBalancerSourceRanges: ['192.168.0.9/24'] };
    const given = input([service('lb', spec, ['1.2.3.4'])], [slice('lb', [here])]);
    expect(rules(given, 'KUBE-FW').map((line) => line.replace(/-[A-Z2-7]{16}/, ''))).toEqual([
      expect.stringContaining('-s 192.168.0.0/24 -j KUBE-EXT-'),
      expect.stringContaining('-s 1.2.3.4 -j KUBE-EXT-'),
      '-A KUBE-FW',
    ]);
  });

  it('leaves out the comments of endpoints in large clusters', () => {
    const many = Array.from({ length: 1001 }, (_, index) => ({
      addresses: [`10.200.${index >> 8}.${index & 255}`],
    }));
    const text = printRestore(programOf(input([web], [slice('web', many)])));
    expect(text).toMatch(/^-A KUBE-SEP-\S+ -s 10\.200\.0\.0 -j/m);
    expect(text).toContain('"ns/web:http cluster IP"');
  });
});

describe('what the kernel shows', () => {
  it.each([
    ['-A X -j MARK --or-mark 0x00004000', '-A X -j MARK --set-xmark 0x4000/0x4000'],
    ['-A X -j MARK --xor-mark 0x00004000', '-A X -j MARK --set-xmark 0x4000/0x0'],
    [
      '-A X -d 1.2.3.4 ! -s 10.0.0.0/8 -j REJECT',
      '-A X ! -s 10.0.0.0/8 -d 1.2.3.4/32 -j REJECT --reject-with icmp-port-unreachable',
    ],
    [
      '-A X -m comment --comment a/b -m tcp -p tcp --dport 80',
      '-A X -p tcp -m comment --comment "a/b" -m tcp --dport 80',
    ],
    [
      '-A X -m statistic --mode random --probability 0.3333333333 -j Y',
      '-A X -m statistic --mode random --probability 0.33333333349 -j Y',
    ],
    [
      '-A X -m recent --name L --rcheck --seconds 9 --reap -j L',
      '-A X -m recent --rcheck --seconds 9 --reap --name L --mask 255.255.255.255 --rsource -j L',
    ],
    ['-A X -s 0.0.0.0/0 -j Y', '-A X -j Y'],
  ])('%s is saved as %s', (written, saved) => {
    expect(savedLine(written, 'ip')).toBe(saved);
  });

  it('gives the same rule as a tree', () => {
    expect(ruleOfLine('-A X -m tcp -p tcp ! -s 1.2.3.4 --dport 80 -j DROP', 'ip')).toMatchObject({
      chain: 'X',
      header: [
        { name: '-s', negated: true, values: ['1.2.3.4/32'] },
        { name: '-p', negated: false, values: ['tcp'] },
      ],
      matches: [{ name: 'tcp', options: [{ name: '--dport', values: ['80'] }] }],
      target: { name: 'DROP', options: [] },
    });
  });

  it('puts kubelet first when it is there', () => {
    const program = programOf(input([], []));
    const input_ = (withKubelet: boolean) =>
      printSavedState(program, { withKubelet })
        .split('\n')
        .filter((line) => line.startsWith('-A INPUT'));
    expect(input_(false)[0]).toBe('-A INPUT -j KUBE-FIREWALL');
    expect(input_(true).at(-1)).toBe('-A INPUT -j KUBE-FIREWALL');
  });
});

describe('syncs', () => {
  it('deletes its own chains that are no longer used, and no others', () => {
    const program = programOf(input([], []));
    const { deletedChains, restoreText } = fullSync(program, [
      'KUBE-SVC-OLD',
      'KUBE-SERVICES',
      'cali-X',
    ]);
    expect(deletedChains).toEqual(['KUBE-SVC-OLD']);
    expect(restoreText).toContain(':KUBE-SVC-OLD - [0:0]\n');
    expect(restoreText.endsWith('-X KUBE-SVC-OLD\nCOMMIT\n')).toBe(true);
  });
});

describe('generateKubeProxy', () => {
  it('says when local traffic is not known and when services collide', () => {
    const { detectLocal: _, ...bare } = settings;
    const other = { ...web, metadata: { ...web.metadata, name: 'other' } };
    const { diagnostics } = generateKubeProxy({ ...input([web, other], []), settings: bare });
    expect(diagnostics.map(({ code }) => code)).toEqual([
      'kube-proxy-detect-local',
      'kube-proxy-conflict',
    ]);
  });
});
