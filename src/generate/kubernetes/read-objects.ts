/** Reads the objects of YAML and JSON texts, whatever they are written like. */

import type { Diagnostic, Result } from '../../base/diagnostic.ts';
import type { Source } from '../../base/span.ts';
import { readDocuments } from './documents.ts';
import { objectsOfDocuments, type RawObject } from './objects.ts';

/** All objects of the sources, in order; what is no YAML or has no `kind` is reported. */
export function readObjects(sources: readonly Source[]): Result<readonly RawObject[]> {
  const objects: RawObject[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const source of sources) {
    const documents = readDocuments(source);
    const found = objectsOfDocuments(documents.value);
    diagnostics.push(...documents.diagnostics, ...found.diagnostics);
    for (const object of found.value) objects.push(object);
  }
  return { value: objects, diagnostics };
}
