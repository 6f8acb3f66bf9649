/** What reading the text of a constant gives. */

export interface ParsedValue {
  readonly kind: 'value';
  /** A number, or the characters of a string type. */
  readonly value: bigint | string;
  /** Width in bits where the text or the datatype settles it; 0 for plain integers. */
  readonly bits: number;
}

/** The text names no value; `candidates` are the datatype's known names, for "did you mean". */
export interface UnparsedValue {
  readonly kind: 'unparsed';
  /** One lower-case sentence without a full stop. */
  readonly message: string;
  readonly candidates: readonly string[];
}

export type ParseResult = ParsedValue | UnparsedValue;

export function parsed(value: bigint | string, bits: number): ParsedValue {
  return { kind: 'value', value, bits };
}

export function unparsed(message: string, candidates: readonly string[] = []): UnparsedValue {
  return { kind: 'unparsed', message, candidates };
}
