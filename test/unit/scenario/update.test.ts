/** What `--update` writes passes, and leaves the rest of the file alone. */

import { expect, it } from 'vitest';
import { updateScenario } from '../../../src/scenario/update.ts';
import { run } from './support.ts';

const file = `host: . # the router
tests:
  - name: wrong
    packet: { source: 198.51.101.7, destination: 203.0.113.10, port: 443, in: wan0 }
    expect: drop # a remark
  - columns: [source, destination, port, expect]
    rows:
      - 192.168.2.40, 192.168.2.1, 22 → accept
      - [192.168.1.30, 192.0.2.80, 80, drop]
`;

it('replaces wrong expectations in place', async () => {
  const { text, written } = updateScenario(await run(file));
  expect(written).toBe(3);
  expect(text).toBe(
    file
      .replace('expect: drop #', 'expect: accept dnat 192.168.1.20:8443 #')
      .replace('→ accept', '→ reject')
      .replace('80, drop]', '80, accept]'),
  );
  expect((await run(text)).results.map(({ status }) => status)).toEqual([
    'passed',
    'passed',
    'passed',
  ]);
});

it('adds missing ones', async () => {
  const open =
    'host: .\ntests:\n  - packet: { source: 192.168.1.30, destination: 192.0.2.80, port: 80 }\n';
  const { text } = updateScenario(await run(open));
  expect(text).toContain('expect: accept');
});
