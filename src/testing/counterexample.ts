/** A packet that broke a property: the packet, its way, and the test file that reproduces it. */

import { listProgram } from '../formats/nft/list.ts';
import { traceLines } from '../report/trace/trace-text.ts';
import type { PacketFields } from '../scenario/rows/packet-rows.ts';
import { playPacket } from './observe.ts';
import type { TestRuleset } from './ruleset.ts';
import { factsOfHost } from './ruleset-place.ts';

/** A value in YAML's flow style, quoted where it must be. */
export function yamlFlow(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(yamlFlow).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    const parts = Object.entries(value).map(([key, part]) => `${key}: ${yamlFlow(part)}`);
    return `{ ${parts.join(', ')} }`;
  }
  const text = String(value);
  const isPlain = /^[A-Za-z0-9_./][A-Za-z0-9_./ -]*$/.test(text) && !/^\S*:|\s$/.test(text);
  return typeof value !== 'string' || isPlain ? text : `'${text.replaceAll("'", "''")}'`;
}

/** `{ source: 10.0.0.1, … }`. */
export function packetYaml(fields: PacketFields): string {
  return yamlFlow(fields);
}

/** One packet of a test: without fields it is the answer to the packet before. */
export interface ScenarioStep {
  readonly packet?: PacketFields;
  /** The short spelling, or the keys of an expectation. */
  readonly expect?: string | Readonly<Record<string, unknown>>;
}

const indented = (text: string, by: number) => text.trimEnd().replace(/^(?=.)/gm, ' '.repeat(by));

function block(key: string, text: string, by: number): string {
  return `${' '.repeat(by)}${key}: |\n${indented(text, by + 2)}\n`;
}

function hostText({ host, place }: TestRuleset): string {
  if (place?.host !== undefined) return `host: ${yamlFlow(place.host)}\n`;
  const facts = factsOfHost(host);
  if (facts === undefined) return 'host: . # the folder of the host under test\n';
  const parts = Object.entries(facts).map(([kind, text]) => block(kind, text ?? '', 2));
  return `host:\n${parts.join('')}`;
}

function rulesetsText({ place, text, program }: TestRuleset): string {
  if (place?.rulesets !== undefined) return `rulesets: ${yamlFlow([...place.rulesets])}\n`;
  if (place?.host !== undefined) return '';
  const lines = block('text', text ?? listProgram(program), 4);
  return `rulesets:\n  - ${lines.trimStart()}`;
}

function stepText({ packet, expect }: ScenarioStep): string {
  const what = packet === undefined ? 'reply: true' : `packet: ${packetYaml(packet)}`;
  const wanted = expect === undefined ? '' : `\n        expect: ${yamlFlow(expect)}`;
  return `      - ${what}${wanted}\n`;
}

/** A test file for `nft-sim test`; a ruleset that was given as text stands in it. */
export function scenarioText(
  ruleset: TestRuleset,
  steps: readonly ScenarioStep[],
  name = 'counterexample',
): string {
  const head = `${hostText(ruleset)}${rulesetsText(ruleset)}tests:\n  - name: ${yamlFlow(name)}\n`;
  const [first] = steps;
  if (steps.length > 1 || first?.packet === undefined)
    return `${head}    flow:\n${steps.map(stepText).join('')}`;
  const { packet, expect } = first;
  const wanted = expect === undefined ? '' : `    expect: ${yamlFlow(expect)}\n`;
  return `${head}    packet: ${packetYaml(packet)}\n${wanted}`;
}

/** The packet, the trace of its first way, and the test file. */
export function counterexample(
  ruleset: TestRuleset,
  packet: PacketFields,
  steps: readonly ScenarioStep[],
  name?: string,
): string {
  const played = playPacket(ruleset, packet);
  return [
    `packet  ${packetYaml(packet)}`,
    ...traceLines(played?.exploration.outcomes[0]?.trace ?? []),
    '',
    'as a test file:',
    scenarioText(ruleset, steps, name),
  ].join('\n');
}
