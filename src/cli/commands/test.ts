/** `nft-sim test`: plays the packets of test files through rulesets and compares with what is expected. */

import { type Command, Option } from 'commander';
import type { Session } from '../session.ts';
import type { TestOptions } from '../test/run-tests.ts';

const help = `
A test file names a host, rulesets, packets and what must become of them:

  host: samples/home-router
  tests:
    - name: the web server is reachable
      packet: { source: 198.51.101.7, destination: 203.0.113.10, port: 443, in: wan0 }
      expect: accept dnat 192.168.1.20:8443
    - name: from outside, port {port} is closed
      packet: { source: 198.51.101.7, destination: 203.0.113.10, in: wan0 }
      each: { port: "22, 53, 8000-8010" }
      expect: drop

Examples:
  nft-sim test samples
  nft-sim test --reporter junit rules > report.xml
  nft-sim test --coverage html --coverage-file coverage.html rules
  nft-sim test --schema > nfttest.schema.json

Exit codes: 0 all passed, 1 a case failed, 2 a test file or ruleset cannot be used, or wrong usage.`;

export function registerTest(program: Command, session: Session): void {
  program
    .command('test')
    .description('run test files (*.nfttest.yaml): packets, flows and what must become of them')
    .argument('[path...]', 'test files, or folders of them (default: the current folder)')
    .addOption(
      new Option('--reporter <reporter>', 'how results are printed')
        .choices(['dots', 'list', 'tap', 'junit', 'json', 'sarif'])
        .default('dots'),
    )
    .option('--filter <text>', 'only cases whose name holds this')
    .option('--update', 'write what happens into expectations that fail or are missing')
    .option('--watch', 'run again whenever a file that was read changes')
    .addOption(
      new Option('--coverage [form]', 'rules, chains and set elements that no case reached')
        .choices(['text', 'lcov', 'html'])
        .preset('text'),
    )
    .option('--coverage-file <file>', 'write the coverage there instead of standard output')
    .option('--schema', 'print the JSON schema of test files, for editors')
    .addOption(new Option('--color <when>', 'colours').choices(['auto', 'always', 'never']))
    .addHelpText('after', help)
    .action(async (paths: readonly string[], options: TestOptions) => {
      const { runTests } = await import('../test/run-tests.ts');
      await runTests(session, paths, options);
    });
}
