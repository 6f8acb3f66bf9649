import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { environmentOf, loadProgram, rulesetsOfNode } from '../../../src/cli/input/load-program.ts';
import { readNode, readNodeFiles } from '../../../src/cli/input/node.ts';
import type { Io } from '../../../src/cli/io.ts';
import { isMistake, readQuestion } from '../../../src/cli/trace/question.ts';
import { prepareHost } from '../../../src/host/prepared-host.ts';
import type { Program } from '../../../src/model/program.ts';
import { compileProgram } from '../../../src/simulate/compile.ts';
import { explore } from '../../../src/simulate/explore.ts';
import { initialState } from '../../../src/simulate/simulate.ts';

const io: Io = {
  out: () => undefined,
  error: () => undefined,
  colour: false,
  read: (path) => ({ name: path, text: readFileSync(path, 'utf8') }),
  list: (path) => readdirSync(path).sort(),
};

const files = readNodeFiles(io, { host: 'samples/k8s-calico-node' });
if (isMistake(files)) throw new Error(files.mistake);
const { host } = await readNode(files.files);
const sources = rulesetsOfNode(files.files);
const whole = await loadProgram(sources, environmentOf(host));

describe('chains read and completed late give what a program read whole gives', () => {
  it.each([
    { src: '172.17.2.19', dst: '10.96.0.1', dport: '443' },
    { src: '172.17.2.19', dst: '10.96.0.10', dport: '53', proto: 'udp' },
    { src: '172.17.2.19', dst: '172.17.2.12', dport: '9153' },
    { src: '172.17.2.19', dst: '203.0.113.7', dport: '80' },
    { src: '192.0.2.1', dst: '10.96.0.1', dport: '443', iif: 'cali81f8b902e6e' },
    { src: '172.16.0.11', dst: '10.96.0.10', dport: '53' },
    { src: '172.16.0.1', dst: '172.16.0.11', dport: '4789', proto: 'udp' },
  ])('$src to $dst:$dport', async (options) => {
    const question = readQuestion(prepareHost(host), options);
    if (isMistake(question)) throw new Error(question.mistake);
    const play = (program: Program) => {
      const compiled = compileProgram(program, { host });
      return explore(compiled, initialState(compiled), question.input, { clock: 0 });
    };
    const facts = (exploration: ReturnType<typeof play>) =>
      exploration.outcomes.map(({ trace, fate, probability, assumptions }) => ({
        trace,
        fate,
        probability,
        assumptions,
      }));
    const { program, late } = await loadProgram(sources, environmentOf(host), { late: true });
    expect(late?.companions).toHaveLength(1);
    expect(facts(play(program))).toEqual(facts(play(whole.program)));
    expect(late?.failed).toBe(false);
    expect(late?.completedRules).toBeGreaterThan(0);
    expect(late?.readChains).toBeLessThan(late?.chains ?? 0);
  });
});
