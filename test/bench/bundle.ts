/** A benchmark as plain JavaScript: what a loader of TypeScript adds to functions would be measured as well. */

import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

/** The path of the bundle. */
export async function bundled(entry: string): Promise<string> {
  const { buildSync } = await import('esbuild');
  const outfile = join(tmpdir(), 'nft-sim-bench', basename(entry).replace(/\.ts$/, '.mjs'));
  const js =
    "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";
  buildSync({
    entryPoints: [entry],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    external: ['esbuild'],
    logLevel: 'error',
    banner: { js },
  });
  return outfile;
}
