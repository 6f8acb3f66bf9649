/** Bad test files: one clear error each, at its place. */

import { describe, expect, it } from 'vitest';
import { formatDiagnostic } from '../../../src/report/diagnostic-text.ts';
import { run } from './support.ts';

const head = 'host: .\ntests:\n  - name: x\n';

const rows: readonly (readonly [string, string, RegExp])[] = [
  [
    'unknown key',
    `${head}    pakket: web\n    packet: {}\n`,
    /:4:5: error: there is no key 'pakket'.*\n.*\n.*\nhint: did you mean packet/,
  ],
  [
    'wrong type',
    `${head}    packet: { source: 10.0.0.1, destination: 10.0.0.2, port: [80] }\n`,
    /:4:\d+: error: port: a list is not a port/,
  ],
  [
    'no address',
    `${head}    packet: { source: 10.0.0.300 }\n`,
    /source: '10.0.0.300' is not an IPv4 or IPv6 address/,
  ],
  ['not YAML', 'tests: [', /error: not YAML/],
  [
    'missing ruleset',
    `rulesets: none.nft\n${head}    packet: { source: 192.168.1.30, destination: 192.0.2.1, port: 80 }\n`,
    /:1:11: error: .*none\.nft: no such file/,
  ],
  [
    'impossible packet',
    `${head}    packet: { source: '2001:db8::1', destination: 192.0.2.1, port: 80 }\n    expect: drop\n`,
    /:4:13: error: x: source and destination are of different families/,
  ],
  [
    'unknown interface',
    `${head}    packet: { source: 192.0.2.1, destination: 192.0.2.1, port: 80, in: wan1 }\n    expect: drop\n`,
    /no interface 'wan1'; did you mean 'wan0'/,
  ],
  [
    'unknown packet',
    `${head}    packet: web\n    expect: drop\n`,
    /:4:13: error: there is no packet 'web'/,
  ],
  [
    'unknown chain',
    `${head}    packet: { source: 192.168.1.30, destination: 192.0.2.1, port: 80 }\n    expect: { misses: from-wam }\n`,
    /there is no chain 'from-wam'/,
  ],
  [
    'no expectation word',
    `${head}    packet: { source: 192.168.1.30, destination: 192.0.2.1, port: 80 }\n    expect: acept\n`,
    /expect: 'acept' is not/,
  ],
  [
    'backward range',
    `${head}    packet: { source: 192.168.1.30, destination: 192.0.2.1 }\n    each: { port: 90-80 }\n    expect: drop\n`,
    /90-80: the range runs backwards/,
  ],
];

describe('mistakes in test files', () => {
  it.each(rows)('%s', async (_name, text, message) => {
    const { diagnostics } = await run(text);
    expect(diagnostics).toHaveLength(1);
    expect(diagnostics.map(formatDiagnostic).join('\n')).toMatch(message);
  });
});
