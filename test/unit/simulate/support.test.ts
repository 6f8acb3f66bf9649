/** The README's table of what is modelled is the one made from the code, and the code agrees with it. */

import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { explore } from '../../../src/simulate/explore.ts';
import { initialState } from '../../../src/simulate/simulate.ts';
import { matcherMakers } from '../../../src/simulate/xt/matchers.ts';
import { matchSupport, supportTable } from '../../support/simulator-support.ts';
import {
  arriving,
  clock,
  compileOnRouter,
  packetBetween,
  programOfNft,
  programOfSave,
} from './router.ts';

const readme = new URL('../../../README.md', import.meta.url);
const [start, end] = ['<!-- support table -->', '<!-- end of the support table -->'];

describe('the table of what is modelled', () => {
  /** `UPDATE_PAGES=1 npx vitest run test/unit/simulate/support.test.ts` writes it anew. */
  it('stands in the README as the code says', () => {
    const text = readFileSync(readme, 'utf8');
    const [before = '', rest = ''] = text.split(start);
    const after = rest.split(end)[1] ?? '';
    const wanted = `${before}${start}\n${supportTable()}\n${end}${after}`;
    if (process.env.UPDATE_PAGES === '1') writeFileSync(readme, wanted);
    expect(readFileSync(readme, 'utf8') === wanted, 'README.md is out of date').toBe(true);
  });

  it('a match that is always a choice is no modelled one', () => {
    const choices = Object.entries(matcherMakers).flatMap(([kind, maker]) =>
      maker === 'choice' ? [kind] : [],
    );
    const depends = new Set(
      Object.entries(matchSupport).flatMap(([kind, [support]]) =>
        support === 'depends' ? [kind] : [],
      ),
    );
    expect(choices.filter((kind) => !depends.has(kind))).toEqual([]);
  });
});

function outcomesOf(program: ReturnType<typeof programOfNft>) {
  const compiled = compileOnRouter(program);
  const packet = arriving('eth1', packetBetween('10.0.0.9', '10.0.0.1'));
  const { outcomes } = explore(compiled, initialState(compiled), packet, { clock });
  return outcomes.map(({ fate, assumptions }) => ({
    fate: fate.kind,
    if: assumptions.map(({ choice, option }) => `${choice.key} = ${choice.options[option]?.label}`),
  }));
}

const inputChain = (rule: string): string =>
  `table ip t {\n chain i {\n type filter hook input priority 0;\n ${rule}\n }\n}\n`;

describe('what depends is never silent', () => {
  it.each([
    ['meta cpu 3 drop', ['meta cpu 0-2 3 4-4294967295 = 0-2', 'local']],
    ['meta cgroup 5 drop', ['meta cgroup 0-4 5 6-4294967295 = 0-4', 'local']],
    ['osf name "Linux" drop', ['osf name unknown Linux = unknown', 'local']],
    ['socket transparent 1 drop', ['socket of 10.0.0.9:4000 > 10.0.0.1:80 = yes', 'drop']],
  ])('%s', (rule, [assumption, fate]) => {
    const [first] = outcomesOf(programOfNft(inputChain(rule)));
    expect(first?.fate).toBe(fate);
    expect(first?.if).toContain(assumption);
  });

  /** Trap 15: an unknown match is no answer, whichever way it stands. */
  it.each([
    '-m rateest --rateest x --rateest-lt --rateest-bps 1mbit',
    '-m cpu --cpu 2',
    '-m cpu ! --cpu 2',
  ])('an unknown match on drop, then accept: %s', (match) => {
    const save = `*filter\n:INPUT ACCEPT [0:0]\n-A INPUT ${match} -j DROP\n-A INPUT -j ACCEPT\nCOMMIT\n`;
    const outcomes = outcomesOf(programOfSave(save));
    expect(outcomes.map(({ fate }) => fate).sort()).toEqual(['drop', 'local']);
    expect(outcomes.every((outcome) => outcome.if.length === 1)).toBe(true);
  });
});
