/** `nft-sim trace`: what happens to this packet, and why. */

import { type Command, InvalidArgumentError } from 'commander';
import type { Session } from '../session.ts';
import type { TraceOptions } from '../trace/options.ts';

function oneOf(...words: readonly string[]) {
  return (text: string) => {
    if (words.includes(text)) return text;
    throw new InvalidArgumentError(`one of ${words.join(', ')}`);
  };
}

function count(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= 10000) return value;
  throw new InvalidArgumentError('a number from 1 to 10000');
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw new InvalidArgumentError('a whole number');
}

function collect(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}

function expectation(text: string): string {
  if (/^(accept|drop|reject|dnat:\S+|snat:\S+)$/.test(text)) return text;
  throw new InvalidArgumentError(
    'accept, drop, reject, dnat:ADDRESS[:PORT] or snat:ADDRESS[:PORT]',
  );
}

const examples = `
Examples:
  a pod reaches the API server     nft-sim trace --host samples/k8s-calico-node --src 172.17.2.19 --dst 10.96.0.1 --dport 443
  a DNS query, both endpoints      nft-sim trace --host samples/k8s-calico-node --src 172.17.2.19 --dst 10.96.0.10 --proto udp --dport 53
  a spoofed source                 nft-sim trace --host samples/k8s-calico-node --iif cali81f8b902e6e --src 192.0.2.1 --dst 10.96.0.1 --dport 443
  a whole connection, both ways    nft-sim trace --host samples/home-router --src 192.168.1.30 --dst 192.0.2.80 --dport 80 --flow
  a node port, kube-proxy nftables nft-sim trace --host samples/k8s-kube-proxy-nftables --iif eth0 --src 203.0.113.9 --dst 192.168.10.11 --dport 30080
  a check in a script              nft-sim trace --host samples/k8s-calico-node --src 172.17.2.19 --dst 10.96.0.1 --dport 443 --expect dnat:172.16.0.11:6443

What is not said is inferred and printed: protocol tcp, a free high source port, the input interface from the route
back to the source. What the files do not determine (random endpoints, sets without their elements) is explored: every
outcome is listed with its probability or the assumption it rests on; --assume KEY=ANSWER settles one.

Chains that no packet comes to are not read in a host folder's listing or a large one; nft-sim check reads all rules.`;

export function registerTrace(program: Command, session: Session): void {
  program
    .command('trace')
    .description(
      'play a packet (or a whole connection) through the rules of a host and explain what happens',
    )
    .option('--src <address>', 'source address')
    .option('--dst <address>', 'destination address')
    .option('--proto <name>', 'protocol name or number (default: tcp)')
    .option('--sport <port>', 'source port (default: 40000)')
    .option('--dport <port>', 'destination port or service name')
    .option('--flags <letters>', 'TCP flags, letters of FSRPAUEC (default: S)')
    .option('--iif <interface>', 'input interface (default: by the route back to the source)')
    .option('--oif <interface>', 'device a local sender is bound to')
    .option('--mark <number>', 'mark that a local sender sets (SO_MARK)')
    .option('--ttl <number>', 'TTL or hop limit (default: 64)')
    .option('--icmp-type <type>', 'ICMP type, name or number (default: echo request)')
    .option('--icmp-code <number>', 'ICMP code')
    .option('--length <bytes>', 'payload length (default: 0)')
    .option(
      '--ct-state <state>',
      'new, established or invalid',
      oneOf('new', 'established', 'invalid'),
    )
    .option('--count <n>', 'send the same packet n times', count)
    .option('--flow', 'play the whole connection, replies through the same host')
    .option('--reply', 'play the reply to the packet as well')
    .option(
      '--ruleset <file>',
      'ruleset: nft, JSON, iptables-save; may be repeated; - is standard input',
      collect,
    )
    .option(
      '--host <folder>',
      'node snapshot: a folder of host facts and rulesets (see nft-sim snapshot)',
    )
    .option(
      '--fact <kind=file>',
      'one host fact from a file, such as ip-addr=FILE; may be repeated',
      collect,
    )
    .option('--assume <key=answer>', 'settle a choice; may be repeated', collect)
    .option(
      '--hook-order <order>',
      'base chains of equal priority: loading (later tables first), or unknown (both orders; the default with --host)',
      oneOf('loading', 'unknown'),
    )
    .option(
      '--expect <fate>',
      'exit 1 unless: accept, drop, reject, dnat:A:P, snat:A:P',
      expectation,
    )
    .option('--explain', 'show the rules that did not match and why')
    .option('--all-outcomes', 'show the trace of every outcome, not only of the first')
    .option('--seed <number>', 'draw the random choices from a seed: one outcome', wholeNumber)
    .option(
      '--clock <milliseconds>',
      'time since 1970 for time matches and timeouts (default: 0)',
      wholeNumber,
    )
    .option(
      '--format <format>',
      'text, json or nft (lines of nft monitor trace)',
      oneOf('text', 'json', 'nft'),
    )
    .option('--json', 'same as --format json')
    .option('--color <when>', 'auto, always or never', oneOf('auto', 'always', 'never'))
    .addHelpText('after', examples)
    .action(async (options: TraceOptions) => {
      const { runTrace } = await import('../trace/run-trace.ts');
      await runTrace(session, options);
    });
}
