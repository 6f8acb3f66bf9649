/** Words of rules against what the rules are when they are read. */

import { describe, expect, it } from 'vitest';
import { traitInText } from '../../../src/cli/input/trait-words.ts';
import { loadIptablesSave } from '../../../src/formats/iptables-save/load.ts';
import { loadNft } from '../../../src/formats/nft/load.ts';
import { lowerIptables } from '../../../src/lower/iptables/lower-iptables.ts';
import { lower } from '../../../src/lower/lower.ts';
import type { Program, RuleTrait } from '../../../src/model/program.ts';
import { neededTracking } from '../../../src/simulate/hooks/tracking-needs.ts';

const nftRules = [
  'ct state new',
  'ct mark set 1',
  'ct original bytes > 10',
  'ct reply avgpkt 10',
  'ct count 3 drop',
  'masquerade fully-random',
  'redirect to :80',
  'dnat to 10.0.0.1',
  'snat to 10.0.0.1',
  'notrack',
  'synproxy mss 1460 wscale 7',
  'socket transparent 1',
  'tproxy to :80',
  'add @seen { ip saddr }',
  'update @seen { ip saddr counter }',
  'delete @seen { ip saddr }',
  'ip saddr 10.0.0.1 counter packets 5 bytes 6 accept',
  'ip saddr @seen drop',
  'log prefix "redirect ct state"',
];

const saveRules = [
  '-m conntrack --ctstate NEW',
  '-m state --state NEW',
  '-m connmark --mark 1',
  '-m connlabel --label 1',
  '-m connbytes --connbytes 1:2 --connbytes-dir both --connbytes-mode bytes',
  '-m connlimit --connlimit-above 2',
  '-m helper --helper ftp',
  '-m cluster --cluster-total-nodes 2 --cluster-local-node 1 --cluster-hash-seed 1',
  '-m socket',
  '-j CONNMARK --set-mark 1',
  '-p tcp -j SYNPROXY --mss 1460',
  '-p tcp -j TPROXY --on-port 80',
  '-m comment --comment " -j DNAT " -j ACCEPT',
];

const natRules = [
  '-j MASQUERADE',
  '-j DNAT --to-destination 10.0.0.1',
  '-p tcp -j REDIRECT --to-ports 80',
  '-j NETMAP --to 10.0.0.0/24',
];

const rawRules = ['-j CT --zone 1', '-j CT --notrack'];

/** What reading the rule finds. */
function traitsOf({ tables }: Program): Readonly<Record<RuleTrait, boolean>> {
  const [table] = tables;
  if (table === undefined) throw new Error('no table');
  const needs = neededTracking({ ...table, sets: [] });
  const operations = table.chains.flatMap(({ rules }) => rules).flatMap((rule) => rule.operations);
  return {
    tracking: needs.track !== false,
    defragmentation: needs.defragment,
    accounting: needs.accounting,
    'set-changes': operations.some(({ kind }) => kind === 'dynset'),
  };
}

const traits: readonly RuleTrait[] = ['tracking', 'defragmentation', 'accounting', 'set-changes'];

function compare(text: string, program: Program): void {
  const found = traitsOf(program);
  for (const trait of traits) {
    const said = traitInText(trait, text);
    if (found[trait]) expect([trait, said]).not.toEqual([trait, 'no']);
    else expect([trait, said]).not.toEqual([trait, 'yes']);
  }
}

describe('the text of a rule never denies what the rule has, and never claims what it has not', () => {
  it.each(nftRules)('%s', (rule) => {
    const text = `table ip t {\nset seen { type ipv4_addr; flags dynamic; }\nchain c {\n\t\t${rule}\n}\n}\n`;
    const { value, diagnostics } = loadNft(text);
    expect(diagnostics).toEqual([]);
    compare(`\t\t${rule}\n`, lower(value).value);
  });

  it.each([
    ...saveRules.map((rule) => ['mangle', rule] as const),
    ...rawRules.map((rule) => ['raw', rule] as const),
    ...natRules.map((rule) => ['nat', rule] as const),
  ])('%s %s', (table, rule) => {
    const line = `-A c ${rule}`;
    const text = `*${table}\n:c - [0:0]\n${line}\nCOMMIT\n`;
    const { value, diagnostics } = loadIptablesSave({ name: 'save', text }, { family: 'ip' });
    expect(diagnostics).toEqual([]);
    compare(line, lowerIptables(value).value);
  });

  it('tells without reading what makes connections be tracked', () => {
    expect(traitInText('tracking', '\t\tct state established accept\n')).toBe('yes');
    expect(traitInText('tracking', '-A c -m comment --comment "x" -j MASQUERADE')).toBe('unknown');
    expect(traitInText('tracking', '-A c -j MASQUERADE')).toBe('yes');
    expect(traitInText('tracking', '\t\tip saddr 10.0.0.1 accept\n')).toBe('no');
    expect(traitInText('accounting', '\t\tcounter packets 1 bytes 2\n')).toBe('no');
  });
});
