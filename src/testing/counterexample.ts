/** A packet that broke a property: the packet, its way, and the test file that reproduces it. */

import { traceLines } from '../report/trace/trace-text.ts';
import type { PacketFields } from '../scenario/rows/packet-rows.ts';
import { playPacket } from './observe.ts';
import type { TestRuleset } from './ruleset.ts';

const scalar = (value: unknown): string =>
  typeof value === 'string' && /[:#{}[\],&*?|<>=!%@`'"\\]/.test(value)
    ? `'${value.replaceAll("'", "''")}'`
    : String(value);

export function packetYaml(fields: PacketFields): string {
  const parts = Object.entries(fields).map(([key, value]) => `${key}: ${scalar(value)}`);
  return `{ ${parts.join(', ')} }`;
}

/** A test file for `nft-sim test`; a ruleset that was given as text stands in it. */
export function scenarioText(ruleset: TestRuleset, fields: PacketFields, expect: string): string {
  const indent = (text: string, by: string) => text.replace(/^(?=.)/gm, by);
  const rules =
    ruleset.text === undefined
      ? ''
      : `rulesets:\n  - text: |\n${indent(ruleset.text.trimEnd(), '      ')}\n`;
  return `host: .\n${rules}tests:\n  - name: counterexample\n    packet: ${packetYaml(fields)}\n    expect: ${expect}\n`;
}

export function counterexample(ruleset: TestRuleset, fields: PacketFields, expect: string): string {
  const played = playPacket(ruleset, fields);
  const trace = played?.exploration.outcomes[0]?.trace ?? [];
  return [
    `packet  ${packetYaml(fields)}`,
    ...traceLines(trace),
    '',
    'as a test file:',
    scenarioText(ruleset, fields, expect),
  ].join('\n');
}
