/** The JSON schema follows from the rows. */

import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { scenarioJsonSchema } from '../../../src/scenario/json-schema.ts';
import { packetRows } from '../../../src/scenario/rows/packet-rows.ts';
import { scenarioRows } from '../../../src/scenario/rows/scenario-rows.ts';

it('names every key of the rows, and every reference is defined', () => {
  const text = JSON.stringify(scenarioJsonSchema());
  for (const key of [...Object.keys(scenarioRows), ...Object.keys(packetRows)])
    expect(text).toContain(`"${key}":`);
  const references = [...text.matchAll(/#\/\$defs\/(\w+)/g)].map((match) => match[1] ?? '');
  const { $defs } = scenarioJsonSchema();
  expect(Object.keys($defs ?? {})).toEqual([...new Set(references)].sort());
});

it('is the one that the package serves to editors', () => {
  const served = JSON.parse(readFileSync('grammar/scenario/nfttest.schema.json', 'utf8'));
  // After a change: nft-sim test --schema > grammar/scenario/nfttest.schema.json
  expect(served).toEqual(JSON.parse(JSON.stringify(scenarioJsonSchema())));
  const { exports, files } = JSON.parse(readFileSync('package.json', 'utf8'));
  const path = exports['./nfttest.schema.json'];
  expect(files.map((file: string) => `./${file}`)).toContain(path);
});
