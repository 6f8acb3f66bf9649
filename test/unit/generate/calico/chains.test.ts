/** Dispatch, groups, pruning and the order of hooks. */

import { describe, expect, it } from 'vitest';
import { kernelChainOrder } from '../../../../src/generate/calico/apply-order.ts';
import { workloadDispatchChains } from '../../../../src/generate/calico/chains/dispatch.ts';
import { policyGroup, policyGroupChain } from '../../../../src/generate/calico/chains/policies.ts';
import { defaultConfig } from '../../../../src/generate/calico/config.ts';
import { readFelixModel } from '../../../../src/generate/calico/felix-model.ts';
import { generateFromModel } from '../../../../src/generate/calico/generate-calico.ts';
import { policyGrouper } from '../../../../src/generate/calico/policy-groups.ts';
import { iptablesFragments } from '../../../../src/generate/calico/render/rendered.ts';
import { restoreText } from '../../../../src/generate/calico/restore-text.ts';

const context = { config: defaultConfig, version: 4 } as const;

describe('dispatch', () => {
  it('bins names by the character after the common prefix', () => {
    const chains = workloadDispatchChains(context, ['cali2b', 'cali1', 'cali2a', 'cali2a']);
    const shown = chains
      .slice(0, 2)
      .map(({ name, rules }) => [name, ...rules.map(iptablesFragments)]);
    expect(shown).toEqual([
      [
        'cali-from-wl-dispatch-2',
        '--in-interface cali2a --goto cali-fw-cali2a',
        '--in-interface cali2b --goto cali-fw-cali2b',
        '-m comment --comment "Unknown interface" --jump DROP',
      ],
      [
        'cali-from-wl-dispatch',
        '--in-interface cali1 --goto cali-fw-cali1',
        '--in-interface cali2+ --goto cali-from-wl-dispatch-2',
        '-m comment --comment "Unknown interface" --jump DROP',
      ],
    ]);
  });

  it('looks a map up in nftables mode', () => {
    const nft = { ...context, config: { ...defaultConfig, dataplane: 'nftables' as const } };
    expect(workloadDispatchChains(nft, ['cali1'])[0]?.rules[0]?.match).toEqual([
      { kind: 'interface-map', direction: 'in', map: 'cali-from-wl-dispatch' },
    ]);
  });
});

describe('policy groups', () => {
  const policy = (name: string, selector: string) => ({
    tier: 'default',
    name,
    selector,
    untracked: false,
    rules: { ingress: [], egress: [] },
  });

  it('puts neighbours with one selector together, however it is written', () => {
    const grouper = policyGrouper([
      policy('a', "x == 'y'"),
      policy('b', 'x=="y"'),
      policy('c', 'all()'),
    ]);
    const tier = {
      name: 'default',
      defaultAction: 'Deny',
      ingress: ['a', 'b', 'c', 'a'],
      egress: [],
    };
    expect(grouper.tier(tier).ingress.map(({ policies }) => policies)).toEqual([
      ['a', 'b'],
      ['c'],
      ['a'],
    ]);
  });

  it('returns after every fifth policy, staged ones not counted', () => {
    const policies = ['staged:a', 'b', 'c', 'd', 'e', 'f', 'g'];
    const group = policyGroup({ tier: 't', direction: 'egress', selector: 'all()', policies });
    const rules = policyGroupChain(context, group).rules.map(iptablesFragments);
    expect(rules).toHaveLength(7);
    expect(rules[5]).toBe(
      '-m comment --comment "Return on verdict" -m mark ! --mark 0/0x30000 --jump RETURN',
    );
    expect(rules[6]).toBe('--jump cali-po-t/g');
  });
});

describe('tables', () => {
  it('programs only chains that something leads to', () => {
    const model = readFelixModel({
      workloads: [{ interface: 'cali1', profiles: ['kns.a'] }],
      profiles: [{ name: 'kns.a' }, { name: 'kns.b' }],
    });
    const { tables } = generateFromModel(model.value);
    const filter = tables.find(({ name }) => name === 'filter');
    expect([...(filter?.chains.keys() ?? [])].filter((name) => name.startsWith('cali-pr'))).toEqual(
      ['cali-pri-kns.a', 'cali-pro-kns.a'],
    );
    expect(filter?.chains.has('cali-failsafe-in')).toBe(false);
  });

  it('appends hooks in append mode', () => {
    const model = readFelixModel({ insert_mode: 'append' }).value;
    const lines = restoreText(generateFromModel(model).tables, model.insertMode);
    expect(lines.filter((line) => line.startsWith('-I'))).toEqual([]);
    expect(lines.filter((line) => line.startsWith('-A FORWARD'))).toHaveLength(3);
  });

  it.each([
    ['insert', ['ours', 'theirs', 'last']],
    ['append', ['theirs', 'ours', 'last']],
  ] as const)('%s mode', (insertMode, order) => {
    const parts = { insertMode, inserted: ['ours'], others: ['theirs'], appended: ['last'] };
    expect(kernelChainOrder(parts)).toEqual(order);
  });

  it('says when the mark mask has too few bits', () => {
    const { diagnostics } = readFelixModel({ mark_mask: '0x7' });
    expect(diagnostics.map(({ code }) => code)).toEqual(['calico-setting']);
  });
});
