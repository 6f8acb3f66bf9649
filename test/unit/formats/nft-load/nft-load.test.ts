import { describe, expect, it } from 'vitest';
import type { Ruleset } from '../../../../src/ast/nft/ruleset.ts';
import { type LoadOptions, loadNft } from '../../../../src/formats/nft/load.ts';
import { printNftExpression } from '../../../../src/formats/nft/print.ts';

function load(text: string, options: LoadOptions = {}): Ruleset {
  const { value, diagnostics } = loadNft(text, options);
  expect(diagnostics).toEqual([]);
  return value;
}

function refused(text: string, options: LoadOptions = {}): string[] {
  const { value, diagnostics } = loadNft(text, options);
  expect(value).toEqual(options.into ?? { kind: 'ruleset', tables: [] });
  return diagnostics.map(({ code, span, message }) => {
    return `${code} ${span.source.text.slice(span.start, span.end)}: ${message}`;
  });
}

/** The ports of `tcp dport N` rules, in order. */
function ports(ruleset: Ruleset): string[] {
  const rules = ruleset.tables.flatMap((table) => table.chains.flatMap((chain) => chain.rules));
  return rules.map(({ statements: [first] }) => {
    return first?.kind === 'match' && first.right.kind === 'symbol' ? first.right.text : '';
  });
}

const base = 'table t {\n\tchain c {\n\t\ttcp dport 1\n\t\ttcp dport 2\n\t}\n}\n';

describe('flags of tables', () => {
  it.each([
    ['table t {\n flags dormant\n}\nadd table t\n', []],
    ['table t {\n flags dormant\n}\ntable t {\n chain c {\n }\n}\n', []],
    ['add table t\ntable t {\n flags dormant\n}\n', ['dormant']],
    ['table t {\n flags persist\n}\ntable t {\n flags persist\n}\n', ['persist']],
  ])('%j', (text, flags) => {
    expect(load(text).tables[0]?.flags).toEqual(flags);
  });
});

describe('elements are the same by value', () => {
  const set = (declaration: string, elements: string) =>
    `table t {\n\tset s {\n\t\t${declaration}\n\t\telements = { ${elements} }\n\t}\n}\n`;
  const texts = (ruleset: Ruleset) =>
    ruleset.tables[0]?.sets[0]?.elements.map((node) => printNftExpression(node));

  it.each([
    ['type inet_service', '22, 80', 'ssh', ['80']],
    ['type inet_service', 'ssh, 80', '22', ['80']],
    ['type mark', '0x10, 3', '16', ['3']],
    ['type ipv6_addr', '::1, fe80::1', '0:0::1', ['fe80::1']],
    [
      'type ipv4_addr . inet_service',
      '1.2.3.4 . 22, 1.2.3.4 . 80',
      '1.2.3.4 . ssh',
      ['1.2.3.4 . 80'],
    ],
    ['typeof ip protocol', 'tcp, udp', '6', ['udp']],
    ['type inet_service\nflags interval\nauto-merge', '1-100', '50', ['1-49', '51-100']],
    ['type inet_service\nflags interval\nauto-merge', '1-100', '50-60, 1', ['2-49', '61-100']],
    [
      'type ipv4_addr\nflags interval\nauto-merge',
      '10.0.0.0/8',
      '10.0.0.0/16',
      ['10.1.0.0-10.255.255.255'],
    ],
  ])('%s { %s } without %s', (declaration, elements, gone, left) => {
    const text = `${set(declaration, elements)}delete element t s { ${gone} }\n`;
    expect(texts(load(text))).toEqual(left);
  });

  it.each([
    ['type inet_service\nflags interval', '1-100', '50'],
    ['type inet_service\nflags interval\nauto-merge', '1-100', '90-120'],
    ['type ipv4_addr', '1.2.3.4', '9.9.9.9'],
  ])('%s { %s } has no %s', (declaration, elements, gone) => {
    const text = `${set(declaration, elements)}delete element t s { ${gone} }\n`;
    expect(refused(text)).toEqual([`not-found ${gone}: element '${gone}' is not in the set`]);
  });

  it('create refuses an element of equal value', () => {
    expect(refused(`${set('type inet_service', '22')}create element t s { ssh }\n`)).toHaveLength(
      1,
    );
    expect(texts(load(`${set('type inet_service', '22')}create element t s { 23 }\n`))).toEqual([
      '22',
      '23',
    ]);
  });
});

describe('rules go where commands put them', () => {
  it.each([
    ['add rule t c tcp dport 9', ['1', '2', '9']],
    ['insert rule t c tcp dport 9', ['9', '1', '2']],
    ['add rule t c index 0 tcp dport 9', ['1', '9', '2']],
    ['insert rule t c index 1 tcp dport 9', ['1', '9', '2']],
    ['flush chain t c', []],
    ['flush table t', []],
    ['table t {\n chain c {\n tcp dport 9\n }\n}', ['1', '2', '9']],
    ['flush ruleset; add table t; add chain t c; add rule t c tcp dport 9', ['9']],
  ])('%s', (text, expected) => {
    expect(ports(load(`${text}\n`, { into: load(base) }))).toEqual(expected);
  });

  it('replaces and deletes by the handles of a listing', () => {
    const listing =
      'table t {\n\tchain c {\n\t\ttcp dport 1 # handle 4\n\t\ttcp dport 2 # handle 6\n\t}\n}\n';
    const script = 'replace rule t c handle 4 tcp dport 7\ndelete rule t c handle 6\n';
    expect(ports(load(script, { into: load(listing) }))).toEqual(['7']);
  });
});

