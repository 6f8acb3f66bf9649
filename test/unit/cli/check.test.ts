/** `nft-sim check`: refusals, properties with counterexamples, JSON and SARIF. */

import { describe, expect, it } from 'vitest';
import { propertyRows } from '../../../src/testing/index.ts';
import { runCli } from '../../support/run-cli.ts';

const home = '--host samples/home-router';
const small = '--runs 60 --seed 1';
const broken = 'table ip t {\n  chain c {\n    jump nowhere\n  }\n}\n';

interface SarifResult {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly level: string;
  readonly message: { readonly text: string };
  readonly locations: readonly {
    readonly physicalLocation: {
      readonly artifactLocation: { readonly uri: string };
      readonly region: { readonly startLine: number; readonly startColumn: number };
    };
  }[];
}

/** What the schema of SARIF 2.1.0 asks of a log of this shape. */
function checkSarif(text: string): readonly SarifResult[] {
  const log = JSON.parse(text);
  expect(log.version).toBe('2.1.0');
  expect(log.$schema).toContain('sarif-2.1.0');
  expect(log.runs).toHaveLength(1);
  const [{ tool, results }] = log.runs;
  expect(tool.driver.name).toBe('nft-sim');
  const ids = tool.driver.rules.map((rule: { readonly id: string }) => rule.id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const result of results) {
    expect(ids[result.ruleIndex]).toBe(result.ruleId);
    expect(['error', 'warning', 'note']).toContain(result.level);
    expect(result.message.text).not.toBe('');
    const { artifactLocation, region } = result.locations[0].physicalLocation;
    expect(artifactLocation.uri).not.toMatch(/^$|\s/);
    expect(region.startLine).toBeGreaterThan(0);
    expect(region.startColumn).toBeGreaterThan(0);
  }
  return results;
}

describe('check', () => {
  it('has the diagnostic code as the SARIF rule', async () => {
    for (const words of ['check --sarif -', 'check --format sarif -']) {
      const { code, out } = await runCli(words, broken);
      expect(code).toBe(1);
      const [result] = checkSarif(out);
      expect(result?.ruleId).toBe('unknown-chain');
      expect(result?.locations[0]?.physicalLocation.region.startLine).toBe(3);
    }
  });

  it('writes a SARIF log without results for an accepted ruleset', async () => {
    const { code, out } = await runCli('check --sarif samples/home-router/ruleset.nft');
    expect(code).toBe(0);
    expect(checkSarif(out)).toEqual([]);
  });

  it('prints the packet, its way and the test file of a broken property', async () => {
    const { code, out } = await runCli(`check --property no-spoofed-source ${small} ${home}`);
    expect(code).toBe(1);
    expect(out).toMatch(/BROKEN no-spoofed-source[\s\S]*forward[\s\S]*as a test file:\n\s+host: /);
    expect(out).toContain('0 held, 1 broken; sampled with seed 1');
  });

  it('has exit code 0 when the sample breaks nothing', async () => {
    const words = `check --property no-management-from-outside ${small} ${home}`;
    const { code, out } = await runCli(words);
    expect(out).toContain('60 packets, none broke it');
    expect(code).toBe(0);
  });

  it('takes the ports and interfaces of its options', async () => {
    const options = '--management-ports 53 --outside guest0';
    const words = `check --property no-management-from-outside ${options} --runs 200 ${home}`;
    expect((await runCli(words)).out).toContain('port 53 of the host is open on guest0');
  });

  it('compares with another ruleset', async () => {
    const same = `check --against samples/home-router ${small} ${home}`;
    expect((await runCli(same)).code).toBe(0);
    const other = 'table ip t {\n}\n';
    const { code, out } = await runCli(`check --against - ${small} ${home}`, other);
    expect(out).toContain('they differ in what becomes of the packet');
    expect(code).toBe(1);
  });

  it('gives properties as JSON and SARIF', async () => {
    const words = `check --properties ${small} ${home}`;
    const json = JSON.parse((await runCli(`${words} --json`)).out);
    expect(json.sampled).toBe(true);
    const names = json.properties.map(({ property }: { readonly property: string }) => property);
    const all = propertyRows.map(({ name }) => name).filter((name) => name !== 'rulesets-agree');
    expect(names.sort()).toEqual([...all].sort());
    const results = checkSarif((await runCli(`${words} --sarif`)).out);
    expect(results.map(({ ruleId }) => ruleId)).toContain('no-spoofed-source');
  });

  it('documents every property in its help', async () => {
    const { out } = await runCli('check --help');
    for (const { name } of propertyRows) expect(out).toContain(`\n  ${name} `);
  });

  it.each([
    ['check', 'no ruleset: name a file'],
    [`check --property nospoofed-source ${home}`, 'did you mean no-spoofed-source?'],
    [`check --property rulesets-agree ${home}`, '--against FILE'],
    [`check --properties --runs none ${home}`, 'a number from 1'],
    [`check --against missing.nft ${home}`, 'missing.nft: no such file'],
  ])('%s: %s', async (words, message) => {
    const { code, error } = await runCli(words);
    expect(error).toContain(message);
    expect(code).toBe(2);
  });
});
