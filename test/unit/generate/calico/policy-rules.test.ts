/** Policy rules as Felix writes them, in both modes. */

import { describe, expect, it } from 'vitest';
import { policyRuleRules } from '../../../../src/generate/calico/chains/policy-rules.ts';
import { splitPorts } from '../../../../src/generate/calico/chains/port-slots.ts';
import { defaultConfig } from '../../../../src/generate/calico/config.ts';
import { readRule } from '../../../../src/generate/calico/felix-rule.ts';
import { iptablesFragments, nftRuleText } from '../../../../src/generate/calico/render/rendered.ts';

const owner = {
  kind: 'policy',
  name: 'default.p',
  direction: 'ingress',
  untracked: false,
} as const;

function rules(fields: Record<string, unknown>, version: 4 | 6 = 4, flowLogs = false) {
  const context = { config: { ...defaultConfig, flowLogs }, version };
  return policyRuleRules(context, readRule(fields), owner, 3);
}

const iptables = (...args: Parameters<typeof rules>) => rules(...args).map(iptablesFragments);
const nftables = (...args: Parameters<typeof rules>) =>
  rules(...args).map((rule) => nftRuleText(rule, { version: args[1] ?? 4, layer: 'filter' }));

const tcp = { name: 'tcp' };
const port = (first: number, last = first) => ({ first, last });

describe('policyRuleRules', () => {
  it('marks, logs and returns', () => {
    const rule = { action: 'allow', protocol: tcp, dst_ports: [port(80), port(90, 99)] };
    expect(iptables(rule, 4, true)).toEqual([
      '-p tcp -m multiport --destination-ports 80,90:99 --jump MARK --set-mark 0x10000/0x10000',
      '-m mark --mark 0x10000/0x10000 --jump NFLOG --nflog-group 1 --nflog-prefix API3|default.p --nflog-size 80',
      '-m mark --mark 0x10000/0x10000 --jump RETURN',
    ]);
    expect(nftables(rule, 4, true)).toEqual([
      'meta l4proto tcp tcp dport { 80, 90-99 } counter meta mark set mark or 0x10000',
      'meta mark & 0x10000 == 0x10000 counter log prefix "API3|default.p" snaplen 80 group 1',
      'meta mark & 0x10000 == 0x10000 counter return',
    ]);
  });

  it('writes log rules in the words of each mode', () => {
    expect(iptables({ action: 'log' })).toEqual([
      '--jump LOG --log-prefix "calico-packet: " --log-level 5',
    ]);
    expect(nftables({ action: 'log' })).toEqual(['counter log prefix calico-packet level info']);
  });

  it('matches alternatives in blocks', () => {
    const rule = {
      action: 'deny',
      src_net: ['10.0.0.0/8', '11.0.0.0/8'],
      dst_net: ['12.0.0.0/8', '13.0.0.0/8'],
      not_src_net: ['10.1.0.0/16', '10.2.0.0/16'],
    };
    expect(iptables(rule)).toEqual([
      '--jump MARK --set-mark 0x0/0x180000',
      '--source 10.0.0.0/8 --jump MARK --set-mark 0x80000/0x80000',
      '--source 11.0.0.0/8 --jump MARK --set-mark 0x80000/0x80000',
      '--destination 12.0.0.0/8 --jump MARK --set-mark 0x100000/0x100000',
      '--destination 13.0.0.0/8 --jump MARK --set-mark 0x100000/0x100000',
      '-m mark --mark 0/0x100000 --jump MARK --set-mark 0/0x80000',
      '--source 10.1.0.0/16 --jump MARK --set-mark 0/0x80000',
      '--source 10.2.0.0/16 --jump MARK --set-mark 0/0x80000',
      '-m mark --mark 0x80000/0x80000 --jump MARK --set-mark 0x40000/0x40000',
      '-m mark --mark 0x40000/0x40000 --jump DROP',
    ]);
  });

  it.each([
    ['another version', { ip_version: 'IPV6' }],
    ['networks of the other version only', { src_net: ['fd00::/8'] }],
    ['negated networks of the other version only', { not_dst_net: ['fd00::/8'] }],
    ['an exclusion of everything', { not_src_net: ['0.0.0.0/0'] }],
  ])('has no rules for %s', (_what, fields) => {
    expect(iptables({ action: 'allow', ...fields })).toEqual([]);
  });

  it('keeps annotations on every rule', () => {
    const [first, second] = rules({ metadata: { annotations: { why: 'a;b' } } });
    expect(first === undefined ? '' : iptablesFragments(first)).toContain('--comment "why=a_b"');
    expect(second?.comments).toEqual(['why=a;b']);
  });
});

describe('splitPorts', () => {
  it('counts a range twice', () => {
    const ranges = Array.from({ length: 8 }, (_, index) => port(10 * index, 10 * index + 1));
    expect(splitPorts(ranges).map((part) => part.length)).toEqual([7, 1]);
    expect(splitPorts([])).toEqual([]);
  });
});
