/** Reading `ip -j` style JSON without trusting its shape. */

import type { Diagnostic } from '../../base/diagnostic.ts';
import { type Source, spanOf } from '../../base/span.ts';
import { addWarning, notUnderstood, quoted } from './lines.ts';

export type JsonObject = { readonly [key: string]: unknown };

export function looksLikeJson(source: Source): boolean {
  return /^\s*[[{]/.test(source.text);
}

/** The objects of a JSON array; several arrays in a row are read too (`ip -j` prints one per call). */
export function readJsonObjects(source: Source, diagnostics: Diagnostic[]): readonly JsonObject[] {
  const parsed = parseJson(source.text);
  const value = 'value' in parsed ? parsed : parseJson(joinArrays(source.text));
  if ('problem' in value) {
    const message = `not a JSON array of objects: ${quoted(value.problem)}`;
    addWarning(diagnostics, notUnderstood(spanOf(source), message));
    return [];
  }
  const items: readonly unknown[] = Array.isArray(value.value) ? value.value : [value.value];
  return items.filter(isObject).filter((item) => Object.keys(item).length > 0);
}

function parseJson(text: string): { readonly value: unknown } | { readonly problem: string } {
  try {
    const value: unknown = JSON.parse(text);
    return { value };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : '' };
  }
}

function joinArrays(text: string): string {
  return text
    .replace(/\]\s*\[/g, ',')
    .replace(/\[\s*,/g, '[')
    .replace(/,\s*\]/g, ']');
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A string or number field as text. */
export function textField(object: JsonObject, name: string): string | undefined {
  const value = ownField(object, name);
  if (typeof value === 'string') return value;
  return typeof value === 'number' ? String(value) : undefined;
}

export function numberField(object: JsonObject, name: string): number | undefined {
  const value = ownField(object, name);
  if (typeof value === 'number') return value;
  return typeof value === 'string' && /^(\d+|0x[0-9a-f]+)$/i.test(value)
    ? Number(value)
    : undefined;
}

/** Flags are `"name": true` or `"name": null`. */
export function hasFlag(object: JsonObject, name: string): boolean {
  return Object.hasOwn(object, name) && object[name] !== false;
}

export function objectField(object: JsonObject, name: string): JsonObject {
  const value = ownField(object, name);
  return isObject(value) ? value : {};
}

export function objectsField(object: JsonObject, name: string): readonly JsonObject[] {
  const value = ownField(object, name);
  return Array.isArray(value) ? value.filter(isObject) : [];
}

export function textsField(object: JsonObject, name: string): readonly string[] {
  const value = ownField(object, name);
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

function ownField(object: JsonObject, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}
