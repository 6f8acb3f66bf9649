/** `nft-sim test` as a user runs it: reporters, coverage, --update, --watch, exit codes. */

import { spawn } from 'node:child_process';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runCli } from '../../support/run-cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'nfttest-'));
afterAll(() => rmSync(folder, { recursive: true }));

const rules = `table inet f {
  set allowed {
    type inet_service
    elements = { 22, 443 }
  }
  chain input {
    type filter hook input priority 0; policy drop;
    tcp dport @allowed accept
    udp dport 53 accept
  }
  chain never {
    tcp dport 1 drop
  }
}
`;
const facts = `host:
  ip-addr: |
    1: lo: <LOOPBACK,UP> mtu 65536 state UNKNOWN
        inet 127.0.0.1/8 scope host lo
    2: eth0: <BROADCAST,UP> mtu 1500 state UP
        link/ether 02:00:00:00:00:01 brd ff:ff:ff:ff:ff:ff
        inet 192.0.2.1/24 scope global eth0
rulesets: rules.nft
defaults: { source: 192.0.2.9, destination: 192.0.2.1 }
`;
const tests = `${facts}tests:
  - name: ssh <is> & "open" # a sign
    packet: { port: 22 }
    expect: accept
  - name: web
    packet: { port: 80 }
    expect: accept
  - name: later
    packet: { port: 81 }
    skip: not yet
`;

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}
file('rules.nft', rules);
const one = file('one.nfttest.yaml', tests);

describe('reporters', () => {
  it('dots: a letter per case, the diff, the rule behind it and the way of the packet', async () => {
    const { code, out } = await runCli(`test ${one}`);
    expect(code).toBe(1);
    expect(out).toMatch(/^\.F-|^\.Fs|^\.F/);
    expect(out).toMatch(/FAIL .*one\.nfttest\.yaml:\d+:\d+ › web/);
    expect(out).toMatch(/expected +accept\n +found +dropped by policy of inet f input/);
    expect(out).toMatch(/│ +input +ip iif eth0[\s\S]*│ fate +dropped/);
    expect(out).toMatch(/1 passed.*1 failed|1 failed.*1 passed/);
  });

  it('list: a line per case', async () => {
    const { out } = await runCli(`test --reporter list ${one}`);
    expect(out).toMatch(/ssh <is> & "open"/);
    expect(out).toMatch(/later \(not yet\)/);
  });

  it('tap: version, plan, results', async () => {
    const { out } = await runCli(`test --reporter tap ${one}`);
    const lines = out.split('\n');
    expect(lines.slice(0, 2)).toEqual(['TAP version 14', '1..3']);
    expect(lines[2]).toMatch(/^ok 1 - .*ssh <is> & "open"/);
    expect(out).toMatch(/^not ok 2 - .* › web\n {2}---\n {2}at: ".*"\n {2}messages:\n/m);
    expect(out).toMatch(/^ok 3 - .* # SKIP not yet$/m);
  });

  it('junit: well-formed, escaped, counted', async () => {
    const { out } = await runCli(`test --reporter junit ${one}`);
    expect(out).toMatch(
      /^<\?xml version="1\.0" encoding="UTF-8"\?>\n<testsuites tests="3" failures="1">/,
    );
    expect(out).toContain('name="ssh &lt;is&gt; &amp; &quot;open&quot;"');
    expect(out).toMatch(
      /<failure message="fate: expected accept, found dropped[^"]*">[\s\S]*<\/failure>/,
    );
    expect(out).toContain('<skipped message="not yet"/>');
    const open = [...out.matchAll(/<(\w+)[^<>]*[^/?]>/g)].map((match) => match[1]);
    const close = [...out.matchAll(/<\/(\w+)>/g)].map((match) => match[1]);
    expect(open.sort()).toEqual(close.sort());
  });

  it('json: the tally, files and cases', async () => {
    const report = JSON.parse((await runCli(`test --reporter json ${one}`)).out);
    expect(report).toMatchObject({
      version: 1,
      passed: 1,
      failed: 1,
      skipped: 1,
      open: 0,
      invalid: 0,
    });
    const [{ cases }] = report.files;
    expect(cases[1]).toMatchObject({ name: 'web', status: 'failed' });
    expect(cases[1].failures[0].complaints[0]).toMatchObject({ aspect: 'fate', wanted: 'accept' });
    expect(cases[1].location.line).toBe(14);
  });

  it('sarif: a rule per aspect of an expectation', async () => {
    const log = JSON.parse((await runCli(`test --reporter sarif ${one}`)).out);
    const [{ tool, results }] = log.runs;
    expect(tool.driver.rules.map(({ id }: { readonly id: string }) => id)).toEqual(['test-fate']);
    expect(results[0]).toMatchObject({ ruleId: 'test-fate', ruleIndex: 0, level: 'error' });
    expect(results[0].locations[0].physicalLocation.region.startLine).toBe(14);
  });
});

