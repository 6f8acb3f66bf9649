/** Diagnostics as text: file:line:col, the line, carets, hint; in the manner of nft and rustc. */

import { catalogue } from '../base/catalogue.ts';
import type { Diagnostic } from '../base/diagnostic.ts';
import type { Span } from '../base/span.ts';
import { positionAt, printable } from '../base/text.ts';

const maximumLine = 160;

/** `file:line:column` of the start of a span. */
export function formatLocation(span: Span): string {
  if (span.source.text === '' && span.end === 0) return printable(span.source.name);
  const { line, column } = positionAt(span.source, span.start);
  return `${printable(span.source.name)}:${line}:${column}`;
}

/** The line a span starts on with carets below it; long lines are cut around the carets. */
function excerpt(span: Span): string {
  const { column, text } = positionAt(span.source, span.start);
  const shift = column > maximumLine / 2 ? column - 1 - maximumLine / 4 : 0;
  const shown = text.slice(shift, shift + maximumLine);
  const at = column - 1 - shift;
  const length = Math.max(1, Math.min(span.end - span.start, shown.length - at));
  const indent = [...shown.slice(0, at)].map((c) => (c === '\t' ? '\t' : ' ')).join('');
  const lead = shift > 0 ? '… ' : '';
  const tail = shift + maximumLine < text.length ? ' …' : '';
  const pad = shift > 0 ? '  ' : '';
  return `${lead}${printable(shown)}${tail}\n${pad}${indent}${'^'.repeat(length)}`;
}

/** One diagnostic, several lines, no final line end. */
export function formatDiagnostic(diagnostic: Diagnostic): string {
  const { severity } = catalogue[diagnostic.code];
  const { span } = diagnostic;
  const lines = [
    `${formatLocation(span)}: ${severity}: ${printable(diagnostic.message)} [${diagnostic.code}]`,
  ];
  if (span.source.text !== '' && span.end > 0) lines.push(excerpt(span));
  for (const related of diagnostic.related ?? []) {
    lines.push(`${formatLocation(related.span)}: note: ${printable(related.message)}`);
    if (related.span.source.text !== '') lines.push(excerpt(related.span));
  }
  if (diagnostic.hint !== undefined) lines.push(`hint: ${printable(diagnostic.hint)}`);
  return lines.join('\n');
}

export function isError(diagnostic: Diagnostic): boolean {
  return catalogue[diagnostic.code].severity === 'error';
}
