/** Runs the command line in this process with captured output. */

import { type Io, processIo } from '../../src/cli/io.ts';
import { runMain } from '../../src/cli/main.ts';

export interface CliRun {
  readonly code: number;
  readonly out: string;
  readonly error: string;
}

/** `words` are split at blanks; `stdin` is what `-` reads. */
export async function runCli(words: string, stdin = ''): Promise<CliRun> {
  let out = '';
  let error = '';
  const real = processIo();
  const io: Io = {
    ...real,
    colour: false,
    out: (text) => {
      out += text;
    },
    error: (text) => {
      error += text;
    },
    read: (path) => (path === '-' ? { name: '-', text: stdin } : real.read(path)),
  };
  const code = await runMain(words.split(' ').filter(Boolean), io);
  return { code, out, error };
}
