/** libnftables JSON: written, read back, and what is wrong with it. */

import { describe, expect, it } from 'vitest';
import type { Rule } from '../../../src/ast/nft/ruleset.ts';
import { loadNft } from '../../../src/formats/nft/load.ts';
import { printNft } from '../../../src/formats/nft/print.ts';
import { readNftJson } from '../../../src/formats/nft-json/read.ts';
import { ruleExpressionsJson, writeNftJson } from '../../../src/formats/nft-json/write.ts';
import { lower } from '../../../src/lower/lower.ts';
import { raise } from '../../../src/raise/raise.ts';

function raised(text: string) {
  const { value } = loadNft(text);
  return raise(lower(value).value, value);
}

function firstRule(text: string): Rule {
  const [rule] =
    raised(`table inet t {\nchain c2 {\n}\nchain c {\n${text}\n}\n}\n`).tables[0]?.chains[1]
      ?.rules ?? [];
  if (rule === undefined) throw new Error(`no rule in ${text}`);
  return rule;
}

describe('writing', () => {
  it.each([
    [
      'ct state new,established',
      [{ match: { op: 'in', left: { ct: { key: 'state' } }, right: ['established', 'new'] } }],
    ],
    [
      'ip saddr 10.0.0.0/8 accept',
      [
        {
          match: {
            op: '==',
            left: { payload: { protocol: 'ip', field: 'saddr' } },
            right: { prefix: { addr: '10.0.0.0', len: 8 } },
          },
        },
        { accept: null },
      ],
    ],
    [
      'tcp dport vmap { 22 : accept, 80 : jump c2 }',
      [
        {
          vmap: {
            key: { payload: { protocol: 'tcp', field: 'dport' } },
            data: {
              set: [
                [22, { accept: null }],
                [80, { jump: { target: 'c2' } }],
              ],
            },
          },
        },
      ],
    ],
    ['counter', [{ counter: { packets: 0, bytes: 0 } }]],
    ['reject', [{ reject: { type: 'icmpx', expr: 'port-unreachable' } }]],
    ['meta mark set 0xff', [{ mangle: { key: { meta: { key: 'mark' } }, value: 255 } }]],
  ])('%s', (text, expected) => {
    const json = ruleExpressionsJson(firstRule(text), 'inet');
    expect(
      JSON.parse(
        JSON.stringify(json, (_, value) => (typeof value === 'bigint' ? Number(value) : value)),
      ),
    ).toEqual(expected);
  });
});

const ruleset = `table ip nat {
	set hosts {
		type ipv4_addr . inet_service
		size 100	# count 2
		elements = { 10.0.0.1 . 80,
			     10.0.0.2 . 443 }
	}

	map targets {
		type inet_service : ipv4_addr
		elements = { 80 : 192.0.2.1,
			     443 : 192.0.2.2 }
	}

	chain pre {
		type nat hook prerouting priority dstnat; policy accept;
		ip daddr . tcp dport @hosts counter packets 1 bytes 60 dnat to tcp dport map @targets
		limit rate 5/second burst 5 packets log prefix "new: " level info
	}
}
`;

describe('reading', () => {
  it('gives back what was written', () => {
    const { value, diagnostics } = readNftJson(writeNftJson(raised(ruleset)));
    expect(diagnostics).toEqual([]);
    expect(printNft(raise(lower(value).value, value))).toBe(ruleset);
  });

  it('runs commands', () => {
    const { value } = readNftJson(
      JSON.stringify({
        nftables: [
          { flush: { ruleset: null } },
          { add: { table: { family: 'ip', name: 't' } } },
          { add: { chain: { family: 'ip', table: 't', name: 'c' } } },
          { add: { rule: { family: 'ip', table: 't', chain: 'c', expr: [{ accept: null }] } } },
          { insert: { rule: { family: 'ip', table: 't', chain: 'c', expr: [{ drop: null }] } } },
        ],
      }),
    );
    expect(printNft(value)).toBe('table ip t {\n\tchain c {\n\t\tdrop\n\t\taccept\n\t}\n}\n');
  });

  it.each([
    ['not json', 'this is no JSON'],
    ['{"nftables": 5}', 'no list `nftables` that libnftables knows'],
    [
      '{"nftables": [{"chain": {"family": "ip", "table": "t", "name": "c"}}]}',
      'no table before it',
    ],
    [
      '{"nftables": [{"table": {"family": "ip", "name": "t"}}, {"gadget": {"family": "ip", "table": "t"}}]}',
      'no entry that libnftables knows',
    ],
  ])('%s', (text, message) => {
    expect(readNftJson(text).diagnostics[0]?.message).toContain(message);
  });
});
