/** Shapes of parts: lists, mappings, records, alternatives. */

import type { Span } from '../../base/span.ts';
import { closest } from '../../base/text.ts';
import { below, complain, type JsonSchema, type Place, type Shape, type ValueOf } from './shape.ts';

export interface Row<Value> {
  readonly shape: Shape<Value>;
  /** One sentence for editors. */
  readonly explain: string;
  readonly required?: true;
}

export type Rows = { readonly [key: string]: Row<unknown> };

/** What a record of these rows is read into: everything that was not written is absent. */
export type RecordOf<R extends Rows> = {
  readonly [Key in keyof R as R[Key] extends { readonly required: true } ? Key : never]: ValueOf<
    R[Key]['shape']
  >;
} & {
  readonly [Key in keyof R as R[Key] extends { readonly required: true } ? never : Key]?: ValueOf<
    R[Key]['shape']
  >;
};

const isMapping = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export function list<Value>(of: Shape<Value>): Shape<readonly Value[]> {
  const what = `a list (each ${of.what})`;
  return {
    what,
    schema: (definitions) => ({ type: 'array', items: of.schema(definitions) }),
    read(value, place) {
      if (!Array.isArray(value)) return complain(place, value, what);
      return value.flatMap((item: unknown, index) => of.read(item, below(place, index)) ?? []);
    },
  };
}

/** A list, or the one thing that it would hold. */
export function oneOrMore<Value>(of: Shape<Value>): Shape<readonly Value[]> {
  const several = list(of);
  return {
    what: `${of.what}, or a list of them`,
    schema: (definitions) => ({ oneOf: [of.schema(definitions), several.schema(definitions)] }),
    read(value, place) {
      if (Array.isArray(value)) return several.read(value, place);
      const one = of.read(value, place);
      return one === undefined ? undefined : [one];
    },
  };
}

/** A mapping with free keys. */
export function mappingOf<Value>(of: Shape<Value>): Shape<ReadonlyMap<string, Value>> {
  return {
    what: 'a mapping',
    schema: (definitions) => ({ type: 'object', additionalProperties: of.schema(definitions) }),
    read(value, place) {
      if (!isMapping(value)) return complain(place, value, 'a mapping');
      const entries = Object.entries(value).flatMap(([key, item]): [string, Value][] => {
        const read = of.read(item, below(place, key));
        return read === undefined ? [] : [[key, read]];
      });
      return new Map(entries);
    },
  };
}

function unknownKey(place: Place, key: string, rows: Rows): void {
  const near = closest(key, Object.keys(rows));
  place.report({
    code: 'scenario-key',
    span: place.document.locateKey([...place.path, key]),
    message: `there is no key '${key}' here`,
    hint:
      near === undefined ? `known keys: ${Object.keys(rows).join(', ')}` : `did you mean ${near}?`,
  });
}

function missingKey(place: Place, key: string): void {
  place.report({
    code: 'scenario-key',
    span: place.document.locate(place.path),
    message: `the key '${key}' is missing`,
  });
}

function recordSchema(rows: Rows, definitions: Map<string, JsonSchema>): JsonSchema {
  const properties = Object.entries(rows).map(([key, { shape, explain }]) => [
    key,
    { description: explain, ...shape.schema(definitions) },
  ]);
  const required = Object.keys(rows).filter((key) => rows[key]?.required === true);
  return {
    type: 'object',
    additionalProperties: false,
    properties: Object.fromEntries(properties),
    ...(required.length === 0 ? {} : { required }),
  };
}

/** A mapping with the keys of the rows; every other key is a mistake. */
export function record<R extends Rows>(what: string, rows: R): Shape<RecordOf<R>> {
  return {
    what,
    schema: (definitions) => recordSchema(rows, definitions),
    read(value, place) {
      if (!isMapping(value)) return complain(place, value, what);
      for (const key of Object.keys(value))
        if (!Object.hasOwn(rows, key)) unknownKey(place, key, rows);
      let complete = true;
      // Entries of unknown type: their values were read by the rows' own shapes.
      const entries: (readonly unknown[])[] = [];
      for (const [key, { shape, required }] of Object.entries(rows)) {
        const given = value[key];
        if (given === undefined || given === null) {
          if (required !== true) continue;
          missingKey(place, key);
          complete = false;
          continue;
        }
        const read = shape.read(given, below(place, key));
        if (read !== undefined) entries.push([key, read]);
        else if (required === true) complete = false;
      }
      return complete ? Object.fromEntries(entries) : undefined;
    },
  };
}

interface Alternatives<Scalar, Mapping> {
  readonly scalar: Shape<Scalar>;
  readonly mapping: Shape<Mapping>;
}

/** A short spelling as text (or number), a long one as a mapping or list. */
export function either<Scalar, Mapping>(
  alternatives: Alternatives<Scalar, Mapping>,
): Shape<Scalar | Mapping> {
  const { scalar, mapping } = alternatives;
  return {
    what: `${scalar.what}, or ${mapping.what}`,
    schema: (definitions) => ({ oneOf: [scalar.schema(definitions), mapping.schema(definitions)] }),
    read(value, place): Scalar | Mapping | undefined {
      return typeof value === 'object' ? mapping.read(value, place) : scalar.read(value, place);
    },
  };
}

/** A shape with a name in the JSON schema, so that it stands there once; made when first needed. */
export function named<Value>(name: string, make: () => Shape<Value>): Shape<Value> {
  let made: Shape<Value> | undefined;
  const shape = (): Shape<Value> => {
    made ??= make();
    return made;
  };
  return {
    what: `a ${name}`,
    schema(definitions) {
      if (!definitions.has(name)) {
        definitions.set(name, {});
        definitions.set(name, shape().schema(definitions));
      }
      return { $ref: `#/$defs/${name}` };
    },
    read: (value, place) => shape().read(value, place),
  };
}

export interface Placed<Value> {
  readonly value: Value;
  readonly place: Place;
  readonly span: () => Span;
}

/** Keeps where it stood: for mistakes that show only later. */
export function placed<Value>(of: Shape<Value>): Shape<Placed<Value>> {
  return {
    what: of.what,
    schema: of.schema,
    read(value, place) {
      const read = of.read(value, place);
      if (read === undefined) return undefined;
      return { value: read, place, span: () => place.document.locate(place.path) };
    },
  };
}
