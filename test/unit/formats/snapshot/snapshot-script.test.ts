/** The snapshot script: valid sh, careful, and its folder is read back. */

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readHostFacts } from '../../../../src/formats/snapshot/read-host-facts.ts';
import { snapshotScript } from '../../../../src/formats/snapshot/snapshot-script.ts';
import { type SnapshotKind, snapshotFiles } from '../../../../src/host/snapshot-files.ts';

const script = snapshotScript();

function inFolder<Value>(use: (folder: string) => Value): Value {
  const folder = mkdtempSync(join(tmpdir(), 'nft-sim-test-'));
  try {
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const canIsolate = spawnSync('unshare', ['-n', 'ip', 'link']).status === 0;

describe('snapshotScript', () => {
  test('is valid sh', () => {
    execFileSync('sh', ['-n'], { input: script });
  });

  test('takes every kind of file', () => {
    for (const { file, kind } of snapshotFiles) {
      if (file.endsWith('.json') && kind !== 'ruleset-json') continue;
      const written = /tables/.test(kind) ? kind.replace('-legacy', '') : file;
      expect(script).toContain(written);
    }
  });

  test('leaves secrets where they are', () => {
    expect(script).not.toMatch(/kubectl get [^\n]*\bsecrets\b/);
    expect(script).toContain("grep -v -i 'secret\\|_key'");
    expect(script).not.toMatch(/get [^\n]*pods[^\n]*-o yaml/);
  });

  test('does not write into a folder that is there', () => {
    inFolder((folder) => {
      const path = join(folder, 'script.sh');
      writeFileSync(path, script);
      const run = spawnSync('sh', [path, folder], { encoding: 'utf8' });
      expect(run.status).toBe(1);
      expect(run.stderr).toContain('cannot make the directory');
      expect(readdirSync(folder)).toEqual(['script.sh']);
    });
  });

  test('without any tool it makes an empty folder and says what is missing', () => {
    inFolder((folder) => {
      const path = join(folder, 'script.sh');
      writeFileSync(
        path,
        script
          .replace(/^PATH=.*$/m, 'PATH=$1/bin')
          .replace('mkdir -- "$directory"', '/bin/mkdir -- "$directory"'),
      );
      const run = spawnSync('/bin/sh', [path, join(folder, 'out')], { encoding: 'utf8' });
      expect(run.stderr).toContain('no ip-addr.txt: ip is not installed');
      expect(run.stderr).toContain('no ruleset.nft: nft is not installed');
      expect(readdirSync(join(folder, 'out'))).toEqual([]);
    });
  });

  test.runIf(canIsolate)('a folder made in a network namespace is read without warnings', () => {
    inFolder((folder) => {
      const path = join(folder, 'script.sh');
      writeFileSync(path, script);
      const setUp =
        'ip link set lo up; ip link add name in0 type veth peer name out0; ip addr add 192.0.2.1/24 dev in0; ip link set in0 up; ip link set out0 up';
      spawnSync('unshare', ['-n', 'sh', '-c', `${setUp}; sh ${path} ${folder}/out`], {
        encoding: 'utf8',
      });
      const sources = new Map<SnapshotKind, { name: string; text: string }>();
      const made = readdirSync(join(folder, 'out'));
      for (const { file, kind } of snapshotFiles) {
        if (made.includes(file))
          sources.set(kind, { name: file, text: readFileSync(join(folder, 'out', file), 'utf8') });
      }
      const { value, diagnostics } = readHostFacts(sources);
      expect(diagnostics.map((diagnostic) => diagnostic.message)).toEqual([]);
      expect(value.assumptions).toEqual([]);
      expect(value.interfaces.map((device) => device.kind)).toEqual(['loopback', 'veth', 'veth']);
    });
  });
});
