/** The outside world as the commands see it; the only file that touches the process. */

import { isAscii } from 'node:buffer';
import { fstatSync, readdirSync, readFileSync, statSync, writeSync } from 'node:fs';
import type { Source } from '../base/span.ts';
import { optimise } from './optimiser.ts';

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

/** Files larger than this are work for optimised code. */
const largeFile = 300_000;

function read(path: string): Source | Failure {
  try {
    const bytes = readFileSync(path === '-' ? 0 : path);
    // Most of what is read is ASCII, for which the shorter way is several times as fast.
    const text = bytes.toString(isAscii(bytes) ? 'latin1' : 'utf8');
    if (text.length > largeFile) optimise();
    return { name: path, text };
  } catch (error) {
    return { failure: `${path === '-' ? 'standard input' : path}: ${failureReason(error)}` };
  }
}

/** A reader that goes away (`| head`) ends the command quietly. */
function endWithReader(error: unknown): void {
  if (error instanceof Error && 'code' in error && error.code === 'EPIPE') process.exit(0);
  throw error;
}

/** Standard output's stream, once it had to be asked; what it still holds would be lost by an early exit. */
let stream: NodeJS.WriteStream | undefined;

/** Writes to standard output without its stream, which takes long to load; the stream takes over where it must wait. */
function outWriter(): (text: string) => void {
  return (text) => {
    let rest: Uint8Array = Buffer.from(text);
    while (stream === undefined && rest.length > 0) {
      try {
        rest = rest.subarray(writeSync(1, rest));
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) {
          endWithReader(error);
        }
        stream = process.stdout;
        if (stream.listenerCount('error') === 0) stream.on('error', endWithReader);
      }
    }
    if (rest.length > 0) stream?.write(rest);
  };
}

/** Only character devices are terminals, and the null device is none: the stream need not be asked. */
function isTerminal(): boolean {
  try {
    const { rdev } = fstatSync(1);
    return rdev !== 0 && rdev !== statSync('/dev/null').rdev && process.stdout.isTTY === true;
  } catch {
    return process.stdout.isTTY === true;
  }
}

/** Colour is on for terminals, off with NO_COLOR (no-color.org). */
export function processIo(): Io {
  return {
    out: outWriter(),
    error: (text) => process.stderr.write(text),
    get colour() {
      return !process.env.NO_COLOR && isTerminal();
    },
    read,
    list,
  };
}

/** Ends the process: at once where everything is written, which saves what Node does to clear up. */
export function leave(exitCode: number): void {
  process.exitCode = exitCode;
  if (stream === undefined && process.platform !== 'win32') process.exit();
}
