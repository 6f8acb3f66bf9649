/** What reading JSON collects on its way. */

import type { Diagnostic } from '../../../base/diagnostic.ts';
import type { Source, Span } from '../../../base/span.ts';
import type { Family } from '../../../fields/families.ts';
import { isArray, isObject, type Json, type JsonObject } from '../json.ts';

export interface ReadContext {
  readonly source: Source;
  /** The whole text: JSON values do not know where they stand. */
  readonly span: Span;
  readonly diagnostics: Diagnostic[];
  readonly family: Family;
}

/** Reports a part that is not understood. */
export function complain(context: ReadContext, what: string, json: Json | undefined): void {
  const { diagnostics, span } = context;
  const shown = shorten(json);
  diagnostics.push({
    code: 'unsupported-json',
    span,
    message: `no ${what} that libnftables knows: ${shown}`,
  });
}

function shorten(json: Json | undefined): string {
  const text = JSON.stringify(json, (_, value: unknown) =>
    typeof value === 'bigint' ? String(value) : value,
  );
  if (text === undefined) return 'nothing';
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

export function textOf(json: Json | undefined): string | undefined {
  if (typeof json === 'string') return json;
  return typeof json === 'number' || typeof json === 'bigint' ? String(json) : undefined;
}

export function numberOf(json: Json | undefined): number | undefined {
  if (typeof json === 'number') return json;
  if (typeof json === 'bigint') return Number(json);
  return typeof json === 'string' && /^(0x[0-9a-f]+|\d+)$/i.test(json) ? Number(json) : undefined;
}

export function bigOf(json: Json | undefined): bigint | undefined {
  if (typeof json === 'bigint') return json;
  const number = numberOf(json);
  return number === undefined ? undefined : BigInt(number);
}

export function objectOf(json: Json | undefined): JsonObject {
  return isObject(json) ? json : {};
}

/** One string or a list of strings. */
export function stringsOf(json: Json | undefined): readonly string[] {
  if (isArray(json)) return json.flatMap((item) => textOf(item) ?? []);
  const text = textOf(json);
  return text === undefined ? [] : [text];
}

/** The only member of an object of one. */
export function onlyMember(json: Json): readonly [name: string, value: Json] | undefined {
  if (!isObject(json)) return undefined;
  const [first] = Object.entries(json);
  return first;
}
