/** `nft-sim snapshot`: prints the shell script that makes a host folder on a node. */

import type { Command } from 'commander';
import type { Session } from '../session.ts';

export function registerSnapshot(program: Command, session: Session): void {
  program
    .command('snapshot')
    .description(
      'print a shell script that collects a host folder on a node (run it there as root)',
    )
    .addHelpText(
      'after',
      '\nExample: nft-sim snapshot > snapshot.sh; on the node: sh snapshot.sh my-node; here: nft-sim trace --host my-node …',
    )
    .action(async () => {
      const { snapshotScript } = await import('../../formats/snapshot/snapshot-script.ts');
      session.io.out(snapshotScript());
    });
}
