/** YAML and JSON documents with the places of their parts. */

import { type Document, isNode, type ParsedNode, parseAllDocuments } from 'yaml';
import type { Diagnostic, Result } from '../../base/diagnostic.ts';
import { type Source, type Span, spanOf } from '../../base/span.ts';
import type { KubernetesDocument } from './objects.ts';

/** Reads all documents of a source; JSON is read by the platform and located only when asked. */
export function readDocuments(source: Source): Result<readonly KubernetesDocument[]> {
  return readJson(source) ?? readYaml(source);
}

function readJson(source: Source): Result<readonly KubernetesDocument[]> | undefined {
  if (!/^\s*[{[]/.test(source.text)) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(source.text);
  } catch {
    return undefined;
  }
  let located: Document.Parsed | undefined;
  const locate = (path: readonly (string | number)[]): Span => {
    located ??= yamlDocuments(source.text)[0];
    return located === undefined ? spanOf(source) : spanInDocument(source, located, path);
  };
  return { value: [{ value, locate }], diagnostics: [] };
}

function readYaml(source: Source): Result<readonly KubernetesDocument[]> {
  const documents: KubernetesDocument[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const document of yamlDocuments(source.text)) {
    for (const error of document.errors) {
      const [start, end] = error.pos;
      const span = spanOf(source, start, Math.max(start, end));
      diagnostics.push({ code: 'kubernetes-document', span, message: yamlMessage(error.message) });
    }
    if (document.errors.length > 0) continue;
    const locate = (path: readonly (string | number)[]): Span =>
      spanInDocument(source, document, path);
    documents.push({ value: document.toJS({ maxAliasCount: 1000 }), locate });
  }
  return { value: documents, diagnostics };
}

function yamlDocuments(text: string): readonly Document.Parsed[] {
  const documents = parseAllDocuments<ParsedNode>(text, {
    merge: true,
    prettyErrors: false,
    logLevel: 'silent',
  });
  return Array.isArray(documents) ? documents : [];
}

function yamlMessage(message: string): string {
  const sentence = message.replace(/\.$/, '');
  return `not YAML: ${sentence.charAt(0).toLowerCase()}${sentence.slice(1)}`;
}

function spanInDocument(
  source: Source,
  document: Document.Parsed,
  path: readonly (string | number)[],
): Span {
  for (let length = path.length; length > 0; length--) {
    const node = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return spanOf(source, node.range[0], node.range[1]);
  }
  const range = document.contents?.range ?? document.range;
  return spanOf(source, range[0], range[1]);
}
