/** Holds the map of src/ARCHITECTURE.md: import directions, no clock, no chance, no I/O outside the command line. */

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { catalogue } from '../src/base/catalogue.ts';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Each layer and the layers that it may import; itself is always allowed. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  'src/base': [],
  'src/datatypes': ['src/base'],
  'src/fields': ['src/base', 'src/datatypes'],
  'src/ast': ['src/base', 'src/datatypes', 'src/fields'],
  'src/host': ['src/base', 'src/datatypes', 'src/fields'],
  'src/packet': ['src/base', 'src/datatypes', 'src/fields'],
  grammar: ['src/base', 'src/datatypes', 'src/fields', 'src/ast', 'src/host'],
  'src/model': ['src/base', 'src/datatypes', 'src/fields'],
  'src/lower': ['src/base', 'src/datatypes', 'src/fields', 'src/ast', 'src/model'],
  'src/raise': ['src/base', 'src/datatypes', 'src/fields', 'src/ast', 'src/model'],
  'src/formats': [
    'src/base',
    'src/datatypes',
    'src/fields',
    'src/ast',
    'src/host',
    'src/model',
    'src/lower',
    'src/raise',
    'grammar',
  ],
  'src/trace': ['src/base', 'src/fields', 'src/host', 'src/packet', 'src/model'],
  'src/simulate': [
    'src/base',
    'src/datatypes',
    'src/fields',
    'src/host',
    'src/packet',
    'src/model',
    'src/trace',
  ],
  'src/generate': ['src/base', 'src/datatypes', 'src/fields', 'src/ast', 'grammar'],
  'src/report': [
    'src/base',
    'src/ast',
    'src/fields',
    'src/packet',
    'src/model',
    'src/trace',
    'src/host',
    'src/simulate',
  ],
  'src/scenario': [
    'src/base',
    'src/datatypes',
    'src/fields',
    'src/host',
    'src/packet',
    'src/model',
    'src/trace',
    'src/simulate',
    'src/report',
  ],
  'src/replay': [
    'src/base',
    'src/datatypes',
    'src/host',
    'src/packet',
    'src/model',
    'src/lower',
    'src/formats',
    'src/trace',
    'src/simulate',
  ],
  'src/testing': [
    'src/base',
    'src/datatypes',
    'src/fields',
    'src/ast',
    'src/host',
    'src/packet',
    'src/model',
    'src/lower',
    'src/formats',
    'src/trace',
    'src/simulate',
    'src/generate',
    'src/report',
    'src/scenario',
  ],
  'src/objects': ['src/base', 'src/generate', 'src/trace', 'src/report'],
};

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return filesBelow(path);
    return path.endsWith('.ts') ? [path] : [];
  });
}

const files = [...filesBelow(join(root, 'src')), ...filesBelow(join(root, 'grammar'))];
const sources = new Map(files.map((path) => [relative(root, path), readFileSync(path, 'utf8')]));

function layerOf(path: string): string {
  const parts = path.split('/');
  return parts[0] === 'src' ? parts.slice(0, 2).join('/') : (parts[0] ?? '');
}

/** The modules that a file names, relative ones as paths from the root. */
function importsOf(path: string, text: string): string[] {
  const names = [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map((m) => m[1] ?? '');
  return names.map((name) =>
    name.startsWith('.') ? relative(root, resolve(root, dirname(path), name)) : name,
  );
}

const free = (layer: string) => layer === 'src/cli' || layer.endsWith('.ts');

describe('architecture', () => {
  it('imports point downward only', () => {
    const wrong: string[] = [];
    for (const [path, text] of sources) {
      const layer = layerOf(path);
      if (free(layer)) continue;
      for (const name of importsOf(path, text)) {
        const target = layerOf(name);
        if (!target.startsWith('src/') && target !== 'grammar') continue;
        if (target !== layer && !allowed[layer]?.includes(target)) wrong.push(`${path} → ${name}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('every layer is on the map', () => {
    const map = readFileSync(join(root, 'src/ARCHITECTURE.md'), 'utf8');
    const layers = new Set(
      [...sources.keys()].map(layerOf).filter((layer) => !layer.endsWith('.ts')),
    );
    const missing = [...layers].filter((layer) => !map.includes(`${layer.split('/').at(-1)}/`));
    expect(missing).toEqual([]);
  });

  it('has no clock, no chance, no locale and no I/O outside the command line', () => {
    const forbidden =
      /Date\.now\(|new Date\(\)|Math\.random\(|toLocale|Intl\.|\bprocess\.(?!ts)|from 'node:(?!crypto|buffer)|\bfetch\(|\beval\(|localeCompare/;
    const wrong = [...sources]
      .filter(([path]) => layerOf(path) !== 'src/cli')
      .flatMap(([path, text]) =>
        text
          .split('\n')
          .filter((line) => forbidden.test(line) && !/^\s*(\*|\/\/|\/\*)/.test(line))
          .map((line) => `${path}: ${line.trim()}`),
      );
    expect(wrong).toEqual([]);
  });

  it('only one file knows ipaddr.js, only grammars know chevrotain', () => {
    const users = (name: string) =>
      [...sources]
        .filter(([path, text]) => importsOf(path, text).includes(name))
        .map(([path]) => path);
    expect(users('ipaddr.js')).toEqual(['src/base/address.ts']);
    expect(users('chevrotain').filter((path) => !path.startsWith('grammar/'))).toEqual([]);
  });

  it('every diagnostic code is used', () => {
    const text = [...sources]
      .filter(([path]) => path !== 'src/base/catalogue.ts')
      .map(([, content]) => content)
      .join('\n');
    const unused = Object.keys(catalogue).filter((code) => !text.includes(`'${code}'`));
    expect(unused).toEqual([]);
  });

  it('has no default exports', () => {
    const wrong = [...sources].filter(([, text]) => /^export default/m.test(text)).map(([p]) => p);
    expect(wrong).toEqual([]);
  });
});