describe('a transaction is done whole or not at all', () => {
  it.each([
    ['add rule t d tcp dport 9', "not-found d: no chain 'd'"],
    ['add chain u c', "not-found u: no table of family ip 'u'"],
    ['create table t', "already-exists t: table 't' exists already"],
    ['delete rule t c handle 99', "not-found 99: chain 'c' has no rule with handle 99"],
    ['add rule t c index 7 drop', "not-found 7: chain 'c' has no rule with index 7"],
    ['rename chain t c c', "already-exists c: chain 'c' exists already"],
    ['delete set t s', "not-found s: no set 's'"],
  ])('%s', (text, expected) => {
    const before = load(base);
    expect(refused(`add rule t c tcp dport 5\n${text}\n`, { into: before })).toEqual([expected]);
    expect(ports(before)).toEqual(['1', '2']);
  });

  it('destroys what is not there without a word', () => {
    expect(ports(load('destroy table u\ndestroy chain t d\n', { into: load(base) }))).toEqual([
      '1',
      '2',
    ]);
  });

  it('keeps what is still in use', () => {
    const text =
      'table t {\n chain d { }\n set s { type ipv4_addr; }\n chain c { ip saddr @s jump d; }\n}\n';
    expect(refused('delete chain t d\n', { into: load(text) })).toEqual([
      "not-possible d: chain 'd' is still jumped to",
    ]);
    expect(refused('delete set t s\n', { into: load(text) })).toEqual([
      "not-possible s: set 's' is still in use",
    ]);
    load('flush chain t c\ndelete chain t d\ndelete set t s\n', { into: load(text) });
  });
});

describe('elements', () => {
  const set = 'table t {\n set s {\n type ipv4_addr\n elements = { 1.1.1.1 }\n }\n}\n';
  const keys = (ruleset: Ruleset) =>
    ruleset.tables[0]?.sets[0]?.elements.map((item) => item.kind === 'symbol' && item.text);

  it.each([
    ['add element t s { 2.2.2.2, 1.1.1.1 }', ['1.1.1.1', '2.2.2.2']],
    ['delete element t s { 1.1.1.1 }', []],
    ['destroy element t s { 3.3.3.3 }', ['1.1.1.1']],
    ['flush set t s', []],
  ])('%s', (text, expected) => {
    expect(keys(load(`${text}\n`, { into: load(set) }))).toEqual(expected);
  });

  it.each([
    [
      'create element t s { 1.1.1.1 }',
      "already-exists 1.1.1.1: element '1.1.1.1' is in the set already",
    ],
    ['delete element t s { 3.3.3.3 }', "not-found 3.3.3.3: element '3.3.3.3' is not in the set"],
  ])('%s', (text, expected) => {
    expect(refused(`${text}\n`, { into: load(set) })).toEqual([expected]);
  });
});

describe('definitions', () => {
  it('stand for values, also inside sets, and end with their block', () => {
    const text =
      'define p = 9\ntable t {\n define p2 = { 7, 8 }\n chain c { tcp dport $p; tcp dport { $p2, 6 }; }\n}\n';
    const [, second] = load(text).tables[0]?.chains[0]?.rules ?? [];
    const [match] = second?.statements ?? [];
    expect(match?.kind === 'match' && match.right.kind === 'set' && match.right.items.length).toBe(
      3,
    );
    expect(refused(`${text}add rule t c tcp dport $p2\n`)[0]).toContain(
      "nothing is defined as 'p2'",
    );
  });

  it('may hold priorities, policies and devices', () => {
    const text = [
      'define pri = -150\ndefine pol = "drop"\ndefine dev = { eth0, eth1 }',
      'table netdev t {\n chain c {\n type filter hook ingress devices = $dev priority $pri; policy $pol;\n }\n}\n',
    ].join('\n');
    expect(load(text).tables[0]?.chains[0]?.base).toMatchObject({
      priority: { value: -150 },
      policy: 'drop',
      devices: ['eth0', 'eth1'],
    });
  });
});

describe('include', () => {
  const files: Readonly<Record<string, string>> = {
    '/etc/ports.nft': 'define port = 22\n',
    'rules.d/a.nft': 'tcp dport 1\n',
    'rules.d/b.nft': 'tcp dport 2\n',
    'loop.nft': 'include "loop.nft"\n',
  };
  const environment = {
    readFile: (path: string) => files[path],
    glob: (pattern: string) =>
      Object.keys(files).filter((path) => path.startsWith(pattern.replace('*.nft', ''))),
    includePaths: ['/etc'],
  };

  it('reads files in the midst of a block, patterns in order of name', () => {
    const text =
      'include "ports.nft"\ntable t {\n chain c {\n include "rules.d/*.nft"\n tcp dport $port\n }\n}\n';
    expect(ports(load(text, { environment }))).toEqual(['1', '2', '22']);
  });

  it('refuses files that are not there, and endless loops', () => {
    expect(refused('include "none.nft"\n', { environment })[0]).toContain("no file 'none.nft'");
    expect(refused('include "loop.nft"\n', { environment })[0]).toContain('more than 16 deep');
  });
});
