/** Loading iptables-save text: what is read, what is refused, and where. */

import { describe, expect, it } from 'vitest';
import type { IptablesFamily, IptablesRule } from '../../../../src/ast/iptables.ts';
import { loadIptablesSave } from '../../../../src/formats/iptables-save/load.ts';

function filterTable(...lines: readonly string[]): string {
  return ['*filter', ':FOO - [0:0]', ...lines, 'COMMIT', ''].join('\n');
}

function rulesOf(text: string, family: IptablesFamily = 'ip'): readonly IptablesRule[] {
  const { value, diagnostics } = loadIptablesSave(text, { family });
  expect(diagnostics).toEqual([]);
  return value.tables.flatMap((table) => table.rules);
}

/** Message and the text it points at. */
function complaints(text: string, family: IptablesFamily = 'ip'): string[] {
  const { diagnostics } = loadIptablesSave(text, { family });
  return diagnostics.map(
    ({ message, span }) => `${message} <- ${span.source.text.slice(span.start, span.end)}`,
  );
}

describe('loadIptablesSave', () => {
  it('reads tables, chains, counters and comments', () => {
    const text = '# c\n*nat\n:OUTPUT DROP [3:4]\n:A - [0:0]\n[1:2] -A OUTPUT -j A\nCOMMIT\n';
    const { value, diagnostics } = loadIptablesSave(text, { family: 'ip' });
    expect(diagnostics).toEqual([]);
    const [table] = value.tables;
    expect(table?.name).toBe('nat');
    expect(table?.chains.map(({ name, policy }) => [name, policy])).toEqual([
      ['OUTPUT', 'DROP'],
      ['A', undefined],
    ]);
    expect(table?.chains[0]?.counters).toEqual({ packets: 3n, bytes: 4n });
    expect(table?.rules[0]?.counters).toEqual({ packets: 1n, bytes: 2n });
    expect(table?.rules[0]?.target?.name).toBe('A');
  });

  it('gives options to the extension that has them, not to the last one loaded', () => {
    const [rule] = rulesOf(
      filterTable('-A INPUT -p tcp -m tcp -m comment --comment "a b" ! --dport 22 -j ACCEPT'),
    );
    expect(rule?.matches.map(({ name, options }) => [name, options.map((o) => o.values)])).toEqual([
      ['tcp', [['22']]],
      ['comment', [['a b']]],
    ]);
    expect(rule?.matches[0]?.options[0]?.negated).toBe(true);
  });

  it('loads the match of the protocol for its options', () => {
    const [rule] = rulesOf(filterTable('-A INPUT -p udp --dport 53'));
    expect(rule?.matches[0]).toMatchObject({ name: 'udp', implicit: true });
  });

  it('reads long, short, attached and shortened options', () => {
    const [rule] = rulesOf(filterTable('-A FORWARD --protocol=tcp -s1.2.3.4 --in-int eth0 -jDROP'));
    expect(rule?.header.map(({ name, values }) => [name, ...values])).toEqual([
      ['-p', 'tcp'],
      ['-s', '1.2.3.4'],
      ['-i', 'eth0'],
    ]);
    expect(rule?.target?.name).toBe('DROP');
  });

  it('splits words as iptables-restore does', () => {
    const [rule] = rulesOf(filterTable(String.raw`-A FOO -m comment --comment "say \"hi\" \\ '"`));
    expect(rule?.matches[0]?.options[0]?.values).toEqual([String.raw`say "hi" \ '`]);
  });

  it('leaves lines for the other program out', () => {
    expect(rulesOf(filterTable('-6 -A FOO -s ::1', '-4 -A FOO'))).toHaveLength(1);
  });

  it('carries commands out', () => {
    const text = filterTable(
      '-A FOO -p tcp',
      '-I FOO -p udp',
      '-I FOO 3 -p icmp',
      '-D FOO -p tcp',
      '-N BAR',
      '-A BAR -j FOO',
      '-R BAR 1 -g FOO',
    );
    const rules = rulesOf(text);
    expect(rules.map(({ chain, header }) => [chain, header[0]?.values[0]])).toEqual([
      ['FOO', 'udp'],
      ['FOO', 'icmp'],
      ['BAR', undefined],
    ]);
    expect(rules[2]?.target?.goto).toBe(true);
  });

  it('keeps unknown extensions with a warning', () => {
    const { value, diagnostics } = loadIptablesSave(
      filterTable('-A FOO -m geoip ! --source-country "A,B" -j ACCEPT'),
      { family: 'ip' },
    );
    expect(diagnostics.map(({ code }) => code)).toEqual(['iptables-unknown-extension']);
    expect(value.tables[0]?.rules[0]?.matches[0]).toMatchObject({
      name: 'geoip',
      options: [{ name: '--source-country', negated: true, values: ['A,B'] }],
    });
  });
});

describe('mistakes', () => {
  it.each([
    ['-A FOO --dport 22', "unknown option '--dport' <- --dport"],
    ['-A FOO -p tcp --dprt 22', "unknown option '--dprt' <- --dprt"],
    ['-A FOO -p ! tcp', "bad argument 'tcp' <- tcp"],
    ['-A FOO -p !', "unknown protocol '!' specified <- -p !"],
    ['-A FOO -p tcp --dport ! 22', "bad argument '22' <- 22"],
    [
      '-A FOO -p tcp --dport 70000',
      "tcp: no port or service '70000' for '--dport' <- --dport 70000",
    ],
    ['-A FOO -s 1.2.3.400', "host or network '1.2.3.400' not found <- -s 1.2.3.400"],
    ['-A FOO -m mark --mark 1 --mark 2', "mark: '--mark' can only be used once <- --mark 2"],
    ['-A NONE -j ACCEPT', "table 'filter' has no chain 'NONE' <- -A NONE -j ACCEPT"],
    ['-A FOO -j NONE', "there is no chain or target 'NONE' <- -A FOO -j NONE"],
    ['-A FOO -j MASQUERADE', "'MASQUERADE' is not for table 'filter' <- -A FOO -j MASQUERADE"],
    ['-A FOO -m tcp --dport 1', "'tcp' needs -p with its protocol <- -A FOO -m tcp --dport 1"],
    ['-A INPUT -o eth0', "can't use --out-interface with INPUT <- -A INPUT -o eth0"],
    [
      '-A FOO -p tcp -m multiport --dports 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16',
      'multiport: too many ports: at most 15, a range counts as two <- --dports 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16',
    ],
    ['-I FOO 3', 'the rule number to insert at is too big <- -I FOO 3'],
    ['-t nat -A FOO', 'the -t option cannot be used here <- -t nat -A FOO'],
  ])('%s', (line, complaint) => {
    expect(complaints(filterTable(line))).toContain(complaint);
  });

  it('says where a ! belongs', () => {
    const { diagnostics } = loadIptablesSave(filterTable('-A FOO -p tcp --dport ! 22'), {
      family: 'ip',
    });
    expect(diagnostics[0]?.hint).toBe('write the ! before the option');
  });

  it('finds tables that do not exist or do not end', () => {
    expect(complaints('*foo\nCOMMIT\n')).toEqual(["there is no table 'foo' <- *foo"]);
    expect(complaints('*nat\n')).toEqual(["table 'nat' has no COMMIT <- *nat"]);
  });

  it('knows matches of the other program', () => {
    expect(complaints(filterTable('-A FOO -p icmpv6 -m icmp --icmp-type 8'), 'ip6')[0]).toBe(
      "ip6tables has no match 'icmp' <- icmp",
    );
  });
});
