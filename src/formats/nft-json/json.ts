/** JSON values, with whole numbers of any size. */

export type Json =
  | null
  | boolean
  | number
  | bigint
  | string
  | readonly Json[]
  | { readonly [key: string]: Json };

export type JsonObject = { readonly [key: string]: Json };

/** JSON text without blanks, as libnftables writes it without indentation. */
export function stringifyJson(value: Json): string {
  if (typeof value === 'bigint') return String(value);
  if (isArray(value)) return `[${value.map(stringifyJson).join(', ')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const members = Object.entries(value).map(
    ([name, member]) => `${JSON.stringify(name)}: ${stringifyJson(member)}`,
  );
  return `{${members.join(', ')}}`;
}

export function isArray(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Leaves out the members that are undefined. */
export function object(members: { readonly [key: string]: Json | undefined }): JsonObject {
  const result: { [key: string]: Json } = {};
  for (const [name, value] of Object.entries(members)) {
    if (value !== undefined) result[name] = value;
  }
  return result;
}

/** An array that is left out when it is empty. */
export function filled(items: readonly Json[]): readonly Json[] | undefined {
  return items.length === 0 ? undefined : items;
}
