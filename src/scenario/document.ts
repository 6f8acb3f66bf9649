/** The YAML of a test file with the places of its parts; nodes can be replaced without touching the rest. */

import { type Document, isMap, isNode, isScalar, type ParsedNode, parseDocument } from 'yaml';
import type { Diagnostic, Result } from '../base/diagnostic.ts';
import { type Source, type Span, spanOf } from '../base/span.ts';

export type Path = readonly (string | number)[];

export interface ScenarioDocument {
  readonly source: Source;
  readonly value: unknown;
  /** The place of the part at the path, or of the nearest part around it. */
  readonly locate: (path: Path) => Span;
  /** The place of the key that the path ends in; the part itself where it has none. */
  readonly locateKey: (path: Path) => Span;
  readonly yaml: Document.Parsed;
}

/** Aliases of anchors are expanded; far more than a person writes is refused as an attack. */
const aliasLimit = 10_000;

export function readDocument(source: Source): Result<ScenarioDocument | undefined> {
  const yaml = parseDocument<ParsedNode>(source.text, {
    merge: true,
    prettyErrors: false,
    logLevel: 'silent',
  });
  const diagnostics = yaml.errors.map((error): Diagnostic => {
    const [start, end] = error.pos;
    const message = `not YAML: ${sentence(error.message)}`;
    return {
      code: 'scenario-document',
      span: spanOf(source, start, Math.max(start, end)),
      message,
    };
  });
  if (diagnostics.length > 0) return { value: undefined, diagnostics };
  const locate = (path: Path): Span => spanOfPart(source, yaml, path);
  const locateKey = (path: Path): Span => spanOfKey(source, yaml, path) ?? locate(path);
  const value: unknown = yaml.toJS({ maxAliasCount: aliasLimit });
  return { value: { source, value, locate, locateKey, yaml }, diagnostics };
}

function sentence(message: string): string {
  const text = message.replace(/\.$/, '').replace(/\s+/g, ' ');
  return `${text.charAt(0).toLowerCase()}${text.slice(1)}`;
}

function spanOfPart(source: Source, document: Document.Parsed, path: Path): Span {
  for (let length = path.length; length > 0; length--) {
    const node = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return spanOf(source, node.range[0], node.range[1]);
  }
  const range = document.contents?.range ?? document.range;
  return spanOf(source, range[0], range[1]);
}

function spanOfKey(source: Source, document: Document.Parsed, path: Path): Span | undefined {
  const key = path.at(-1);
  const parent = document.getIn(path.slice(0, -1), true);
  if (typeof key !== 'string' || !isMap(parent)) return undefined;
  for (const { key: node } of parent.items) {
    if (isScalar(node) && node.range && String(node.value) === key) {
      return spanOf(source, node.range[0], node.range[1]);
    }
  }
  return undefined;
}
