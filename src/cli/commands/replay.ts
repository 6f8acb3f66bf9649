/** `nft-sim replay`: recorded scenarios played on the simulator, compared rule by rule. */

import type { Command } from 'commander';
import type { Session } from '../session.ts';

const help = `
A recording holds one scenario a line: a host, rulesets, packets, and what a kernel did with each packet.
A packet diverges where the rules it matched, its fate, the connections after it or the packets made for it differ.

Examples:
  nft-sim replay recording.jsonl.gz
  nft-sim replay --all recording.jsonl
  nft-sim replay --json recordings/*.jsonl.gz

Exit codes: 0 everything agrees, 1 something diverges, 2 a recording cannot be read, or wrong usage.`;

export function registerReplay(program: Command, session: Session): void {
  program
    .command('replay')
    .description('simulate recorded scenarios and print the first divergence of each packet')
    .argument('<recording...>', 'recordings: JSON lines, plain or gzipped')
    .option('--json', 'result as JSON')
    .option('--all', 'print packets that agree as well')
    .addHelpText('after', help)
    .action(async (files: readonly string[], options: { json?: boolean; all?: boolean }) => {
      const { replay } = await import('../replay/run-replay.ts');
      await replay(session, files, options);
    });
}
