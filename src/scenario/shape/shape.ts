/** Shapes: rows that say once what a part of a test file looks like; they read it and make the editors' JSON schema. */

import type { Diagnostic } from '../../base/diagnostic.ts';
import type { Path, ScenarioDocument } from '../document.ts';

export type JsonSchema = { readonly [key: string]: unknown };

/** A part of the document and where complaints about it go. */
export interface Place {
  readonly document: ScenarioDocument;
  readonly path: Path;
  readonly report: (diagnostic: Diagnostic) => void;
}

export interface Shape<Value> {
  /** What it is, in words: `an IPv4 or IPv6 address`. */
  readonly what: string;
  /** Named parts are put into `definitions` and referred to. */
  readonly schema: (definitions: Map<string, JsonSchema>) => JsonSchema;
  /** Undefined after a complaint. */
  readonly read: (value: unknown, place: Place) => Value | undefined;
}

export type ValueOf<S> = S extends Shape<infer Value> ? Value : never;

export const below = (place: Place, key: string | number): Place => ({
  ...place,
  path: [...place.path, key],
});

const kindWords: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  bigint: 'a number',
  boolean: 'true or false',
  object: 'a mapping',
};

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  return kindWords[typeof value] ?? typeof value;
}

function shown(value: unknown): string {
  if (typeof value === 'string') return `'${value.length > 40 ? `${value.slice(0, 39)}…` : value}'`;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return kindOf(value);
}

/** Says that the value is not what the shape wants. */
export function complain(place: Place, value: unknown, wanted: string, hint?: string): undefined {
  const name = place.path.findLast((part) => typeof part === 'string') ?? 'the file';
  place.report({
    code: 'scenario-value',
    span: place.document.locate(place.path),
    message: `${name}: ${shown(value)} is not ${wanted}`,
    ...(hint === undefined ? {} : { hint }),
  });
  return undefined;
}
