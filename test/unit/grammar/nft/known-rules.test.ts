import { describe, expect, it } from 'vitest';
import type { Rule } from '../../../../src/ast/nft/ruleset.ts';
import { parseNft } from '../../../../src/formats/nft/parse.ts';

/** The statements and comments of the rules of a chain with these lines, read in one way or the other. */
function rules(lines: readonly string[], shapes: 'always' | 'never'): unknown {
  const text = `table t {\n\tchain x {\n\t}\n\n\tchain c {\n\t\t${lines.join('\n\t\t')}\n\t}\n}\n`;
  const { value, diagnostics } = parseNft({ name: 'test', text }, { shapes });
  const [command] = value.commands;
  const chains = command?.object === 'table' ? (command.block?.chains ?? []) : [];
  const read = chains.map((chain) =>
    chain.rules.map((rule: Rule) => [rule.statements, rule.comment, rule.span]),
  );
  return { read, diagnostics };
}

describe('lines of known shape give the tree that the grammar gives', () => {
  it.each([
    [
      [
        'ip saddr 10.0.0.1 counter packets 1 bytes 2 drop',
        'ip saddr 9.9.9.9 counter packets 0 bytes 0 drop',
      ],
    ],
    [['meta l4proto tcp  tcp dport 80 jump KUBE-A', 'meta l4proto tcp  tcp dport 8080 jump last']],
    [['ip6 saddr fe80::1 accept comment "one"', 'ip6 saddr ::/0 accept comment "two"']],
    [['ip daddr 10.0.0.0/8 return', 'ip daddr 10.0.0.0/99 return', 'ip daddr 010.0.0.1 return']],
    [['ip saddr @one accept', 'ip saddr @two accept', '@th,16,16 22 accept']],
    [
      [
        'numgen random mod 3 vmap { 0 : goto a, 1 : goto b }',
        'numgen random mod 5 vmap { 0 : goto c, 1 : goto d }',
      ],
    ],
    [
      [
        'limit rate 5/second accept',
        'limit rate 7/second accept',
        'limit rate 9 mbytes/second accept',
      ],
    ],
    [
      [
        'reject with icmp host-unreachable',
        'ip saddr 1.2.3.4 accept',
        'tcp dport 22 # why',
        'drop',
      ],
    ],
    [['iifname "eth0" accept', 'iifname "x$y" accept', 'log prefix "a$b " accept']],
    [['tcp dport 22:', 'tcp dport 22 accept']],
    [['ether saddr aa:bb:cc:dd:ee:01 accept', 'ether saddr aa:bb:cc:dd:ee:f accept']],
  ])('%j', (lines) => {
    expect(rules(lines, 'always')).toEqual(rules(lines, 'never'));
  });

  it('also for elements', () => {
    const elements = Array.from(
      { length: 9 },
      (_, index) => `10.0.0.${index} timeout ${index + 1}s`,
    );
    const text = `table t {\n set s {\n type ipv4_addr\n elements = { ${elements.join(',\n ')} }\n }\n}\n`;
    const source = { name: 'test', text };
    expect(parseNft(source, { shapes: 'always' })).toEqual(parseNft(source, { shapes: 'never' }));
  });
});
