/** The real iptables beside the simulator: rules translated, loaded, saved and listed in a network namespace of their own. */

import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { IptablesFamily } from '../../src/ast/iptables.ts';

export interface IptablesRule {
  readonly family: IptablesFamily;
  readonly table: string;
  /** What stands after `-A CHAIN`. */
  readonly rule: string;
}

export interface IptablesAnswer {
  readonly translate: readonly string[];
  /** Why the rule is not read. */
  readonly error: string;
  /** Why the kernel refused it. */
  readonly kernel?: string;
  readonly save?: readonly string[];
  readonly list?: readonly string[];
}

/** A folder with its own loader, as for nft; `ARGV0` stands for the name that the program is called by. */
const beside = '/opt/nft-sid/usr';

export function toolsMissing(): string | undefined {
  if (process.getuid?.() !== 0) return 'not root: network namespaces and rulesets need it';
  if (!existsSync(beside)) return `no iptables 1.8.13 at ${beside}`;
  if (spawnSync('unshare', ['-n', 'true']).status !== 0)
    return 'network namespaces are not allowed';
  return undefined;
}

export async function askIptables(
  rules: readonly IptablesRule[],
  streams = 4,
): Promise<readonly IptablesAnswer[]> {
  const share = Math.ceil(rules.length / streams);
  const parts = Array.from({ length: streams }, (_, index) =>
    rules.slice(index * share, (index + 1) * share),
  );
  return (await Promise.all(parts.map(askOnce))).flat();
}

async function askOnce(rules: readonly IptablesRule[]): Promise<readonly IptablesAnswer[]> {
  const libraries = join(beside, 'lib/x86_64-linux-gnu');
  const loader = [join(libraries, 'ld-linux-x86-64.so.2'), '--library-path', libraries];
  const multi = [
    loader[0],
    '--argv0',
    'ARGV0',
    ...loader.slice(1),
    join(beside, 'sbin/xtables-nft-multi'),
  ];
  const nft = [...loader, join(beside, 'sbin/nft')];
  const program = fileURLToPath(new URL('iptables_tools.py', import.meta.url));
  const words = ['-n', 'python3', program, JSON.stringify(multi), JSON.stringify(nft)];
  const child = spawn('unshare', words, {
    env: { ...process.env, XTABLES_LIBDIR: join(libraries, 'xtables') },
  });
  const chunks: Buffer[] = [];
  const errors: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => errors.push(chunk));
  child.stdin.end(JSON.stringify(rules));
  await new Promise((resolve) => child.on('close', resolve));
  const text = Buffer.concat(chunks).toString();
  if (errors.length > 0) console.error(Buffer.concat(errors).toString().slice(-3000));
  if (text === '') throw new Error(Buffer.concat(errors).toString());
  return JSON.parse(text);
}
