/** What the user is told about an input, as data; `report/` turns it into text. */

import type { catalogue } from './catalogue.ts';
import type { Span } from './span.ts';

export type Severity = 'error' | 'warning' | 'unmodelled';

export interface CatalogueEntry {
  readonly severity: Severity;
  /** One sentence for the manual: when this diagnostic is given. */
  readonly explain: string;
}

export type DiagnosticCode = keyof typeof catalogue;

export interface Diagnostic {
  readonly code: DiagnosticCode;
  readonly span: Span;
  /** One lower-case sentence without a full stop. */
  readonly message: string;
  /** What to do about it. */
  readonly hint?: string;
  readonly related?: readonly { readonly span: Span; readonly message: string }[];
}

/** What every stage returns: a value as complete as the input allows, and what was wrong. */
export interface Result<Value> {
  readonly value: Value;
  readonly diagnostics: readonly Diagnostic[];
}
