/** Every property finds a bug that was planted for it, and holds without the bug; its test file reproduces the bug. */

import { describe, expect, it } from 'vitest';
import { processIo } from '../../../src/cli/io.ts';
import { scenarioLoader } from '../../../src/cli/test/scenario-loader.ts';
import { runScenario } from '../../../src/scenario/run-scenario.ts';
import {
  checkProperties,
  propertyRows,
  testHost,
  testRuleset,
} from '../../../src/testing/index.ts';

const forward = (...rules: readonly string[]) => `table ip f {
  chain forward {
    type filter hook forward priority 0; policy drop;
${rules.map((rule) => `    ${rule}\n`).join('')}  }
}
`;
const input = (...rules: readonly string[]) => `table ip f {
  chain input {
    type filter hook input priority 0; policy drop;
${rules.map((rule) => `    ${rule}\n`).join('')}  }
}
`;
const services = (modulus: number, first: string) => `table ip n {
  chain prerouting {
    type nat hook prerouting priority -100;
    ip daddr 192.0.2.1 tcp dport 80 dnat to numgen random mod ${modulus} map { ${first} : 10.0.0.8, ${modulus - 1} : 10.0.0.9 }
  }
}
`;
/** The answer to an address that was rewritten without conntrack cannot be undone. */
const stateless = (statement: string) => `table ip n {
  chain prerouting {
    type nat hook prerouting priority -100;
    iifname "eth0" tcp dport 81 dnat to 10.0.0.9:8080
  }
  chain postrouting {
    type nat hook postrouting priority 100;
    oifname "eth0" masquerade
  }
  chain late {
    type filter hook postrouting priority 300;
${statement}  }
}
`;
const antispoofed = [
  'iifname "eth1" ip saddr != 10.0.0.0/8 drop',
  'iifname "eth0" ip saddr { 10.0.0.0/8, 127.0.0.0/8, 192.0.2.1 } drop',
  'iifname "eth1" ip saddr 10.0.0.1 drop',
];
const established = 'ct state established,related accept';

interface Planted {
  readonly name: string;
  readonly good: string;
  readonly bad: string;
  readonly message: RegExp;
}

const rows: readonly Planted[] = [
  {
    name: 'no-spoofed-source',
    good: forward(established, ...antispoofed, 'accept'),
    bad: forward(established, 'accept'),
    message: /comes in on eth[01] and is forwarded, by ip f forward#1/,
  },
  {
    name: 'no-management-from-outside',
    good: input(established, 'iifname "eth0" tcp dport 22 drop', 'tcp dport { 22, 80 } accept'),
    bad: input(established, 'tcp dport { 22, 80 } accept'),
    message: /port 22 of the host is open on eth0, by ip f input#1/,
  },
  {
    name: 'established-survive',
    good: forward(established, 'iifname "eth1" accept'),
    bad: forward('iifname "eth1" accept'),
    message: /its answer is not: .*policy of ip f forward/,
  },
  {
    name: 'equal-endpoint-shares',
    good: services(2, '0'),
    bad: services(3, '0-1'),
    message: /10\.0\.0\.8:80 66\.67 %, 10\.0\.0\.9:80 33\.33 %/,
  },
  {
    name: 'replies-undo-nat',
    good: stateless(''),
    bad: stateless('    oifname "eth0" tcp sport 8080 ip saddr set 192.0.2.77\n'),
    message: /the answer arrives as .*192\.0\.2\.77/,
  },
  {
    name: 'no-unreachable-rule',
    good: forward('tcp dport 80 accept', 'tcp dport 443 accept'),
    bad: forward('tcp dport 80 accept', 'drop', 'tcp dport 443 accept'),
    message: /1 rules are not reached; 1 of them no packet can match/,
  },
  {
    name: 'rulesets-agree',
    good: forward(established, 'iifname "eth1" tcp dport 80 accept'),
    bad: forward(established, 'iifname "eth1" tcp dport 80-81 accept'),
    message: /differ in what becomes of the packet/,
  },
];

const against = testRuleset(forward(established, 'iifname "eth1" tcp dport 80 accept'));

function findingOf(name: string, text: string) {
  const ruleset = testRuleset(text);
  expect(ruleset.diagnostics).toEqual([]);
  const { findings } = checkProperties(ruleset.program, testHost(), {
    properties: [name],
    runs: 300,
    family: 4,
    against,
  });
  const [finding] = findings;
  if (finding === undefined) throw new Error(`no finding of ${name}`);
  return finding;
}

describe('properties', () => {
  it('all have a row here', () => {
    expect(rows.map(({ name }) => name).sort()).toEqual(
      propertyRows.map(({ name }) => name).sort(),
    );
  });

  it.each(rows)('$name holds, and finds its planted bug', async ({ name, good, bad, message }) => {
    expect(findingOf(name, good).broken?.text).toBeUndefined();
    const { broken } = findingOf(name, bad);
    expect(broken?.message).toMatch(message);
    if (broken?.scenario === undefined) return;
    expect(broken.text).toContain('prerouting');
    const source = { name: 'counterexample.nfttest.yaml', text: broken.scenario };
    const result = await runScenario(source, { loader: scenarioLoader(processIo()) });
    expect(result.diagnostics).toEqual([]);
    expect(result.results.map(({ status }) => status)).toEqual(['failed']);
  });

  it('names what is no property', () => {
    const { program, host } = against;
    const { unknown } = checkProperties(program, host, { properties: ['no-spoofed-sauce'] });
    expect(unknown).toEqual([{ name: 'no-spoofed-sauce', meant: 'no-spoofed-source' }]);
  });
});
