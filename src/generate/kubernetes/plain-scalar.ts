/** Scalars of YAML 1.2 (core schema) as they stand on one line. */

const simple = /^[A-Za-z_/][\w./@+=-]*(?: [\w./@+=-]+)*$/;
const indicator = /^[-?:,[\]{}#&*!|>'"%@`<=]/;
const whole = /^-?(?:0|[1-9]\d{0,14})$/;
const numberLike = /^[-+]?\.?\d[\d_.eExXoOa-fA-F+-]*$|^[-+]?\.(?:inf|nan)$/i;
const quad = /^\d+\.\d+\.\d+\.\d+(?:\/\d+)?$/;

/** A plain scalar; undefined for what may be something else. */
export function scalarValue(text: string): string | number | boolean | null | undefined {
  if (simple.test(text)) return word(text);
  if (whole.test(text)) return text === '-0' ? undefined : Number(text);
  if (quad.test(text)) return text;
  if (indicator.test(text) || numberLike.test(text)) return undefined;
  if (/: |:$| #/.test(text) || text === '~' || text === '') return undefined;
  return text;
}

function word(text: string): string | boolean | null {
  switch (text) {
    case 'true':
    case 'True':
    case 'TRUE':
      return true;
    case 'false':
    case 'False':
    case 'FALSE':
      return false;
    case 'null':
    case 'Null':
    case 'NULL':
      return null;
    default:
      return text;
  }
}

/** `'it''s'`; undefined when the quote is not closed at the end. */
export function singleQuoted(text: string): string | undefined {
  return /^'(?:[^']|'')*'$/.test(text) ? text.slice(1, -1).replaceAll("''", "'") : undefined;
}
