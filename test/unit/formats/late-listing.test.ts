/** Jumps and lines of a listing, told from its text; what makes a listing be read whole. */

import { describe, expect, it } from 'vitest';
import { LateChain } from '../../../grammar/nft/late-chains.ts';
import { learnShapes } from '../../../grammar/nft/learn-shapes.ts';
import { ShapeBook } from '../../../grammar/nft/shape-book.ts';
import { loadLateProgram } from '../../../src/cli/input/late-program.ts';
import { debianEnvironment } from '../../../src/datatypes/environment.ts';
import { LateSave } from '../../../src/formats/iptables-save/late-save.ts';
import { ruleLines } from '../../../src/formats/nft/late/late-lines.ts';
import { loadLateListing } from '../../../src/formats/nft/late/load-late-listing.ts';
import { loadNft } from '../../../src/formats/nft/load.ts';
import { lower } from '../../../src/lower/lower.ts';

/** A table of chains by name; `base` has a hook. */
function table(chains: Readonly<Record<string, readonly string[]>>, sets = ''): string {
  const blocks = Object.entries(chains).map(([name, rules]) => {
    const hook = name.startsWith('base')
      ? ['type filter hook input priority filter; policy accept;']
      : [];
    return `\tchain ${name} {\n${[...hook, ...rules].map((line) => `\t\t${line}\n`).join('')}\t}\n`;
  });
  return `table ip t {\n${sets}${blocks.join('\n')}}\n`;
}

const source = (text: string) => ({ name: 'listing', text });
/** The grammar teaches the shapes of the lines; the build ships them. */
const bookOf = (text: string) => new ShapeBook(learnShapes([source(text)]).lessons);
const late = (text: string) => loadLateListing(source(text), bookOf(text));

const deep = (count: number) =>
  Object.fromEntries([
    ['base', ['jump c0']],
    ...Array.from({ length: count }, (_, at) => [
      `c${at}`,
      at + 1 < count ? [`jump c${at + 1}`] : [],
    ]),
  ]);

const map = (target: string) =>
  `\tmap m {\n\t\ttype ipv4_addr : verdict\n\t\telements = { 10.0.0.1 : jump ${target} }\n\t}\n\n`;

describe('jumps', () => {
  it.each([
    ['in order', table({ base: ['jump a', 'goto b'], a: ['jump b'], b: [] }), true],
    ['to a chain that is not there', table({ base: ['jump nowhere'] }), false],
    ['to a base chain', table({ base: ['accept'], a: ['jump base'] }), false],
    ['in a circle', table({ base: ['jump a'], a: ['jump b'], b: ['goto a'] }), false],
    ['to itself', table({ base: ['jump a'], a: ['jump a'] }), false],
    ['15 deep', table(deep(15)), true],
    ['16 deep', table(deep(16)), false],
    ['by a map', table({ base: ['ip saddr vmap @m'], a: ['accept'] }, map('a')), true],
    [
      'by a map, in a circle',
      table({ base: ['jump a'], a: ['ip saddr vmap @m'] }, map('a')),
      false,
    ],
    ['by a map, to nowhere', table({ base: ['ip saddr vmap @m'] }, map('a')), false],
  ])('%s', (_name, text, sound) => {
    expect(late(text) !== undefined).toBe(sound);
    const checked = lower(loadNft(text).value).diagnostics;
    expect(checked.length === 0).toBe(sound);
  });

  it('a chain within a rule has the listing read whole', () => {
    const rule = 'tcp dport 22 jump {\n\t\t\tcounter\n\t\t}';
    expect(late(table({ base: [rule] }))).toBeUndefined();
  });

  it('a chain declared twice is read whole', () => {
    expect(late(table({ a: ['accept'] }))).toBeDefined();
    expect(late(table({ a: ['accept'] }) + table({ a: ['drop'] }))).toBeUndefined();
  });
});

describe('lines of rules', () => {
  const lines = (text: string) =>
    ruleLines(new LateChain('c', { name: 'listing', text }, 0, 0, text.length));

  it('say how a rule ends, and where it is', () => {
    const text =
      '\t\tcounter packets 1 bytes 2 jump a # handle 7\n\n\t\tip saddr 10.0.0.1  drop\n\t\txt target "MARK"\n';
    const found = lines(text) ?? [];
    expect(found.map(({ end, handle }) => [end, handle])).toEqual([
      ['jump a', 7],
      ['drop', undefined],
      ['', undefined],
    ]);
    expect(found.map(({ span }) => text.slice(span.start, span.end))).toEqual([
      'counter packets 1 bytes 2 jump a',
      'ip saddr 10.0.0.1  drop',
      'xt target "MARK"',
    ]);
  });

  it('say nothing where rules may go on', () => {
    expect(lines('\t\ttcp dport { 1,\n\t\t\t2 } accept\n')).toBeUndefined();
    expect(lines('\t\taccept comment "x"\n')).toBeUndefined();
  });
});

describe('chains that cannot be read by themselves', () => {
  it.each([
    ['a line of another language', 'no such line'],
    ['a wrong value', 'tcp dport 99999 accept'],
  ])('%s', (_name, line) => {
    const text = table({ base: ['accept'], a: [line] });
    const book = bookOf(table({ base: ['accept'], a: ['tcp dport 22 accept'] }));
    const options = { environment: debianEnvironment, byShape: false, book };
    const loaded = loadLateProgram(source(text), options);
    expect(loaded?.late.failed).toBe(false);
    expect(loaded?.program.tables[0]?.chains.map(({ rules }) => rules.length)).toEqual([1, 0]);
    expect(loaded?.late.failed).toBe(true);
  });
});

describe('chains of an iptables-save', () => {
  const text = [
    '*filter',
    ':INPUT ACCEPT [0:0]',
    ':A - [0:0]',
    '[1:2] -A INPUT -p tcp -m tcp --dport 22 -j A',
    '-A INPUT -j DROP',
    '-A A -j RETURN',
    'COMMIT',
    '',
  ].join('\n');

  it('are read one by one', () => {
    const save = new LateSave({ name: 'save', text }, 'ip');
    const ruleset = save.chain('filter', 'INPUT');
    expect(ruleset?.tables[0]?.rules.map(({ chain, target }) => [chain, target?.name])).toEqual([
      ['INPUT', 'A'],
      ['INPUT', 'DROP'],
    ]);
    expect(save.chain('filter', 'A')?.tables[0]?.rules).toHaveLength(1);
    expect(save.chain('nat', 'A')?.tables[0]?.rules).toEqual([]);
  });

  it('are left to the grammar where other commands stand between them', () => {
    const other = text.replace('-A A', '-I A');
    expect(new LateSave({ name: 'save', text: other }, 'ip').chain('filter', 'A')).toBeUndefined();
  });
});
