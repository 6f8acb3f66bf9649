/** The outside world as the commands see it; the only file that touches the process. */

import { readdirSync, readFileSync } from 'node:fs';
import type { Source } from '../base/span.ts';

export interface Io {
  readonly out: (text: string) => void;
  readonly error: (text: string) => void;
  readonly colour: boolean;
  /** Reads a file, or standard input for `-`; a failure is a message. */
  readonly read: (path: string) => Source | Failure;
  /** The names in a folder, sorted. */
  readonly list: (path: string) => readonly string[] | Failure;
}

export interface Failure {
  readonly failure: string;
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or folder',
  EACCES: 'permission denied',
  EISDIR: 'is a folder, not a file',
  ENOTDIR: 'is no folder',
  ERR_STRING_TOO_LONG: 'too large to read as text',
  ERR_FS_FILE_TOO_LARGE: 'too large to read',
};

/** Why a file operation failed, in words. */
export function failureReason(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return reasons[code] ?? (code === '' ? 'cannot be read' : code);
}

function list(path: string): readonly string[] | Failure {
  try {
    return readdirSync(path).sort();
  } catch (error) {
    return { failure: `${path}: ${failureReason(error)}` };
  }
}

function read(path: string): Source | Failure {
  try {
    return { name: path, text: readFileSync(path === '-' ? 0 : path, 'utf8') };
  } catch (error) {
    return { failure: `${path === '-' ? 'standard input' : path}: ${failureReason(error)}` };
  }
}

/** A reader that goes away (`| head`) ends the command quietly. */
function endWithReader(): void {
  process.stdout.on('error', (error) => {
    if ('code' in error && error.code === 'EPIPE') process.exit(0);
    throw error;
  });
}

/** Colour is on for terminals, off with NO_COLOR (no-color.org). */
export function processIo(): Io {
  if (process.stdout.listenerCount('error') === 0) endWithReader();
  return {
    out: (text) => process.stdout.write(text),
    error: (text) => process.stderr.write(text),
    colour: process.stdout.isTTY === true && !process.env.NO_COLOR,
    read,
    list,
  };
}
