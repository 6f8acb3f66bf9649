/** Properties of the iptables formats: loading never fails, printing is stable, a translation needs no text. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { IptablesRuleset } from '../../src/ast/iptables.ts';
import { catalogue } from '../../src/base/catalogue.ts';
import { loadIptablesSave } from '../../src/formats/iptables-save/load.ts';
import { printIptablesSave } from '../../src/formats/iptables-save/print.ts';
import { listIptablesAsNft } from '../../src/formats/iptables-translate/list-as-nft.ts';
import { translateIptables } from '../../src/formats/iptables-translate/translate.ts';

const address = fc
  .tuple(fc.nat(255), fc.nat(255), fc.nat(255), fc.nat(255), fc.nat(32))
  .map(([a, b, c, d, length]) => `${a}.${b}.${c}.${d}/${length}`);
const port = fc.nat(65535).map(String);
const ports = fc.oneof(
  port,
  fc.tuple(fc.nat(65535), fc.nat(65535)).map(([a, b]) => `${Math.min(a, b)}:${Math.max(a, b)}`),
);
const not = fc.constantFrom('', '! ');
const mark = fc
  .tuple(fc.nat(0xffffffff), fc.option(fc.nat(0xffffffff)))
  .map(([value, mask]) => (mask === null ? `${value}` : `0x${value.toString(16)}/${mask}`));
const text = fc.stringMatching(/^[\w "'\\:#-]{1,25}$/);
const quoted = text.map((value) => `"${value.replaceAll(/["\\]/g, '\\$&')}"`);

function words(...parts: readonly (fc.Arbitrary<string> | string)[]): fc.Arbitrary<string> {
  const arbitraries = parts.map((part) => (typeof part === 'string' ? fc.constant(part) : part));
  return fc.tuple(...arbitraries).map((pieces) => pieces.join(''));
}

const header = fc.oneof(
  fc.constant(''),
  words('-s ', address, ' '),
  words(not, '-d ', fc.ipV4(), ' '),
  words(not, '-i ', fc.constantFrom('eth0', 'br+', 'lo'), ' '),
);

const match = fc.oneof(
  words('-m tcp ', not, '--dport ', ports),
  words('-m tcp --tcp-flags SYN,ACK ', fc.constantFrom('SYN', 'NONE', 'ACK')),
  words('-m mark ', not, '--mark ', mark),
  words('-m connmark --mark ', mark),
  words('-m comment --comment ', quoted),
  words('-m conntrack ', not, '--ctstate ', fc.constantFrom('NEW', 'INVALID,NEW', 'UNTRACKED')),
  words(
    '-m limit --limit ',
    fc.integer({ min: 1, max: 500 }).map(String),
    fc.constantFrom('/s', '/min', '/day'),
  ),
  words(
    '-m multiport --dports ',
    fc.uniqueArray(port, { minLength: 1, maxLength: 7 }).map((list) => list.join(',')),
  ),
  words('-m addrtype ', not, '--dst-type ', fc.constantFrom('LOCAL', 'LOCAL,MULTICAST')),
  words('-m statistic --mode random --probability 0.', fc.nat(9999).map(String)),
  words('-m length --length ', ports),
  words('-m ttl --ttl-lt ', fc.nat(255).map(String)),
);

const target = fc.oneof(
  fc.constantFrom('ACCEPT', 'DROP', 'RETURN', 'OTHER', 'REJECT').map((name) => ` -j ${name}`),
  words(' -j MARK --set-xmark ', mark),
  words(' -j LOG --log-prefix ', quoted),
  fc.constant(''),
);

const rule = fc
  .tuple(header, fc.array(match, { maxLength: 3 }), target)
  .map(([front, matches, back]) => `-A FOO ${front}-p tcp ${matches.join(' ')}${back}`);

function save(rules: readonly string[]): string {
  return ['*filter', ':FOO - [0:0]', ':OTHER - [0:0]', ...rules, 'COMMIT', ''].join('\n');
}

function load(source: string): IptablesRuleset {
  const { value, diagnostics } = loadIptablesSave(source, { family: 'ip' });
  const errors = diagnostics.filter(({ code }) => catalogue[code].severity === 'error');
  expect(errors.map(({ message }) => message)).toEqual([]);
  return value;
}

describe('iptables-save', () => {
  it('prints what loads to the same again', () => {
    fc.assert(
      fc.property(fc.array(rule, { maxLength: 5 }), (rules) => {
        const once = printIptablesSave(load(save(rules)));
        expect(printIptablesSave(load(once))).toBe(once);
      }),
      { numRuns: 150 },
    );
  });

  it('keeps every rule, in whatever order the shapes come', () => {
    fc.assert(
      fc.property(fc.array(rule, { minLength: 1, maxLength: 4 }), (rules) => {
        const together = printIptablesSave(load(save([...rules, ...rules]))).split('\n');
        const alone = rules.flatMap((each) =>
          printIptablesSave(load(save([each])))
            .split('\n')
            .filter((line) => line.startsWith('-A')),
        );
        expect(together.filter((line) => line.startsWith('-A'))).toEqual([...alone, ...alone]);
      }),
      { numRuns: 100 },
    );
  });

  it('can be listed and translated', () => {
    fc.assert(
      fc.property(fc.array(rule, { maxLength: 3 }), (rules) => {
        const ruleset = load(save(rules));
        expect(listIptablesAsNft(ruleset)).toContain('table ip filter {');
        expect(translateIptables(ruleset)).toContain('add table ip filter\n');
      }),
      { numRuns: 50 },
    );
  });
});

const sample = save([
  '-A FOO -s 1.2.3.4/24 ! -i eth+ -p tcp -m tcp --dport 1:2 -m comment --comment "a \\"b" -j DROP',
  '[1:2] -A FOO -m set --match-set x src,dst -m hashlimit --hashlimit-upto 5kb/s --hashlimit-name y',
]);

function loadsQuietly(source: string): void {
  const { diagnostics } = loadIptablesSave(source, { family: 'ip6' });
  for (const { span } of diagnostics) {
    expect(span.start).toBeGreaterThanOrEqual(0);
    expect(span.end).toBeLessThanOrEqual(source.length);
  }
}

describe('mistakes', () => {
  it('end in diagnostics inside the text, wherever it is cut', () => {
    for (let end = 0; end <= sample.length; end++) loadsQuietly(sample.slice(0, end));
  });

  it('of any kind end in diagnostics', () => {
    const piece = fc.oneof(
      fc.string({ maxLength: 8 }),
      rule,
      fc.constantFrom(
        '*nat\n',
        '\n',
        ' ',
        '-A FOO',
        '-m',
        '"',
        '\\',
        '!',
        ':X',
        '[1:',
        '-j',
        '--',
        'COMMIT\n',
      ),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (parts) =>
        loadsQuietly(`*filter\n${parts.join('')}`),
      ),
      { numRuns: 300 },
    );
  });

  it('may be long', () => {
    const line = `-A FOO ${'! '.repeat(20_000)}${'-m tcp '.repeat(2_000)}${'"'.repeat(9_999)}`;
    loadsQuietly(`*filter\n${line}`);
    const inserted = Array.from(
      { length: 20_000 },
      (_, index) => `-I FOO -s 10.0.0.${index % 256}`,
    );
    expect(load(save(inserted)).tables[0]?.rules).toHaveLength(20_000);
  });
});
