/** Checks of untyped objects against interfaces: each failure is a problem with its path, value and hint. */

/** What is wrong with one value; `path` leads to it from the object that was checked. */
export interface Problem {
  readonly path: (string | number)[];
  readonly value: unknown;
  /** Completes the sentence "… is VALUE, wanted …". */
  readonly wanted: string;
  readonly hint?: string;
}

/** Kubernetes objects say "not set" by leaving a field out or by null. */
export type Maybe<Value> = Value | null | undefined;

export type Check<Value> = (value: unknown, problems: Problem[]) => value is Value;

/** One check for every field of the interface; a forgotten field is a compile error. */
export type FieldChecks<Value> = { readonly [Field in keyof Value]-?: Check<Value[Field]> };

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function fail(value: unknown, problems: Problem[], wanted: string, hint?: string): false {
  problems.push({ path: [], value, wanted, ...(hint === undefined ? {} : { hint }) });
  return false;
}

export const anything: Check<unknown> = (_value): _value is unknown => true;

export const text: Check<string> = (value, problems): value is string => {
  if (typeof value === 'string') return true;
  const scalar = typeof value === 'number' || typeof value === 'boolean';
  return fail(value, problems, 'a string', scalar ? `quote it: "${value}"` : undefined);
};

export const flag: Check<boolean> = (value, problems): value is boolean =>
  typeof value === 'boolean' || fail(value, problems, 'true or false');

export function integer(least: number, most: number): Check<number> {
  return (value, problems): value is number => {
    if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) {
      return true;
    }
    const quoted = typeof value === 'string' && /^\d+$/.test(value);
    const hint = quoted ? `write it without quotes: ${value}` : undefined;
    return fail(value, problems, `a whole number from ${least} to ${most}`, hint);
  };
}

/** A string for which `accepts` holds. */
export function textWhere(accepts: (text: string) => boolean, wanted: string): Check<string> {
  return (value, problems): value is string =>
    typeof value === 'string'
      ? accepts(value) || fail(value, problems, wanted)
      : text(value, problems);
}

export function oneOf<const Name extends string>(...names: readonly Name[]): Check<Name> {
  const known: ReadonlySet<unknown> = new Set(names);
  return (value, problems): value is Name => {
    if (known.has(value)) return true;
    const lower = String(value).toLowerCase();
    const near = names.find((name) => name.toLowerCase() === lower);
    return fail(value, problems, names.join(', '), near && `did you mean ${near}?`);
  };
}

export function optional<Value>(check: Check<Value>): Check<Maybe<Value>> {
  return (value, problems): value is Maybe<Value> =>
    value === undefined || value === null || check(value, problems);
}

export function listOf<Value>(check: Check<Value>): Check<readonly Value[]> {
  return (value, problems): value is readonly Value[] => {
    if (!Array.isArray(value)) return fail(value, problems, 'a list');
    const before = problems.length;
    for (let index = 0; index < value.length; index++) {
      checkAt(check, value[index], index, problems);
    }
    return problems.length === before;
  };
}

/** A map from names to values, as `metadata.labels`. */
export function mapOf<Value>(check: Check<Value>): Check<Readonly<Record<string, Value>>> {
  return (value, problems): value is Readonly<Record<string, Value>> => {
    if (!isRecord(value)) return fail(value, problems, 'a map');
    const before = problems.length;
    for (const key of Object.keys(value)) checkAt(check, value[key], key, problems);
    return problems.length === before;
  };
}

/** An object with the given fields; fields that are not listed are ignored, as Kubernetes does. */
export function objectWith<Value extends object>(fields: FieldChecks<Value>): Check<Value> {
  const entries: readonly (readonly [string, Check<unknown>])[] = Object.entries(fields);
  return (value, problems): value is Value => {
    if (!isRecord(value)) return fail(value, problems, 'a map of fields');
    const before = problems.length;
    for (const [key, check] of entries) checkAt(check, value[key], key, problems);
    return problems.length === before;
  };
}

function checkAt(
  check: Check<unknown>,
  value: unknown,
  key: string | number,
  problems: Problem[],
): void {
  const before = problems.length;
  if (check(value, problems)) return;
  for (let index = before; index < problems.length; index++) problems[index]?.path.unshift(key);
}

/** `spec.ports[0].name`, as kubectl spells paths. */
export function pathText(path: readonly (string | number)[]): string {
  let result = '';
  for (const key of path) {
    if (typeof key === 'number') result += `[${key}]`;
    else if (/^[\w-]+$/.test(key)) result += result === '' ? key : `.${key}`;
    else result += `["${key}"]`;
  }
  return result;
}
