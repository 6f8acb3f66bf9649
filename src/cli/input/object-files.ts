/** The YAML and JSON files of cluster objects that the generators read. */

import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Source } from '../../base/span.ts';
import { fail, type Session } from '../session.ts';

/** The files named, in folders those that end in .yaml, .yml or .json, by name. */
export function readObjectFiles(
  session: Session,
  paths: readonly string[],
): readonly Source[] | undefined {
  const sources: Source[] = [];
  for (const path of paths.flatMap(filesAt)) {
    const source = session.io.read(path);
    if ('failure' in source) {
      fail(session, source.failure);
      return undefined;
    }
    sources.push(source);
  }
  return sources;
}

function filesAt(path: string): readonly string[] {
  if (path === '-' || !statSync(path, { throwIfNoEntry: false })?.isDirectory()) return [path];
  const names = readdirSync(path).filter((name) => /\.(?:ya?ml|json)$/.test(name));
  return names.sort().map((name) => join(path, name));
}
