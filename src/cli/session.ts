/** What one run of the command line carries from command to exit. */

import type { Diagnostic } from '../base/diagnostic.ts';
import { diagnosticToJson } from '../report/diagnostic-json.ts';
import { formatDiagnostic, isError } from '../report/diagnostic-text.ts';
import type { Io } from './io.ts';

/** 0 fine, 1 the answer is no, 2 wrong usage, 70 a bug in nft-sim. */
export type ExitCode = 0 | 1 | 2 | 70;

export interface Session {
  readonly io: Io;
  exitCode: ExitCode;
}

const shownAtMost = 50;

/** Prints diagnostics to standard error, the first fifty; true when one of them is an error. */
export function showDiagnostics(session: Session, diagnostics: readonly Diagnostic[]): boolean {
  for (const diagnostic of diagnostics.slice(0, shownAtMost)) {
    session.io.error(`${formatDiagnostic(diagnostic)}\n`);
  }
  const rest = diagnostics.length - shownAtMost;
  if (rest > 0) session.io.error(`… and ${rest} more\n`);
  return diagnostics.some(isError);
}

/** A mistake in what the user asked for. */
export function fail(session: Session, message: string, code: ExitCode = 2): void {
  session.io.error(`nft-sim: ${message}\n`);
  session.exitCode = code;
}

export function writeJson(session: Session, value: unknown): void {
  session.io.out(`${JSON.stringify(value, jsonValue, 2)}\n`);
}

/** Integers beyond doubles stay exact as strings; bytes are hexadecimal. */
function jsonValue(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') {
    return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value.toString();
  }
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  return value;
}

export { diagnosticToJson };
