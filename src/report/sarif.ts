/** Diagnostics and other findings as SARIF 2.1.0, for code scanning; one rule per stable code. */

import { catalogue } from '../base/catalogue.ts';
import type { Diagnostic, Severity } from '../base/diagnostic.ts';
import { type JsonLocation, locationOf } from './diagnostic-json.ts';

/** A finding that has no diagnostic code of the catalogue: a failed test, a broken property. */
export interface SarifFinding {
  /** Stable, kebab-case. */
  readonly rule: string;
  /** One sentence about the rule. */
  readonly explain: string;
  readonly level: 'error' | 'warning' | 'note';
  readonly message: string;
  readonly location: JsonLocation;
  readonly related?: readonly { readonly message: string; readonly location: JsonLocation }[];
}

const levels: Readonly<Record<Severity, SarifFinding['level']>> = {
  error: 'error',
  warning: 'warning',
  unmodelled: 'note',
};

export function findingOf(diagnostic: Diagnostic): SarifFinding {
  const { severity, explain } = catalogue[diagnostic.code];
  const { hint, message, related } = diagnostic;
  return {
    rule: diagnostic.code,
    explain,
    level: levels[severity],
    message: hint === undefined ? message : `${message}\nhint: ${hint}`,
    location: locationOf(diagnostic.span),
    ...(related === undefined
      ? {}
      : {
          related: related.map((one) => ({ message: one.message, location: locationOf(one.span) })),
        }),
  };
}

function sarifLocation({ file, line, column, endLine, endColumn }: JsonLocation) {
  const uri = file.split('/').map(encodeURIComponent).join('/');
  return {
    physicalLocation: {
      artifactLocation: { uri },
      region: { startLine: line, startColumn: column, endLine, endColumn },
    },
  };
}

function resultOf(finding: SarifFinding, ruleIndex: number) {
  const { rule, level, message, location, related } = finding;
  return {
    ruleId: rule,
    ruleIndex,
    level,
    message: { text: message },
    locations: [sarifLocation(location)],
    ...(related === undefined
      ? {}
      : {
          relatedLocations: related.map((one, id) => ({
            id,
            message: { text: one.message },
            ...sarifLocation(one.location),
          })),
        }),
  };
}

/** The log as one JSON text; rules are those that occur, in the order in which they first do. */
export function sarifLog(findings: readonly SarifFinding[], version: string): string {
  const rules = new Map<string, { readonly index: number; readonly explain: string }>();
  for (const { rule, explain } of findings) {
    if (!rules.has(rule)) rules.set(rule, { index: rules.size, explain });
  }
  const driver = {
    name: 'nft-sim',
    version,
    rules: [...rules].map(([id, { explain }]) => ({ id, shortDescription: { text: explain } })),
  };
  const results = findings.map((finding) => resultOf(finding, rules.get(finding.rule)?.index ?? 0));
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [{ tool: { driver }, columnKind: 'utf16CodeUnits', results }],
  };
  return `${JSON.stringify(log, undefined, 2)}\n`;
}
