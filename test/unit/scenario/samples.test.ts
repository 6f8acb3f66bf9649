/** `nft-sim test samples` passes, and its machine-readable reports hold every case. */

import { expect, it } from 'vitest';
import { runMain } from '../../../src/cli/main.ts';

async function run(...words: readonly string[]) {
  let text = '';
  const { processIo } = await import('../../../src/cli/io.ts');
  const out = (part: string): void => {
    text += part;
  };
  const io = { ...processIo(), colour: false, error: () => {}, out };
  const code = await runMain(['test', ...words], io);
  return { code, text };
}

it('passes', async () => {
  const { code, text } = await run('samples', '--reporter', 'tap');
  expect(text).not.toContain('not ok');
  expect(code).toBe(0);
  const count = Number(/^1\.\.(\d+)$/m.exec(text)?.[1]);
  expect(text.match(/^ok /gm)).toHaveLength(count);
});

it('has exit code 2 for paths without tests', async () => {
  expect((await run('samples/none')).code).toBe(2);
});

it('writes coverage as lcov', async () => {
  const { text } = await run('samples/home-router', '--coverage', 'lcov');
  expect(text).toContain('SF:samples/home-router/ruleset.nft');
  expect(text).toMatch(/FNDA:[1-9]\d*,inet firewall from-wan/);
});
