/** `nft-sim generate`: what kube-proxy and Calico program. */

import type { Command } from 'commander';
import { registerGenerateCalico } from '../generate-calico.ts';
import { registerGenerateKubeProxy } from '../generate-kube-proxy.ts';
import type { Session } from '../session.ts';

export function registerGenerate(program: Command, session: Session): void {
  const generate = program
    .command('generate')
    .description('the rules that kube-proxy and Calico program, for review and comparison');
  registerGenerateKubeProxy(generate, session);
  registerGenerateCalico(generate, session);
}
