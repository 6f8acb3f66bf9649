// Makes a fresh clone ready: installs the dependencies and builds, each only when missing or out of date.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

function run(command, args) {
  const shell = process.platform === 'win32';
  const result = spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2], shell });
  if (result.status !== 0) process.exit(result.status ?? 1);
}

function newest(path) {
  const info = statSync(path);
  if (!info.isDirectory()) return info.mtimeMs;
  return readdirSync(path).reduce((time, name) => Math.max(time, newest(join(path, name))), 0);
}

const installed = join(root, 'node_modules', '.package-lock.json');
const lock = join(root, 'package-lock.json');
if (!existsSync(installed) || statSync(installed).mtimeMs < statSync(lock).mtimeMs) {
  run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
}
const built = join(root, 'dist', 'cli.cache');
const sources = ['src', 'grammar', 'samples', 'bin', 'package.json'].map((name) =>
  join(root, name),
);
if (!existsSync(built) || sources.some((path) => newest(path) > statSync(built).mtimeMs)) {
  run(process.execPath, [join(root, 'bin', 'build.mjs'), '--no-types']);
}
