/** Finds test files below the paths that were given. */

import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { Io } from '../io.ts';

const pattern = /\.nfttest\.ya?ml$/;
const skipped = new Set(['node_modules', 'dist']);

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

function below(io: Io, folder: string): readonly string[] {
  const names = io.list(folder);
  if ('failure' in names) return [];
  return names.flatMap((name) => {
    if (name.startsWith('.') || skipped.has(name)) return [];
    const path = join(folder, name);
    if (pattern.test(name)) return [path];
    return isFolder(path) ? below(io, path) : [];
  });
}

/** A file is taken whatever its name; of folders the test files in them, by name. */
export function findTestFiles(io: Io, paths: readonly string[]): readonly string[] {
  const found = paths.flatMap((path) => (isFolder(path) ? below(io, path) : [path]));
  return [...new Set(found)];
}
