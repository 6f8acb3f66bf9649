/** Base chains of equal priority whose order a listing does not tell. */

import { describe, expect, it } from 'vitest';
import { parseNftHooks } from '../../../src/formats/nft-hooks/parse-nft-hooks.ts';
import type { HookFunction } from '../../../src/host/hook-order.ts';
import { explore } from '../../../src/simulate/explore.ts';
import { mergePrograms } from '../../../src/simulate/merge-programs.ts';
import { initialState } from '../../../src/simulate/simulate.ts';
import {
  arriving,
  clock,
  compileOnRouter,
  packetBetween,
  programOfNft,
  programOfSave,
} from './router.ts';

const marks = `
  table ip a { chain p { type filter hook prerouting priority 0; meta mark set 0x1; }
  }
  table ip b { chain p { type filter hook prerouting priority 0; meta mark set 0x2; }
  }
  table ip c { chain i { type filter hook input priority 0; meta mark 0x1 counter; meta mark 0x2 drop; }
  }`;

function outcomesOf(
  program: ReturnType<typeof programOfNft>,
  hooks?: readonly HookFunction[],
  assume?: ReadonlyMap<string, string>,
) {
  const facts = hooks === undefined ? {} : { hooks };
  const compiled = compileOnRouter(program, facts, { hookOrder: 'unknown' });
  const packet = arriving('eth1', packetBetween('10.0.0.9', '10.0.0.1'));
  const settings = { clock, ...(assume === undefined ? {} : { assume }) };
  return explore(compiled, initialState(compiled), packet, settings).outcomes.map((outcome) => ({
    fate: outcome.fate.kind,
    if: outcome.assumptions.map(({ choice, option }) => [
      choice.key,
      choice.options[option]?.label,
    ]),
  }));
}

describe('chains of equal priority in different tables', () => {
  it('are both orders where it matters', () => {
    expect(outcomesOf(programOfNft(marks))).toEqual([
      { fate: 'local', if: [['hook-order ip prerouting 0', 'ip b p']] },
      { fate: 'drop', if: [['hook-order ip prerouting 0', 'ip a p']] },
    ]);
  });

  it('are one outcome without assumption where it does not matter', () => {
    const harmless = marks.replace('meta mark set 0x2', 'meta mark set 0x1');
    expect(outcomesOf(programOfNft(harmless))).toEqual([{ fate: 'local', if: [] }]);
  });

  it('are settled by an assumption', () => {
    const assume = new Map([['hook-order ip prerouting 0', 'ip a p']]);
    expect(outcomesOf(programOfNft(marks), undefined, assume).map(({ fate }) => fate)).toEqual([
      'drop',
    ]);
  });

  it.each([
    ['a', 'b', 'drop'],
    ['b', 'a', 'local'],
  ])('are settled by nft list hooks: %s, then %s', (first, second, fate) => {
    const text = `family ip {
	hook prerouting {
		-0000000400 ipv4_conntrack_defrag [nf_defrag_ipv4]
		 0000000000 chain ip ${first} p [nf_tables]
		 0000000000 chain ip ${second} p [nf_tables]
	}
}
`;
    const hooks = parseNftHooks({ name: 'hooks', text }).value;
    expect(outcomesOf(programOfNft(marks), hooks)).toEqual([{ fate, if: [] }]);
  });

  it('of three tables are asked for place by place', () => {
    const third = `
  table ip d { chain p { type filter hook prerouting priority 0; meta mark set 0x3; }
  }`;
    const outcomes = outcomesOf(programOfNft(marks + third));
    expect(outcomes.map(({ fate }) => fate).sort()).toEqual(['drop', 'local', 'local']);
  });
});

describe('chains of equal priority', () => {
  it('in one table run newest first, as listed', () => {
    const one = `
  table ip a {
    chain p { type filter hook prerouting priority 0; meta mark set 0x1; }
    chain q { type filter hook prerouting priority 0; meta mark set 0x2; }
    chain i { type filter hook input priority 0; meta mark 0x1 counter; meta mark 0x2 drop; }
  }`;
    expect(outcomesOf(programOfNft(one))).toEqual([{ fate: 'local', if: [] }]);
  });

  it('of nat chains: the first to bind wins', () => {
    const nat = `
  table ip a { chain n { type nat hook prerouting priority -100; tcp dport 80 redirect to :1; }
  }
  table ip b { chain n { type nat hook prerouting priority -100; tcp dport 80 redirect to :2; }
  }
  table ip c { chain i { type filter hook input priority 0; tcp dport 1 drop; }
  }`;
    expect(outcomesOf(programOfNft(nat)).map(({ fate }) => fate)).toEqual(['local', 'drop']);
  });

  it('of iptables-legacy and iptables-nft side by side', () => {
    const save = (target: string) =>
      `*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -p tcp -m tcp --dport 80 -j ${target}\nCOMMIT\n`;
    const program = mergePrograms([
      programOfSave(save('DROP'), 'iptables-nft'),
      programOfSave(save('REJECT'), 'iptables-legacy'),
    ]);
    expect(outcomesOf(program)).toEqual([
      { fate: 'reject', if: [['hook-order ip input 0', 'ip filter INPUT (legacy)']] },
      { fate: 'drop', if: [['hook-order ip input 0', 'ip filter INPUT']] },
    ]);
  });
});
