import { describe, expect, it } from 'vitest';
import { NftParser } from '../../../../grammar/nft/nft-parser.ts';
import { parseNft, parseRuleText } from '../../../../src/formats/nft/parse.ts';

/** The places of the errors, as carets below a one-line text. */
function carets(text: string): string {
  const { diagnostics } = parseNft({ name: 'test', text: `${text}\n` });
  const line = Array.from({ length: text.length + 1 }, () => ' ');
  for (const { span } of diagnostics) {
    for (let at = span.start; at < Math.max(span.end, span.start + 1); at++) line[at] = '^';
  }
  return line.join('').trimEnd();
}

describe('grammar', () => {
  it('has no ambiguous alternatives and no left recursion', () => {
    expect(() => new NftParser(false)).not.toThrow();
  });
});

describe('errors stand where nft puts them', () => {
  it.each([
    ['add rule t c tpc dport 22', '                         ^'],
    ['add rule t c ip saddr', '                     ^'],
    ['add rule t c limit rate 5 foo/second', '                          ^'],
    ['add chain t c { type filtre hook input priority 0; }', '                     ^^^^^^'],
    ['add rule t c tcp flags syn / syn', '                                ^'],
    ['add rule t c tcp dport $nothing', '                        ^^^^^^^'],
  ])('%s', (text, expected) => {
    expect(carets(text)).toBe(expected);
  });

  it('goes on with the next line', () => {
    const { value, diagnostics } = parseNft({ name: 'test', text: 'add tabel t\nadd table u\n' });
    expect(diagnostics).toHaveLength(1);
    expect(value.commands.map(({ target }) => target.table?.text)).toEqual(['u']);
  });

  it('gives up after ten errors', () => {
    const { diagnostics } = parseNft({ name: 'test', text: '!\n'.repeat(50) });
    expect(diagnostics).toHaveLength(10);
  });

  it('names what was probably meant', () => {
    const { diagnostics } = parseNft({ name: 'test', text: 'add rule t c ct sate new\n' });
    expect(diagnostics[0]?.hint).toBe("did you mean 'state'?");
  });
});

describe('rules', () => {
  it.each([
    ['ct state new,established', 'list'],
    ['ip daddr 10.0.0.0/8', 'prefix'],
    ['tcp dport 1024-65535', 'range'],
    ['tcp flags syn / fin,syn', 'flags-mask'],
    ['ip saddr . tcp dport @s', 'set-reference'],
    ['tcp dport { 22, 80 }', 'set'],
    ['tcp option sack exists', 'boolean'],
    ['meta mark & 0xff == 0x10', 'symbol'],
  ])('%s', (text, kind) => {
    const { value, diagnostics } = parseRuleText({ name: 'test', text }, 'ip');
    expect(diagnostics).toEqual([]);
    const [statement] = value.statements;
    expect(statement?.kind === 'match' && statement.right.kind).toBe(kind);
  });

  it('reads a handle behind a rule', () => {
    const text = 'table t { # handle 3\n\tchain c { # handle 1\n\t\taccept # handle 7\n\t}\n}\n';
    const [command] = parseNft({ name: 'test', text }).value.commands;
    const block = command?.object === 'table' ? command.block : undefined;
    expect([block?.handle, block?.chains[0]?.handle, block?.chains[0]?.rules[0]?.handle]).toEqual([
      ...[3, 1, 7],
    ]);
  });

  it('keeps an xt match and says that its content is lost', () => {
    const { value, diagnostics } = parseRuleText({ name: 'test', text: 'xt match "recent"' }, 'ip');
    expect(value.statements[0]).toMatchObject({ kind: 'xt', type: 'match', name: 'recent' });
    expect(diagnostics.map(({ code }) => code)).toEqual(['foreign-extension']);
  });
});
