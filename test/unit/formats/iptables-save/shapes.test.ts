/** Rules that are known by their shape are the same as those that the grammar reads. */

import { describe, expect, it } from 'vitest';
import type { IptablesRule } from '../../../../src/ast/iptables.ts';
import { loadIptablesSave } from '../../../../src/formats/iptables-save/load.ts';

/** Chains, then the lines; the chains are such as the lines need. */
function ruleset(lines: readonly string[]): string {
  return ['*nat', ':A - [0:0]', ':B - [0:0]', ...lines, 'COMMIT', ''].join('\n');
}

function load(lines: readonly string[]) {
  return loadIptablesSave(ruleset(lines), { family: 'ip' });
}

/** Everything but the place in the text, whose text is kept instead. */
function plain(rule: IptablesRule): unknown {
  const words = JSON.stringify(
    [rule.chain, rule.counters, rule.header, rule.matches, rule.target],
    (key, value: unknown) => {
      if (key === 'span' && typeof value === 'object' && value !== null && 'start' in value) {
        return textOf(value);
      }
      return typeof value === 'bigint' ? String(value) : value;
    },
  );
  return words;
}

function textOf(span: object): string {
  const { source, start, end } = Object.fromEntries(Object.entries(span));
  return source.text.slice(start, end);
}

const pairs: readonly (readonly [string, string])[] = [
  ['-A A -s 10.0.0.1/32 -j B', '-A B -s 10.0.0.2/24 -j A'],
  ['-A A -m comment --comment "x y" -j B', '-A A -m comment --comment zz -g B'],
  ['-A A -m comment --comment "x y" -j B', '-A A -m comment --comment zz -j B'],
  ['-A A -m comment --comment "x y" -j B', String.raw`-A A -m comment --comment "z\"z" -j B`],
  ['-A A ! -s 1.1.1.1/32 -p tcp -m tcp --dport 5', '-A A ! -s 1.1.1.2 -p tcp -m tcp --dport 65535'],
  ['[1:2] -A A -j B', '[3:4] -A A -j B'],
  [
    '-A A -p tcp -m tcp -j DNAT --to-destination 1.2.3.4:80',
    '-A A -p tcp -m tcp -j DNAT --to-destination 1.2.3.4:8080',
  ],
  [
    '-A A -m statistic --mode random --probability 0.5 -j B',
    '-A A -m statistic --mode random --probability 0.33333333349 -j B',
  ],
  ['-A A -m mark --mark 0x4000/0x4000 -j B', '-A B -m mark --mark 0x1 -j A'],
  ['-A A -p tcp --dport 5 -i eth0', '-A A -p tcp --dport 6 -i cali+'],
  ['-A A -m set --match-set x src,dst -j B', '-A A -m set --match-set yy src,dst -j B'],
];

describe('shapes', () => {
  it.each(pairs)('%s and %s', (first, second) => {
    const together = load([first, second, first]);
    expect(together.diagnostics).toEqual([]);
    const rules = together.value.tables.flatMap((table) => table.rules);
    const alone = [first, second, first].flatMap((line) =>
      load([line]).value.tables.flatMap((table) => table.rules),
    );
    expect(rules.map(plain)).toEqual(alone.map(plain));
  });

  it.each([
    ['-A A -s 10.0.0.1 -j B', '-A A -s 10.0.0.256 -j B'],
    ['-A A -s 10.0.0.1 -j B', '-A A -s 10.0.0.1 -j C'],
    ['-A A -s 10.0.0.1 -j B', '-A C -s 10.0.0.1 -j B'],
    ['-A A -s 10.0.0.1 -j B', '-A A -s 10.0.0.1 -j OUTPUT'],
    ['-A A -p tcp -m tcp --dport 5', '-A A -p tcp -m tcp --dport 65536'],
    ['-A A -j DNAT --to-destination 1.2.3.4', '-A A -j DNAT --to-destination 1.2.3.4:80'],
    ['-A A -o eth0', '-A PREROUTING -o eth0'],
  ])('%s does not let %s pass', (good, bad) => {
    expect(load([good]).diagnostics).toEqual([]);
    expect(load([good, bad]).diagnostics).not.toEqual([]);
  });

  it('forgets what is seldom seen, and nothing else', () => {
    const lines = Array.from(
      { length: 200 },
      (_, index) => `-A A -s 10.0.0.${index} -p tcp -m tcp --tcp-option ${index + 1} -j B`,
    );
    const { value, diagnostics } = load([...lines, ...lines]);
    expect(diagnostics).toEqual([]);
    expect(value.tables[0]?.rules).toHaveLength(400);
    const values = value.tables[0]?.rules.map(({ matches }) => matches[0]?.options[0]?.values[0]);
    expect(values?.slice(200)).toEqual(values?.slice(0, 200));
  });
});
