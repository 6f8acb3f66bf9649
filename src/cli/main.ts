/** The command line: parses the words, runs one command, turns its outcome into an exit code. */

import { Command, CommanderError } from 'commander';
import { type Io, leave, processIo } from './io.ts';
import { optimise } from './optimiser.ts';
import type { ExitCode, Session } from './session.ts';
import { version } from './version.ts';

type Register = (program: Command, session: Session) => void;

interface CommandRow {
  readonly name: string;
  readonly description: string;
  /** Loaded only when the command is called: a start must not pay for the others. */
  readonly load: () => Promise<Register>;
}

const commands: readonly CommandRow[] = [
  {
    name: 'trace',
    description: 'play a packet through the rules of a host and explain what happens',
    load: async () => (await import('./commands/trace.ts')).registerTrace,
  },
  {
    name: 'test',
    description: 'run test files (*.nfttest.yaml): packets, flows and what must become of them',
    load: async () => (await import('./commands/test.ts')).registerTest,
  },
  {
    name: 'replay',
    description: 'simulate recorded scenarios and print the first divergence of each packet',
    load: async () => (await import('./commands/replay.ts')).registerReplay,
  },
  {
    name: 'check',
    description: 'report what nft, iptables-restore or the kernel would refuse',
    load: async () => (await import('./commands/check.ts')).registerCheck,
  },
  {
    name: 'fmt',
    description: 'print a ruleset in canonical form, or in another language',
    load: async () => (await import('./commands/fmt.ts')).registerFmt,
  },
  {
    name: 'explain',
    description: 'what an expression, match, header or datatype of nft means',
    load: async () => (await import('./commands/explain.ts')).registerExplain,
  },
  {
    name: 'translate',
    description: 'iptables-save to nft commands, as iptables-restore-translate writes them',
    load: async () => (await import('./commands/translate.ts')).registerTranslate,
  },
  {
    name: 'generate',
    description: 'the rules that kube-proxy and Calico program',
    load: async () => (await import('./commands/generate.ts')).registerGenerate,
  },
  {
    name: 'snapshot',
    description: 'print a shell script that collects a host folder on a node',
    load: async () => (await import('./commands/snapshot.ts')).registerSnapshot,
  },
];

const examples = `
Examples:
  nft-sim trace --host samples/k8s-calico-node --src 172.17.2.19 --dst 10.96.0.1 --dport 443
  nft-sim trace --host samples/k8s-calico-node --src 172.17.2.19 --dst 10.96.0.10 --proto udp --dport 53
  nft-sim trace --host samples/home-router --src 192.168.1.30 --dst 192.0.2.80 --dport 80 --flow
  nft-sim trace --host samples/k8s-kube-proxy-nftables --src 10.244.1.5 --dst 10.96.0.10 --proto udp --dport 53
  nft-sim check samples/home-router/ruleset.nft
  nft-sim fmt --to json samples/home-router/ruleset.nft
  nft-sim explain tcp dport

Exit codes: 0 fine; 1 the answer is no (other than expected, differences, invalid input); 2 wrong usage.
Samples lie in the package's folder samples/, each with a README.`;

/** The called command whole; the others by name and description only. */
async function buildCommand(session: Session, called: string | undefined): Promise<Command> {
  const program = new Command('nft-sim')
    .description(
      'What happens to this packet, and why? Reads, checks, simulates and generates nftables and iptables rules.',
    )
    .version(version, '-V, --version')
    .helpOption('-h, --help')
    .helpCommand(false)
    .addHelpText('after', examples)
    .configureOutput({ writeOut: session.io.out, writeErr: session.io.error })
    .exitOverride()
    .showHelpAfterError('(see nft-sim --help)');
  for (const { name, description, load } of commands) {
    if (name === called) (await load())(program, session);
    else program.command(name).description(description);
  }
  return program;
}

/** A mistake in the use of the command: exit code 2; a broken pipe or `--help`: 0. */
function exitCodeOf(error: unknown, io: Io): ExitCode {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof Error && 'code' in error && error.code === 'EPIPE') return 0;
  const message = error instanceof Error ? error.message : String(error);
  // By name: bundles may have classes of their own.
  const kind =
    error instanceof Error && error.name === 'InternalError'
      ? 'internal error'
      : 'unexpected error';
  io.error(
    `nft-sim: ${kind}: ${message}\nThis is a bug in nft-sim; please report it with the command and its input.\n`,
  );
  return 70;
}

/** Work that is long whatever the size of the files; large files tell by themselves (io.ts). */
const longCommands = ['generate', 'replay', 'test'];
const longOptions = ['--count', '--properties', '--property'];

function isLong(words: readonly string[]): boolean {
  return longCommands.includes(words[0] ?? '') || words.some((word) => longOptions.includes(word));
}

/** Runs the command line (without `node` and the script name) and returns its exit code; never throws. */
export async function runMain(words: readonly string[], io: Io = processIo()): Promise<ExitCode> {
  const session: Session = { io, exitCode: 0 };
  if (isLong(words)) optimise();
  try {
    const program = await buildCommand(session, words[0]);
    if (words.length === 0) {
      io.out(program.helpInformation());
      return 2;
    }
    await program.parseAsync([...words], { from: 'user' });
    return session.exitCode;
  } catch (error) {
    return exitCodeOf(error, io);
  }
}

/** Runs the command line and ends the process with its exit code. */
export async function main(words: readonly string[]): Promise<void> {
  leave(await runMain(words));
}
