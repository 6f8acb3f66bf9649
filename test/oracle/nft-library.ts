/** The real nft beside the simulator: libnftables in a network namespace of its own, many scripts per process start. */

import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface Question {
  /** Loaded before, as a script of its own. */
  readonly setup: string;
  readonly text: string;
}

export interface Answer {
  /** 0 when nft accepted the script. */
  readonly status: number;
  readonly bytecode: string;
  readonly error: string;
  readonly setupError: string;
  /** `nft -s list ruleset` and `nft -s -j list ruleset`, where the script was accepted. */
  readonly list?: string;
  readonly json?: string;
}

/** Where the library lies: `NFT_LIBRARY_FOLDER`, a folder with its own loader, or the system's place. */
const folders = [
  process.env.NFT_LIBRARY_FOLDER ?? '',
  '/opt/nft-sid/usr/lib/x86_64-linux-gnu',
  '/usr/lib/x86_64-linux-gnu',
  '/usr/lib64',
];

function libraryFolder(): string | undefined {
  return folders.find((folder) => existsSync(join(folder, 'libnftables.so.1')));
}

/** Why nft cannot be asked here; undefined when it can. */
export function libraryMissing(): string | undefined {
  if (process.getuid?.() !== 0) return 'not root: network namespaces and rulesets need it';
  if (libraryFolder() === undefined)
    return 'no libnftables.so.1 (NFT_LIBRARY_FOLDER names its folder)';
  if (spawnSync('python3', ['--version']).status !== 0) return 'python3 cannot be started';
  if (spawnSync('unshare', ['-n', 'true']).status !== 0)
    return 'network namespaces are not allowed';
  return undefined;
}

/** A newer libc than the system's comes with its own loader. */
function pythonCommand(folder: string): readonly string[] {
  const python = spawnSync('python3', ['-c', 'import sys; print(sys.executable)'], {
    encoding: 'utf8',
  }).stdout.trim();
  const loader = join(folder, 'ld-linux-x86-64.so.2');
  if (!existsSync(loader)) return [python];
  return [loader, '--library-path', `${folder}:/usr/lib/x86_64-linux-gnu`, python];
}

/** An answer per question; undefined where nft itself broke down. Several namespaces at once: loading mostly waits. */
export async function askNft(
  questions: readonly Question[],
  streams = 6,
): Promise<readonly (Answer | undefined)[]> {
  const answers: (Answer | undefined)[] = questions.map(() => undefined);
  const share = Math.ceil(questions.length / streams);
  const starts = Array.from({ length: streams }, (_, index) => index * share);
  await Promise.all(
    starts.map(async (start) => {
      const part = questions.slice(start, start + share);
      let done = 0;
      while (done < part.length) {
        const lines = await askOnce(part.slice(done));
        lines.forEach((line, index) => {
          answers[start + done + index] = JSON.parse(line);
        });
        done += lines.length;
        if (done < part.length) done += 1;
      }
    }),
  );
  return answers;
}

/** The answers of one process: fewer than questions if it broke down. */
async function askOnce(questions: readonly Question[]): Promise<readonly string[]> {
  const folder = libraryFolder();
  if (folder === undefined) throw new Error('no libnftables');
  const program = fileURLToPath(new URL('nft_library.py', import.meta.url));
  const place = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'nft-oracle-'));
  const script = 'ip link set lo up 2>/dev/null; exec "$@"';
  const python = [...pythonCommand(folder), program, join(folder, 'libnftables.so.1'), place];
  try {
    const child = spawn('unshare', ['-n', 'sh', '-c', script, 'sh', ...python]);
    const chunks: Buffer[] = [];
    const errors: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => errors.push(chunk));
    child.stdin.on('error', () => {});
    child.stdin.end(questions.map((question) => `${JSON.stringify(question)}\n`).join(''));
    await new Promise((resolve) => child.on('close', resolve));
    const complaint = Buffer.concat(errors).toString();
    if (complaint.includes('Traceback')) throw new Error(complaint);
    const lines = Buffer.concat(chunks).toString().split('\n');
    return lines.slice(0, -1);
  } finally {
    rmSync(place, { recursive: true });
  }
}
