/** Diagnostics as JSON, the form of every command's `--json`. */

import { catalogue } from '../base/catalogue.ts';
import type { Diagnostic, Severity } from '../base/diagnostic.ts';
import type { Span } from '../base/span.ts';
import { positionAt } from '../base/text.ts';

export interface JsonLocation {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

export interface JsonDiagnostic {
  readonly code: string;
  readonly severity: Severity;
  readonly message: string;
  readonly location: JsonLocation;
  readonly hint?: string;
  readonly related?: readonly { readonly message: string; readonly location: JsonLocation }[];
}

export function locationOf(span: Span): JsonLocation {
  const start = positionAt(span.source, span.start);
  const end = positionAt(span.source, span.end);
  return {
    file: span.source.name,
    line: start.line,
    column: start.column,
    endLine: end.line,
    endColumn: end.column,
  };
}

export function diagnosticToJson(diagnostic: Diagnostic): JsonDiagnostic {
  return {
    code: diagnostic.code,
    severity: catalogue[diagnostic.code].severity,
    message: diagnostic.message,
    location: locationOf(diagnostic.span),
    ...(diagnostic.hint === undefined ? {} : { hint: diagnostic.hint }),
    ...(diagnostic.related === undefined
      ? {}
      : {
          related: diagnostic.related.map(({ message, span }) => ({
            message,
            location: locationOf(span),
          })),
        }),
  };
}
