/** Sorts documents into Felix-level models and Kubernetes objects. */

import type { Diagnostic, Result } from '../../base/diagnostic.ts';
import type { Source } from '../../base/span.ts';
import { readDocuments } from '../kubernetes/documents.ts';
import { readObjects } from '../kubernetes/read-objects.ts';
import type { CalicoInput } from './generate-calico.ts';
import { isRecord } from './plain-data.ts';

type Fields = Readonly<Record<string, unknown>>;

const modelFields = ['workloads', 'host_endpoints', 'policies', 'config', 'nat_outgoing_active'];

/** A document with no kind of its own that has a model, or fields of one. */
function felixModel(value: unknown): Fields | undefined {
  if (!isRecord(value) || typeof value.kind === 'string') return undefined;
  if (isRecord(value.felix_model)) return value.felix_model;
  return modelFields.some((field) => field in value) ? value : undefined;
}

/** The first Felix-level model if there is one, else all objects. */
export function readCalicoInput(sources: readonly Source[]): Result<CalicoInput> {
  const diagnostics: Diagnostic[] = [];
  for (const source of sources) {
    const documents = readDocuments(source);
    const models = documents.value.map(({ value }) => felixModel(value));
    const fields = models.find((model) => model !== undefined);
    if (fields !== undefined) {
      return { value: { kind: 'felix-model', fields }, diagnostics: documents.diagnostics };
    }
  }
  const objects = readObjects(sources);
  diagnostics.push(...objects.diagnostics);
  return { value: { kind: 'objects', objects: objects.value }, diagnostics };
}
