/** Shapes of single values: text, words, numbers, flags. */

import { closest } from '../../base/text.ts';
import { complain, type JsonSchema, type Shape } from './shape.ts';

interface TextOptions<Value> {
  readonly what: string;
  /** For editors: what the text looks like. */
  readonly pattern?: string;
  readonly hint?: string;
  /** Undefined: the text is not one. */
  readonly parse: (text: string) => Value | undefined;
}

/** Text with a meaning; numbers are taken as the text that was written. */
export function parsedText<Value>(options: TextOptions<Value>): Shape<Value> {
  const { what, pattern, hint, parse } = options;
  const schema: JsonSchema = { type: 'string', ...(pattern === undefined ? {} : { pattern }) };
  return {
    what,
    schema: () => schema,
    read(value, place) {
      const text = typeof value === 'number' ? String(value) : value;
      const result = typeof text === 'string' ? parse(text) : undefined;
      return result ?? complain(place, value, what, hint);
    },
  };
}

export const text: Shape<string> = parsedText({
  what: 'text',
  parse: (value) => value,
});

export const flag: Shape<boolean> = {
  what: 'true or false',
  schema: () => ({ type: 'boolean' }),
  read: (value, place) =>
    typeof value === 'boolean' ? value : complain(place, value, 'true or false'),
};

/** One of some words. */
export function word<const Words extends readonly string[]>(words: Words): Shape<Words[number]> {
  const what = words.length > 8 ? 'a known word' : `one of ${words.join(', ')}`;
  return {
    what,
    schema: () => ({ enum: words }),
    read(value, place) {
      const found = words.find((candidate) => candidate === value);
      if (found !== undefined) return found;
      const near = typeof value === 'string' ? closest(value, words) : undefined;
      return complain(place, value, what, near && `did you mean ${near}?`);
    },
  };
}

interface NumberOptions {
  readonly what: string;
  readonly maximum: number;
  readonly minimum?: number;
  /** Names that stand for numbers. */
  readonly names?: ReadonlyMap<string, number>;
}

function numberFrom(value: unknown, names: ReadonlyMap<string, number> | undefined): number {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string') return Number.NaN;
  if (/^(0x[0-9a-f]+|[0-9]+)$/i.test(value)) return Number(value);
  return names?.get(value.toLowerCase()) ?? Number.NaN;
}

/** An integer in a range, decimal or hexadecimal, or a name for one. */
export function integer({ what, minimum = 0, maximum, names }: NumberOptions): Shape<number> {
  const wanted = `${what} (${minimum} to ${maximum}${names === undefined ? '' : ', or a name'})`;
  const schema: JsonSchema = {
    oneOf: [
      { type: 'integer', minimum, maximum },
      { type: 'string', pattern: names === undefined ? '^0x[0-9a-fA-F]+$' : '^[0-9a-zA-Z._+-]+$' },
    ],
  };
  return {
    what: wanted,
    schema: () => schema,
    read(value, place) {
      const number = numberFrom(value, names);
      if (Number.isInteger(number) && number >= minimum && number <= maximum) return number;
      const near =
        typeof value === 'string' && names !== undefined ? closest(value, names.keys()) : undefined;
      return complain(place, value, wanted, near && `did you mean ${near}?`);
    },
  };
}
