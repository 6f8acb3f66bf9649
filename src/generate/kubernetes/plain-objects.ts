/** Reads the objects of JSON and of texts in plain YAML, without the full reader of YAML, which takes long to load. */

import { type Source, spanOf } from '../../base/span.ts';
import { objectsOfDocuments, type RawObject } from './objects.ts';
import { type PlainDocument, readPlainYaml } from './plain-yaml.ts';

/**
 * What `readObjects` reads, apart from places: a part's place is that of its document. Undefined when the full reader
 * has to look, or has something to say.
 */
export function readPlainObjects(sources: readonly Source[]): readonly RawObject[] | undefined {
  const objects: RawObject[] = [];
  for (const source of sources) {
    const { text } = source;
    const read = /^\s*[{[]/.test(text) ? readJson(text) : readPlainYaml(text);
    const documents = read?.map(({ value, start, end }) => ({
      value,
      locate: () => spanOf(source, start, end),
    }));
    if (documents === undefined) return undefined;
    const found = objectsOfDocuments(documents);
    if (found.diagnostics.length > 0) return undefined;
    for (const object of found.value) objects.push(object);
  }
  return objects;
}

function readJson(text: string): readonly PlainDocument[] | undefined {
  try {
    return [{ value: JSON.parse(text), start: 0, end: text.length }];
  } catch {
    return undefined;
  }
}
