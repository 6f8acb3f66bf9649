import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { learnShapes } from '../../../../grammar/nft/learn-shapes.ts';
import { readListing } from '../../../../grammar/nft/listing-reader.ts';
import { ShapeBook } from '../../../../grammar/nft/shape-book.ts';
import { parseNft } from '../../../../src/formats/nft/parse.ts';

const knownLines = readdirSync('grammar/nft/known-lines').map(
  (name) => `grammar/nft/known-lines/${name}`,
);
const samples = readdirSync('samples').map((name) => `samples/${name}/ruleset.nft`);
const sources = [...samples, ...knownLines].map((name) => ({
  name,
  text: readFileSync(name, 'utf8'),
}));
const { lessons, unread } = learnShapes(sources);

/** Rules and sets of large listings compute their parts; this asks for all of them. */
function whole(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(whole);
  if (typeof value !== 'object' || value === null) return value;
  const made: Record<string, unknown> = {};
  if ('statements' in value && 'span' in value) {
    const { statements, span } = value;
    Object.assign(made, { statements: whole(statements), span: whole(span) });
    if ('comment' in value) made.comment = value.comment;
    if ('handle' in value) made.handle = value.handle;
    if (!('elements' in value)) return made;
  }
  for (const key of Object.keys(value)) {
    if (key !== 'source' && key !== 'shaped') made[key] = whole(Reflect.get(value, key));
  }
  return made;
}

describe('listings are read from shipped shapes as the grammar reads them', () => {
  it('every line of the samples and of the known lines is shipped', () => {
    expect(unread).toEqual([]);
  });

  it.each(sources.map((source) => [source.name, source] as const))('%s', (_name, source) => {
    const listing = readListing(source, new ShapeBook(lessons));
    expect(listing).toBeDefined();
    const grammar = parseNft(source, { shapes: 'never' });
    expect(whole(listing?.value.commands)).toEqual(whole(grammar.value.commands));
    expect(whole(listing?.diagnostics)).toEqual(whole(grammar.diagnostics));
  });

  it('leaves what it does not know', () => {
    const book = new ShapeBook(lessons);
    for (const text of [
      'table ip t {\n\tchain c {\n\t\tip saddr { 1.2.3.4 } tcp dport 22 meta mark 77 accept\n\t}\n}\n',
      'table ip t {\n\tchain c {\n\t\taccept',
      'add table ip t\n',
      'table ip meta {\n}\n',
      'table t {\n}\n',
      'table ip t {\n\tchain c {\n\t}\n\tcounter x {\n\t}\n}\n',
    ]) {
      expect(readListing({ name: 'test', text }, book)).toBeUndefined();
    }
  });
});
