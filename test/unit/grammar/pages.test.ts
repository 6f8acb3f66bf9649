/** The pages beside the grammars are what the grammars say: EBNF, railroad diagrams, colours for editors. */

import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { textMateGrammar } from '../../../grammar/nft/text-mate-grammar.ts';
import { ebnfPage } from '../../../grammar/pages/ebnf-page.ts';
import { languages } from '../../../grammar/pages/languages.ts';
import { railroadPage } from '../../../grammar/pages/railroad-page.ts';
import { namesIn } from '../../../grammar/pages/syntax.ts';

/** `UPDATE_PAGES=1 npx vitest run test/unit/grammar/pages.test.ts` writes them anew. */
function page(path: string, generated: string): void {
  const file = new URL(`../../../grammar/${path}`, import.meta.url);
  if (process.env.UPDATE_PAGES === '1') writeFileSync(file, generated);
  expect(readFileSync(file, 'utf8') === generated, `${path} is out of date`).toBe(true);
}

const all = languages();

describe('pages generated from the grammars are up to date', () => {
  it.each(all)('$name.ebnf', (language) => {
    page(`${language.folder}/${language.name}.ebnf`, ebnfPage(language));
  });

  it.each(all)('$name.railroad.html', (language) => {
    page(`${language.folder}/${language.name}.railroad.html`, railroadPage(language));
  });

  it('nft.tmLanguage.json', () => page('nft/nft.tmLanguage.json', textMateGrammar()));
});

describe('the pages are whole', () => {
  it.each(all)('$name: every rule that is named is there', ({ rules }) => {
    const known = new Set(rules.map(({ name }) => name));
    expect(known.size).toBe(rules.length);
    const missing = rules
      .flatMap(({ syntax }) => namesIn(syntax))
      .filter((name) => !known.has(name));
    expect(missing).toEqual([]);
  });

  it.each(all)('$name: links lead somewhere, nothing is loaded from elsewhere', (language) => {
    const html = railroadPage(language);
    const ids = new Set([...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id));
    const links = [...html.matchAll(/href="#([^"]+)"/g)].map(([, id]) => id);
    expect(links.filter((id) => !ids.has(id))).toEqual([]);
    expect(html).not.toMatch(/<script|src=|https?:|url\(/);
    expect(html.split('<span').length).toBe(html.split('</span>').length);
  });
});

describe('EBNF', () => {
  it('of selectors', () => {
    const selectors = all.find(({ name }) => name === 'calico-selector');
    const text = selectors === undefined ? '' : ebnfPage(selectors);
    expect(text).toContain("selector ::= conjunction { '||' conjunction }");
    expect(text).toContain("negation ::= { '!' } term");
  });

  it('of iptables: rows are part of it', () => {
    const iptables = all.find(({ name }) => name === 'iptables-save');
    const text = iptables === undefined ? '' : ebnfPage(iptables);
    expect(text).toContain("table ::= '*' WORD");
    expect(text).toMatch(/match_mark ::= \{ \[ '!' \] '--mark' WORD \}/);
  });
});
