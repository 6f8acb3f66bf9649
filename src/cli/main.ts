/** The command line: parses the words, runs one command, turns its outcome into an exit code. */

import { Command, CommanderError } from 'commander';
import { InternalError } from '../base/assert.ts';
import { registerCheck } from './commands/check.ts';
import { registerFmt } from './commands/fmt.ts';
import { registerGenerate } from './commands/generate.ts';
import { registerReplay } from './commands/replay.ts';
import { registerSnapshot } from './commands/snapshot.ts';
import { registerTrace } from './commands/trace.ts';
import { registerTranslate } from './commands/translate.ts';
import { type Io, processIo } from './io.ts';
import type { ExitCode, Session } from './session.ts';
import { version } from './version.ts';

const examples = `
Examples:
  nft-sim trace --host samples/k8s-calico-node --src 172.17.2.19 --dst 10.96.0.1 --dport 443
  nft-sim trace --host samples/k8s-calico-node --src 172.17.2.19 --dst 10.96.0.10 --proto udp --dport 53
  nft-sim trace --host samples/home-router --src 192.168.1.30 --dst 192.0.2.80 --dport 80 --flow
  nft-sim trace --host samples/k8s-kube-proxy-nftables --src 10.244.1.5 --dst 10.96.0.10 --proto udp --dport 53
  nft-sim check samples/home-router/ruleset.nft
  nft-sim fmt --to json samples/home-router/ruleset.nft

Exit codes: 0 fine; 1 the answer is no (other than expected, differences, invalid input); 2 wrong usage.
Samples lie in the package's folder samples/, each with a README.`;

function buildCommand(session: Session): Command {
  const program = new Command('nft-sim')
    .description(
      'What happens to this packet, and why? Reads, checks, simulates and generates nftables and iptables rules.',
    )
    .version(version, '-V, --version')
    .helpOption('-h, --help')
    .addHelpText('after', examples)
    .configureOutput({ writeOut: session.io.out, writeErr: session.io.error })
    .exitOverride()
    .showHelpAfterError('(see nft-sim --help)');
  registerTrace(program, session);
  registerCheck(program, session);
  registerFmt(program, session);
  registerTranslate(program, session);
  registerGenerate(program, session);
  registerReplay(program, session);
  registerSnapshot(program, session);
  return program;
}

/** A mistake in the use of the command: exit code 2; a broken pipe or `--help`: 0. */
function exitCodeOf(error: unknown, io: Io): ExitCode {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof Error && 'code' in error && error.code === 'EPIPE') return 0;
  const message = error instanceof Error ? error.message : String(error);
  const kind = error instanceof InternalError ? 'internal error' : 'unexpected error';
  io.error(
    `nft-sim: ${kind}: ${message}\nThis is a bug in nft-sim; please report it with the command and its input.\n`,
  );
  return 70;
}

/** Runs the command line (without `node` and the script name) and returns its exit code; never throws. */
export async function runMain(words: readonly string[], io: Io = processIo()): Promise<ExitCode> {
  const session: Session = { io, exitCode: 0 };
  try {
    const program = buildCommand(session);
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
