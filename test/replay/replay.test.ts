/** Recordings replayed: what a kernel did agrees, and what it did not do is found. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readRecording, type Scenario } from '../../src/replay/recording.ts';
import { replayRefusals, replayScenario } from '../../src/replay/replay-scenario.ts';
import { runCli } from '../support/run-cli.ts';

const folder = fileURLToPath(new URL('./cases', import.meta.url));
const router = join(folder, 'web-through-a-router.jsonl');
const textOf = (path: string): string => readFileSync(path, 'utf8');

function scenarioOf(text: string): Scenario {
  const [scenario] = readRecording({ name: 'recording', text }).value;
  if (scenario === undefined) throw new Error('no scenario');
  return scenario;
}

describe('what a kernel did', () => {
  const cases = readdirSync(folder).flatMap((name) =>
    readRecording({ name, text: textOf(join(folder, name)) }).value.map(
      (each) => [`${name} ${each.name}`, each] as const,
    ),
  );
  it.each(cases)('%s', (_name, scenario) => {
    const { errors, packets, final, divergences } = replayScenario(scenario);
    const differences = packets.map(
      (packet) => packet?.packet ?? packet?.conntrack ?? packet?.spawned?.difference,
    );
    expect([...errors, ...differences, final].filter((each) => each !== undefined)).toEqual([]);
    expect(divergences).toBe(0);
  });
});

describe('what it did not do', () => {
  const text = textOf(router);

  it.each([
    [
      '"verdict":"jump refuse"',
      '"verdict":"accept"',
      2,
      'event 0: kernel ip guard forward rule 1 accept mark 0',
    ],
    [
      '"index":2,"mark":7',
      '"index":2,"mark":8',
      0,
      'event 0: kernel ip guard forward rule 2 continue mark 8',
    ],
    ['"kind":"reject"', '"kind":"forwarded"', 2, 'fate: kernel forwarded'],
    [
      '"src":"203.0.113.2"',
      '"src":"203.0.113.3"',
      0,
      'src: kernel "203.0.113.3", simulated "203.0.113.2"',
    ],
  ])('%s is not %s', (found, doctored, packet, message) => {
    expect(text).toContain(found);
    const { packets } = replayScenario(scenarioOf(text.replaceAll(found, doctored)));
    expect(packets[packet]?.packet).toContain(message);
  });

  it('conntrack entries', () => {
    const { packets } = replayScenario(scenarioOf(text.replaceAll('[UNREPLIED]', '[ASSURED]')));
    expect(packets[0]?.conntrack).toContain('conntrack: kernel ipv4 2 tcp 6 SYN_SENT');
  });

  it('counters left afterwards', () => {
    const doctored = text.replace('["ip","guard","refuse",0,1,', '["ip","guard","refuse",0,2,');
    expect(doctored).not.toBe(text);
    expect(replayScenario(scenarioOf(doctored)).final).toContain(
      'counter: kernel ip guard refuse 0 2',
    );
  });

  it('lines that nft refused', () => {
    const refused = [{ kind: 'nft', line: 'tcp dport 80 accept', error: 'Error: doctored' }];
    const [report] = replayRefusals({ ...scenarioOf(text), refused });
    expect(report?.difference).toBe('accepted: tcp dport 80 accept (kernel: Error: doctored)');
  });
});

describe('nft-sim replay', () => {
  it('is silent about packets that agree', async () => {
    const { code, out } = await runCli(`replay ${router}`);
    expect(out).toBe('1 scenario, 4 packets: everything agrees\n');
    expect(code).toBe(0);
  });

  it('prints the first divergence beside the events', async () => {
    const doctored = textOf(router).replaceAll('"verdict":"jump refuse"', '"verdict":"accept"');
    const { code, out } = await runCli('replay -', doctored);
    expect(out).toContain('web-through-a-router packet 2 (lan0): event 0');
    expect(out).toContain(
      '    0  kernel     ip guard forward rule 1 accept mark 0\n       simulated  ip guard forward rule 1 jump refuse mark 0\n',
    );
    expect(out).toContain('divergences in 1 packet in 1 scenario\n');
    expect(code).toBe(1);
  });

  it('prints JSON', async () => {
    const { code, out } = await runCli(`replay --json --all ${router}`);
    const { scenarios, summary } = JSON.parse(out);
    expect(summary).toEqual({
      scenarios: 1,
      packets: 4,
      divergingScenarios: 0,
      divergingPackets: 0,
    });
    expect(scenarios[0].packets[1].kernel).toEqual(['ip guard forward rule 0 accept mark 0']);
    expect(code).toBe(0);
  });

  it('names the line that is no scenario', async () => {
    const { code, error } = await runCli('replay -', '\n{"name":"x"}\n');
    expect(error).toContain(':2:1: error: this line is no recorded scenario');
    expect(code).toBe(2);
  });
});
