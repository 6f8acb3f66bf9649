/** Reads recordings from files, plain or gzipped. */

import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { Source } from '../../base/span.ts';
import { type Failure, failureReason, type Io } from '../io.ts';

/** RFC 1952 §2.3.1: the first two bytes of a gzip member. */
const gzipped = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

/** The text of a recording; `-` is standard input, which is never gzipped. */
export function openRecording(io: Io, path: string): Source | Failure {
  if (path === '-') return io.read(path);
  try {
    const bytes = readFileSync(path);
    return { name: path, text: (gzipped(bytes) ? gunzipSync(bytes) : bytes).toString('utf8') };
  } catch (error) {
    const damaged =
      error instanceof Error && 'code' in error && String(error.code).startsWith('Z_');
    return { failure: `${path}: ${damaged ? 'damaged gzip data' : failureReason(error)}` };
  }
}
