/** The ring of rule numbers names the rules that matched. */

import { describe, expect, it } from 'vitest';
import { newRuleTrace, readRuleTrace } from '../../../src/simulate/rule-trace.ts';
import { initialState, simulate } from '../../../src/simulate/simulate.ts';
import { arriving, clock, compileOnRouter, packetBetween, programOfNft } from './router.ts';

const ruleset = `table inet t {
	chain through {
		type filter hook forward priority 0; policy drop;
		tcp dport 81 drop
		tcp dport 80 jump accepted
	}

	chain accepted {
		counter accept
	}
}
table ip empty {
	chain before {
		type nat hook prerouting priority -100; policy accept;
	}
}
`;

describe('readRuleTrace', () => {
  it('passes over chains without rules', () => {
    const compiled = compileOnRouter(programOfNft(ruleset));
    const ruleTrace = newRuleTrace();
    const packet = arriving('eth0', packetBetween('203.0.113.9', '10.0.0.9'));
    simulate(compiled, initialState(compiled), packet, { clock, ruleTrace });
    expect(readRuleTrace(compiled, ruleTrace)).toEqual([
      { family: 'inet', table: 't', chain: 'through', index: 1 },
      { family: 'inet', table: 't', chain: 'accepted', index: 0 },
    ]);
  });
});
