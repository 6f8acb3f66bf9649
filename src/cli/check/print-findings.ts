/** What `check` found: diagnostics and properties as text, JSON or SARIF. */

import type { Diagnostic } from '../../base/diagnostic.ts';
import { locationOf } from '../../report/diagnostic-json.ts';
import { findingOf, type SarifFinding, sarifLog } from '../../report/sarif.ts';
import { colourStyle, plainStyle } from '../../report/style.ts';
import type { PropertyFinding, PropertyReport } from '../../testing/invariants/check-properties.ts';
import { diagnosticToJson, type Session, showDiagnostics, writeJson } from '../session.ts';
import { version } from '../version.ts';
import type { CheckOptions } from './options.ts';

function formatOf({ format, json, sarif }: CheckOptions): CheckOptions['format'] {
  if (sarif === true) return 'sarif';
  return json === true ? 'json' : format;
}

const samplingNote = (options: CheckOptions) =>
  `sampled with seed ${options.seed ?? 1}: a property that held may still be broken by a packet that was not tried`;

function findingToJson({ property, explain, runs, broken }: PropertyFinding): unknown {
  if (broken === undefined) return { property, explain, runs, holds: true };
  const { message, origin, packet, scenario } = broken;
  return {
    property,
    explain,
    runs,
    holds: false,
    message,
    ...(origin === undefined || origin.end === 0 ? {} : { location: locationOf(origin) }),
    ...(packet === undefined ? {} : { packet }),
    ...(scenario === undefined ? {} : { scenario }),
  };
}

function printJson(
  session: Session,
  diagnostics: readonly Diagnostic[],
  report: PropertyReport | undefined,
  options: CheckOptions,
): void {
  const properties =
    report === undefined
      ? {}
      : {
          sampled: true,
          seed: options.seed ?? 1,
          properties: report.findings.map(findingToJson),
          unreached: report.unreached.map(({ rule, text, origin, isDead }) => {
            return { rule, text, dead: isDead, location: locationOf(origin) };
          }),
        };
  writeJson(session, { version: 1, diagnostics: diagnostics.map(diagnosticToJson), ...properties });
}

/** Where a finding without a rule of its own points: the start of a file. */
function startOf(file: string): SarifFinding['location'] {
  return { file, line: 1, column: 1, endLine: 1, endColumn: 1 };
}

function propertyFindings(
  report: PropertyReport | undefined,
  file: string,
): readonly SarifFinding[] {
  const broken = (report?.findings ?? []).flatMap(({ property, explain, broken: found }) => {
    if (found === undefined || property === 'no-unreachable-rule') return [];
    const location =
      found.origin === undefined || found.origin.end === 0
        ? startOf(file)
        : locationOf(found.origin);
    const message = found.packet === undefined ? found.message : `${found.message}\n${found.text}`;
    const finding: SarifFinding = { rule: property, explain, level: 'error', message, location };
    return [finding];
  });
  const unreached = (report?.unreached ?? []).map(({ rule, isDead, origin }): SarifFinding => {
    const why = isDead ? 'no packet can match it' : 'no packet of the sample matched it';
    return {
      rule: 'no-unreachable-rule',
      explain: 'Every rule matches some packet of the sample.',
      level: isDead ? 'warning' : 'note',
      message: `${rule}: ${why}`,
      location: locationOf(origin),
    };
  });
  return [...broken, ...unreached];
}

function printText(session: Session, report: PropertyReport, options: CheckOptions): void {
  const style = session.io.colour ? colourStyle : plainStyle;
  for (const { property, explain, runs, broken } of report.findings) {
    if (broken === undefined) {
      const packets = style.faint(`${runs} packets, none broke it`);
      session.io.out(`${style.good('held  ')} ${property}  ${packets}\n`);
      continue;
    }
    session.io.out(`${style.bad('BROKEN')} ${style.heading(property)}  ${explain}\n`);
    session.io.out(`  found after ${runs} packets: ${broken.message}\n\n`);
    session.io.out(`${broken.text.trimEnd().replace(/^(?=.)/gm, '  ')}\n\n`);
  }
  const wrong = report.findings.filter(({ broken }) => broken !== undefined).length;
  const count = `${report.findings.length - wrong} held, ${wrong} broken`;
  session.io.out(`${count}; ${samplingNote(options)}\n`);
}

export function printFindings(
  session: Session,
  diagnostics: readonly Diagnostic[],
  report: PropertyReport | undefined,
  options: CheckOptions,
): void {
  switch (formatOf(options)) {
    case 'json':
      printJson(session, diagnostics, report, options);
      return;
    case 'sarif': {
      const file = report === undefined ? '' : (sourceOf(report) ?? options.host ?? 'ruleset');
      const findings = [...diagnostics.map(findingOf), ...propertyFindings(report, file)];
      session.io.out(sarifLog(findings, version));
      return;
    }
    default:
      showDiagnostics(session, diagnostics);
      if (report !== undefined) printText(session, report, options);
  }
}

/** The file of the first finding that has one. */
function sourceOf({ findings }: PropertyReport): string | undefined {
  const origin = findings.find(({ broken }) => broken?.origin !== undefined)?.broken?.origin;
  return origin?.source.name;
}
