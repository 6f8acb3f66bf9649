import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ebnfPage, textMateGrammar } from '../../../../grammar/nft/pages.ts';

/** `UPDATE_PAGES=1 npx vitest run test/unit/grammar/nft/pages.test.ts` writes them anew. */
function page(name: string, generated: string): void {
  const path = new URL(`../../../../grammar/nft/${name}`, import.meta.url);
  if (process.env.UPDATE_PAGES === '1') writeFileSync(path, generated);
  expect(readFileSync(path, 'utf8')).toBe(generated);
}

describe('pages generated from the grammar are up to date', () => {
  it('nft.ebnf', () => page('nft.ebnf', ebnfPage()));
  it('nft.tmLanguage.json', () => page('nft.tmLanguage.json', textMateGrammar()));
});