describe('coverage', () => {
  it('text: shares, and what was not reached', async () => {
    const { out } = await runCli(`test --coverage text ${one}`);
    expect(out).toContain('1 of 3 rules reached');
    expect(out).toContain('1 of 2 chains reached');
    expect(out).toContain('1 of 2 set elements reached');
    expect(out).toMatch(/not reached +.*rules\.nft:9 +rule inet f input#1 +udp dport 53 accept/);
  });

  it('lcov: chains as functions, rules and elements as lines', async () => {
    const path = join(folder, 'coverage.info');
    await runCli(`test --coverage lcov --coverage-file ${path} ${one}`);
    const text = readFileSync(path, 'utf8');
    expect(text).toMatch(/^TN:\nSF:.*rules\.nft$/m);
    expect(text).toMatch(/^FNDA:2,inet f input$/m);
    expect(text).toMatch(/^DA:8,1$/m);
    expect(text).toMatch(/^DA:9,0$/m);
    expect(text).toMatch(/end_of_record\n$/);
  });

  it('html: one page with a row per rule', async () => {
    const path = join(folder, 'coverage.html');
    await runCli(`test --coverage html --coverage-file ${path} ${one}`);
    const text = readFileSync(path, 'utf8');
    expect(text).toMatch(/^<!doctype html>/);
    expect(text).not.toContain('<script');
    expect(text).toMatch(/<tr class="hit"><td class="n">8<\/td><td class="n">1<\/td>/);
    expect(text).toMatch(/<tr class="miss"><td class="n">9<\/td><td class="n">0<\/td>/);
  });
});

describe('exit codes and options', () => {
  it('0 when all passed, also of a filter', async () => {
    expect((await runCli(`test --filter ssh ${one}`)).code).toBe(0);
  });

  it('2 for a file that cannot be used', async () => {
    const bad = file('bad.nfttest.yaml', `${facts}tests:\n  - pakket: {}\n`);
    const { code, error } = await runCli(`test ${bad}`);
    expect(code).toBe(2);
    expect(error).toMatch(/bad\.nfttest\.yaml:11:5: error: there is no key 'pakket'/);
  });

  it('--update writes what happens; then all passes', async () => {
    const path = file('update.nfttest.yaml', tests);
    expect((await runCli(`test --update ${path}`)).code).toBe(0);
    expect(readFileSync(path, 'utf8')).toBe(
      tests.replace('port: 80 }\n    expect: accept', 'port: 80 }\n    expect: drop'),
    );
    expect((await runCli(`test ${path}`)).code).toBe(0);
  });

  it('--schema prints the schema for editors', async () => {
    const { out } = await runCli('test --schema');
    expect(JSON.parse(out).$schema).toBe('https://json-schema.org/draft/2020-12/schema');
  });

  it('--watch runs again when a file changes', { timeout: 120_000 }, async () => {
    const path = file('watch.nfttest.yaml', tests);
    const script = file(
      'watch.mts',
      `import { runMain } from ${JSON.stringify(join(process.cwd(), 'src/cli/main.ts'))};\nawait runMain(['test', '--watch', ${JSON.stringify(path)}]);\n`,
    );
    const child = spawn(process.execPath, ['--import', 'tsx', script], { cwd: process.cwd() });
    let seen = '';
    let runs = 0;
    await new Promise<void>((resolve, reject) => {
      child.on('exit', () => reject(new Error(seen)));
      child.stdout.on('data', (part: Buffer) => {
        seen += part.toString();
      });
      child.stderr.on('data', (part: Buffer) => {
        seen += part.toString();
        if (seen.split('watching').length - 1 === runs) return;
        runs += 1;
        if (runs === 1)
          appendFileSync(
            path,
            '  - name: another\n    packet: { port: 443 }\n    expect: accept\n',
          );
        if (runs === 2) resolve();
      });
    }).finally(() => {
      child.removeAllListeners('exit');
      child.kill('SIGKILL');
    });
    expect(seen).toMatch(/1 passed[\s\S]*2 passed/);
  });
});
