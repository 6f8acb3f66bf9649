/** Objects as they stand in YAML or JSON documents, Lists unfolded, and their selection by kind. */

import type { Diagnostic, Result } from '../../base/diagnostic.ts';
import type { Span } from '../../base/span.ts';
import { type Check, isRecord, type Problem, pathText } from './check.ts';

/** A kind of object: its API group (the version is not looked at) and the check of its fields. */
export interface ObjectKind<Value> {
  readonly group: string;
  readonly kind: string;
  readonly check: Check<Value>;
}

/** An object that is not checked yet. */
export interface RawObject {
  /** Empty for the core group. */
  readonly group: string;
  readonly kind: string;
  readonly value: unknown;
  /** The place of a part of the object. */
  readonly locate: (path: readonly (string | number)[]) => Span;
}

type Path = readonly (string | number)[];

/** What the steps of unfolding share. */
interface Unfolding {
  readonly document: KubernetesDocument;
  readonly objects: RawObject[];
  readonly diagnostics: Diagnostic[];
}

/** A document with the places of its parts. */
export interface KubernetesDocument {
  readonly value: unknown;
  /** The place of the part at the path, or of the nearest part around it. */
  readonly locate: (path: Path) => Span;
}

/** All objects of the documents, in order; what has no `kind` is reported. */
export function objectsOfDocuments(
  documents: readonly KubernetesDocument[],
): Result<readonly RawObject[]> {
  const objects: RawObject[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const document of documents) {
    unfold({ document, objects, diagnostics }, document.value, () => []);
  }
  return { value: objects, diagnostics };
}

/** Paths are made only for messages. */
function unfold(unfolding: Unfolding, value: unknown, pathOf: () => Path): void {
  if (value === null || value === undefined) return;
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      unfold(unfolding, item, () => [...pathOf(), index]);
    }
    return;
  }
  if (!isRecord(value) || typeof value.kind !== 'string') {
    unfolding.diagnostics.push({
      code: 'kubernetes-object',
      span: unfolding.document.locate(pathOf()),
      message: 'this is not a Kubernetes object: it has no kind',
      hint: 'give what kubectl get … -o yaml or -o json prints',
    });
    return;
  }
  const { kind, items } = value;
  if (Array.isArray(items) && kind.endsWith('List'))
    unfoldList(unfolding, value, kind, items, pathOf);
  else unfolding.objects.push(rawObject(unfolding.document, kind, value, pathOf));
}

/** `kubectl get` prints items of a typed list without their own kind. */
function unfoldList(
  unfolding: Unfolding,
  list: Readonly<Record<string, unknown>>,
  listKind: string,
  items: readonly unknown[],
  pathOf: () => Path,
): void {
  const itemKind = listKind.slice(0, -'List'.length);
  for (const [index, item] of items.entries()) {
    const itemPath = (): Path => [...pathOf(), 'items', index];
    if (itemKind !== '' && isRecord(item) && item.kind === undefined) {
      const kinded = { apiVersion: list.apiVersion, ...item };
      unfolding.objects.push(rawObject(unfolding.document, itemKind, kinded, itemPath));
    } else {
      unfold(unfolding, item, itemPath);
    }
  }
}

function rawObject(
  document: KubernetesDocument,
  kind: string,
  value: Readonly<Record<string, unknown>>,
  pathOf: () => Path,
): RawObject {
  const apiVersion = typeof value.apiVersion === 'string' ? value.apiVersion : '';
  const slash = apiVersion.indexOf('/');
  const group = slash < 0 ? '' : apiVersion.slice(0, slash);
  return { group, kind, value, locate: (path) => document.locate([...pathOf(), ...path]) };
}

/** The objects of one kind that pass its check, and a diagnostic for each problem of the others. */
export function objectsOfKind<Value>(
  objects: readonly RawObject[],
  kind: ObjectKind<Value>,
): Result<readonly Value[]> {
  const selected: Value[] = [];
  const diagnostics: Diagnostic[] = [];
  const problems: Problem[] = [];
  for (const object of objects) {
    if (object.kind !== kind.kind || object.group !== kind.group) continue;
    const value = object.value;
    if (kind.check(value, problems)) selected.push(value);
    for (const problem of problems) diagnostics.push(problemDiagnostic(object, problem));
    problems.length = 0;
  }
  return { value: selected, diagnostics };
}

function problemDiagnostic(object: RawObject, problem: Problem): Diagnostic {
  const where = pathText(problem.path) || 'the object';
  const found = problem.value === undefined ? 'is missing' : `is ${valueText(problem.value)}`;
  return {
    code: 'kubernetes-field',
    span: object.locate(problem.path),
    message: `${where} of ${objectTitle(object)} ${found}, wanted ${problem.wanted}`,
    ...(problem.hint === undefined ? {} : { hint: problem.hint }),
  };
}

/** `Service ns1/svc1`, as far as the object says it. */
export function objectTitle(object: RawObject): string {
  const value = isRecord(object.value) ? object.value : {};
  const metadata = isRecord(value.metadata) ? value.metadata : {};
  const { name, namespace } = metadata;
  if (typeof name !== 'string') return object.kind;
  return `${object.kind} ${typeof namespace === 'string' ? `${namespace}/` : ''}${name}`;
}

function valueText(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
