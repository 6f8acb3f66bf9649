/** Wrong use and bad input: one clear message, the right exit code, never a stack trace. */

import { describe, expect, it } from 'vitest';
import { runCli } from '../../support/run-cli.ts';

const packet = '--src 192.168.1.30 --dst 192.0.2.80 --dport 80';
const home = '--host samples/home-router';

describe('wrong use', () => {
  it.each([
    ['trace', '--src is missing'],
    [`trace ${packet}`, 'nothing is known of the host: give --host DIR, or --iif DEVICE'],
    [`trace ${home} --src 192.168.1.300 --dst 1.1.1.1 --dport 1`, 'not an IPv4 or IPv6 address'],
    [`trace ${home} ${packet} --iif wan`, 'did you mean wan0?'],
    [`trace --host no-such-folder ${packet}`, 'no-such-folder: no such file or folder'],
    [`trace ${home} --ruleset missing.nft ${packet}`, 'missing.nft: no such file or folder'],
    [`trace ${home} --fact ip-adr=x ${packet}`, 'did you mean ip-addr?'],
    [`trace ${home} ${packet} --assume nonsense`, 'KEY=ANSWER'],
    [`trace ${home} ${packet} --expect maybe`, 'accept, drop, reject'],
    [`trace ${home} ${packet} --format xml`, 'one of text, json, nft'],
    ['nonsense', 'nft-sim --help'],
    [
      'fmt --to iptables-save samples/home-router/ruleset.nft',
      'nft can be written as nft, json, bytecode',
    ],
  ])('%s: %s', async (words, message) => {
    const { code, error } = await runCli(words);
    expect(error).toContain(message);
    expect(error).not.toMatch(/\n\s+at /);
    expect(code).toBe(2);
  });
});

describe('bad rulesets on standard input', () => {
  it.each([
    ['binary', '\u0000\u0001\u0002', 'not text of a ruleset'],
    ['not a ruleset', 'hello world\n', 'error:'],
    [
      'a jump to a missing chain',
      'table ip t {\n\tchain c {\n\t\tjump nowhere\n\t}\n}\n',
      'nowhere',
    ],
    [
      'a loop',
      'table ip t {\n\tchain c {\n\t\ttype filter hook input priority 0;\n\t\tjump a\n\t}\n\tchain a {\n\t\tjump b\n\t}\n\tchain b {\n\t\tjump a\n\t}\n}\n',
      'error:',
    ],
    [
      'jumps 17 deep',
      `table ip t {\n${Array.from({ length: 18 }, (_, n) => `\tchain c${n} {\n${n === 0 ? '\t\ttype filter hook input priority 0;\n' : ''}${n < 17 ? `\t\tjump c${n + 1}\n` : ''}\t}\n`).join('')}}\n`,
      'error:',
    ],
    ['a truncated dump', 'table ip t {\n\tchain c {\n\t\ttcp dport 2', 'error:'],
    ['another kind of text', 'create s hash:net family inet\n', 'ipset'],
  ])('%s', async (_name, text, message) => {
    const { code, error } = await runCli('check -', text);
    expect(code).toBe(1);
    expect(error).toContain(message);
    expect(error).not.toMatch(/\n\s+at /);
  });

  it('never prints control characters of the input', async () => {
    const { out, error } = await runCli(
      'check -',
      'table ip t { chain "\u001b[2Jx" { \u0007 } }\n',
    );
    expect([...(out + error)].filter((c) => c < ' ' && c !== '\n' && c !== '\t')).toEqual([]);
  });
});
