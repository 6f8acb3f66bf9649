/** `nft-sim check`: reads rulesets and says what nft, iptables-restore or the kernel would refuse; samples properties. */

import { type Command, InvalidArgumentError, Option } from 'commander';
import type { CheckOptions } from '../check/options.ts';
import type { Session } from '../session.ts';

const list = (text: string): readonly string[] =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');

const collect = (text: string, known: readonly string[] | undefined): readonly string[] => [
  ...(known ?? []),
  ...list(text),
];

function wholeNumber(minimum: number, maximum: number): (text: string) => number {
  return (text) => {
    const number = Number(text);
    if (/^[0-9]+$/.test(text) && number >= minimum && number <= maximum) return number;
    throw new InvalidArgumentError(`a number from ${minimum} to ${maximum} is wanted.`);
  };
}

const port = wholeNumber(0, 65535);
const portList = (text: string): readonly number[] => list(text).map(port);

const help = `
Properties, each sampled over packets that the rules themselves suggest:
  no-spoofed-source            no packet is forwarded whose source lies behind another interface (--anywhere)
  no-management-from-outside   no management port of the host is open from outside (--outside, --management-ports)
  established-survive          when a packet is let through, its answer is too, and the packet after the answer
  equal-endpoint-shares        every endpoint of a destination is reachable, each with the same probability
  replies-undo-nat             answers come back with the addresses that were asked
  no-unreachable-rule          every rule matches some packet; rules that no packet can match are told apart
  rulesets-agree               no packet tells the ruleset from the other one (--against)

A sample proves nothing about the packets that it did not meet. Each broken property is printed with the packet,
its way through the rules, and a test file for nft-sim test that reproduces it.

Examples:
  nft-sim check samples/home-router/ruleset.nft
  nft-sim check --sarif rules/*.nft > findings.sarif
  nft-sim check --properties --host samples/home-router
  nft-sim check --property no-management-from-outside --management-ports 22,9100 --host samples/home-router
  nft-sim check --property rulesets-agree --against new.nft --runs 10000 --seed 7 --host node old.nft

Exit codes: 0 accepted, 1 refused or a property is broken, 2 wrong usage.`;

export function registerCheck(program: Command, session: Session): void {
  program
    .command('check')
    .description(
      'read rulesets (nft, JSON, iptables-save), report what the real tools would refuse, and sample properties',
    )
    .argument('[file...]', 'files; - is standard input (default: the rulesets of --host)')
    .option('--host <folder>', 'node snapshot: names of interfaces and ipsets, routes')
    .option('--properties', 'sample every property below (rulesets-agree with --against only)')
    .option('--property <names>', 'only these properties; may be repeated', collect)
    .option('--against <file>', 'another ruleset (or a host folder with one) to agree with')
    .option('--runs <n>', 'packets per property (default: 1000)', wholeNumber(1, 10_000_000))
    .option('--seed <n>', 'seed of the sample (default: 1)', wholeNumber(0, 0x7fffffff))
    .option(
      '--outside <interfaces>',
      'interfaces to the outside (default: of default routes)',
      list,
    )
    .option(
      '--management-ports <ports>',
      'ports that must not be open (default: 22,179,2379,6443,10250)',
      portList,
    )
    .option('--anywhere <networks>', 'sources that may come in on any interface', list)
    .addOption(new Option('--family <family>', 'only packets of it').choices(['4', '6']))
    .addOption(new Option('--format <format>').choices(['text', 'json', 'sarif']).default('text'))
    .option('--json', 'same as --format json')
    .option('--sarif', 'same as --format sarif: SARIF 2.1.0 for code scanning')
    .addHelpText('after', help)
    .action(async (files: readonly string[], options: CheckOptions) => {
      const { runCheck } = await import('../check/run-check.ts');
      await runCheck(session, files, options);
    });
}
