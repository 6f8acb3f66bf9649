/** The node of the write-up: rules, listings, comparison, explanations. */

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { printIptablesSave } from '../../../../src/formats/iptables-save/print.ts';
import {
  listIptablesAsNft,
  listingSystems,
} from '../../../../src/formats/iptables-translate/list-as-nft.ts';
import {
  compareChains,
  comparisonText,
  listedChains,
  savedChains,
} from '../../../../src/generate/calico/compare.ts';
import { explainCalico } from '../../../../src/generate/calico/explain.ts';
import { generateCalico } from '../../../../src/generate/calico/generate-calico.ts';
import { ipSetRestore } from '../../../../src/generate/calico/ip-set-restore.ts';
import { nftCommands } from '../../../../src/generate/calico/nft-table.ts';
import { readCalicoInput } from '../../../../src/generate/calico/read-input.ts';
import {
  namedInterfaces,
  onlyEndpoints,
} from '../../../../src/generate/calico/select-endpoints.ts';

const sample = new URL('../../../../samples/k8s-calico-node/', import.meta.url);
const text = (name: string) => readFileSync(new URL(name, sample), 'utf8');
const input = readCalicoInput([{ name: 'kubernetes.yaml', text: text('kubernetes.yaml') }]).value;
const iptables = generateCalico(input, { mode: 'iptables' }).value;
const nftables = generateCalico(input, { mode: 'nftables' }).value;

function iptablesRuleset() {
  if (iptables.output.mode !== 'iptables') throw new Error('wrong mode');
  return iptables.output.ruleset;
}

describe('the sample node', () => {
  it('has every chain, rule and hook of the dump', () => {
    const listing = listedChains(listIptablesAsNft(iptablesRuleset(), listingSystems['red-hat-9']));
    const comparison = compareChains(listing, listedChains(text('ruleset.nft')));
    expect(comparisonText(comparison)).toBe(
      '70 of 70 cali-* chains equal\n314 of 314 rules equal\n12 of 12 hook rules equal\n',
    );
  });

  it('has the sets of the snapshot', () => {
    const own = new Set(ipSetRestore(iptables.model));
    const members = text('ipset.save')
      .split('\n')
      .filter((line) => line.startsWith('add cali40'));
    expect(members.length).toBeGreaterThan(3);
    expect(members.filter((line) => !own.has(line))).toEqual([]);
  });

  it('writes commands of one table in nftables mode', () => {
    if (nftables.output.mode !== 'nftables') throw new Error('wrong mode');
    const commands = nftCommands(nftables.output.table, { setElements: true });
    expect(commands[0]).toBe('add table ip calico');
    expect(commands).toContain(
      'add element ip calico filter-cali-to-wl-dispatch { cali81f8b902e6e : goto filter-cali-tw-cali81f8b902e6e }',
    );
    expect(commands).toContain('add element ip calico cali40all-ipam-pools { 172.17.0.0/16 }');
  });

  it('selects single endpoints', () => {
    const { interfaces, unknown } = namedInterfaces(iptables.model, ['cali81f8b902e6e', 'a/b']);
    expect(unknown).toEqual(['a/b']);
    const [table] = onlyEndpoints(iptables.tables, interfaces);
    expect([...(table?.chains.keys() ?? [])].filter((name) => /-[tf]w-/.test(name))).toEqual([
      'cali-tw-cali81f8b902e6e',
      'cali-fw-cali81f8b902e6e',
    ]);
  });
});

describe('compareChains', () => {
  const chains = (...rules: string[]) => new Map([['filter', new Map([['cali-a', rules]])]]);

  it('says what differs', () => {
    const generated = new Map([
      [
        'filter',
        new Map([
          ['cali-a', ['1', '2']],
          ['cali-b', []],
          ['INPUT', ['-j cali-a']],
        ]),
      ],
    ]);
    const dumped = new Map([
      [
        'filter',
        new Map([
          ['cali-a', ['1', 'x']],
          ['cali-c', []],
        ]),
      ],
    ]);
    expect(comparisonText(compareChains(generated, dumped))).toBe(
      [
        '0 of 2 cali-* chains equal',
        '1 of 2 rules equal',
        '0 of 1 hook rules equal',
        'table filter chain cali-a rule 2:\n  generated: 2\n  dump:      x',
        'table filter chain cali-b: not in the dump',
        'table filter chain INPUT: without the rule\n  generated: -j cali-a',
        'table filter chain cali-c: only in the dump',
        '',
      ].join('\n'),
    );
  });

  it('reads iptables-save', () => {
    const saved = savedChains('*filter\n:cali-a - [0:0]\n[1:60] -A cali-a -j DROP\nCOMMIT\n');
    expect(compareChains(chains('-j DROP'), saved).differences).toEqual([]);
    expect(
      savedChains(printIptablesSave(iptablesRuleset())).get('nat')?.get('cali-OUTPUT'),
    ).toHaveLength(1);
  });
});

describe('explainCalico', () => {
  const explainer = explainCalico(iptables.model, iptables.tables);

  it.each([
    [
      'cali-pi-_U7WUiLyTu5Vc3j6v19u',
      'ingress of policy calico-system/knp.default.goldmane in tier default',
    ],
    ['cali-pro-_kJqfZpgUe7r2t4A-14', 'egress of profile kns.calico-apiserver'],
    ['cali-cidr-block', 'service loop prevention'],
  ])('%s', (chain, wanted) => {
    expect(explainer.chain(chain)?.text).toBe(wanted);
  });

  it('tells the rule of the policy', () => {
    expect(explainer.rule('cali-po-_YYnSgB46MA1TYU44kJq', 3)?.text).toBe(
      'egress rule 1 of policy calico-system/knp.default.whisker',
    );
    expect(explainer.rule('cali-OUTPUT', 99, 'nat')).toBeUndefined();
    expect(explainer.chain('cali-OUTPUT', 'raw')?.text).toBe('raw output');
    expect(explainer.chain('cali-OUTPUT')).toBeUndefined();
  });

  it.each([
    [
      'DPI|default',
      'ingress denied at the end of tier default: policies apply to this endpoint and none decided',
    ],
    ['ARE0|kns.kube-system', 'allow by egress rule 0 of profile kns.kube-system'],
    ['DRI', 'ingress denied: no policy applies and no profile matched'],
    ['PPE|security', 'egress passed at the end of tier security: no policy of the tier decided'],
  ])('%s', (prefix, wanted) => {
    expect(explainer.logPrefix(prefix)?.text).toBe(wanted);
  });

  it('reads marks', () => {
    expect(explainer.mark(0x30001).map(({ name }) => name)).toEqual(['accept', 'pass']);
    expect(explainer.logPrefix('something else')).toBeUndefined();
  });
});
