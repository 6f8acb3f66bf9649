/** The generated rules as the program that the kernel gets, and as nft lists it. */

import type { Ruleset } from '../../../src/ast/nft/ruleset.ts';
import type { Diagnostic } from '../../../src/base/diagnostic.ts';
import { debianEnvironment } from '../../../src/datatypes/environment.ts';
import { parseNameTable } from '../../../src/datatypes/names/name-table.ts';
import { loadNft } from '../../../src/formats/nft/load.ts';
import { printNft } from '../../../src/formats/nft/print.ts';
import type { KubeProxyRun } from '../../../src/generate/kube-proxy/generate-kube-proxy.ts';
import { iptablesKernelState } from '../../../src/generate/kube-proxy/iptables/kernel-state.ts';
import type { NftablesProgram } from '../../../src/generate/kube-proxy/nftables/generate.ts';
import { printNftScript } from '../../../src/generate/kube-proxy/nftables/print-commands.ts';
import { lowerIptables } from '../../../src/lower/iptables/lower-iptables.ts';
import { lower } from '../../../src/lower/lower.ts';
import type { Program } from '../../../src/model/program.ts';
import { raise } from '../../../src/raise/raise.ts';

export interface LoadedNft {
  readonly written: Ruleset;
  readonly program: Program;
  readonly diagnostics: readonly Diagnostic[];
}

/** `devices` exist on the machine that loads the script; `lo` does anyway. */
export function loadedNft(program: NftablesProgram, devices: readonly string[] = []): LoadedNft {
  const interfaces = parseNameTable(
    ['lo', ...devices].map((name, at) => `${at + 1} ${name}`).join('\n'),
  );
  const loaded = loadNft(printNftScript(program));
  const lowered = lower(loaded.value, { environment: { ...debianEnvironment, interfaces } });
  return {
    written: loaded.value,
    program: lowered.value,
    diagnostics: [...loaded.diagnostics, ...lowered.diagnostics],
  };
}

export function programOf(run: KubeProxyRun, podDevice: string): Program {
  return run.mode === 'nftables'
    ? loadedNft(run.program, ['eth0', podDevice]).program
    : lowerIptables(iptablesKernelState(run.program)).value;
}

/** As `nft list ruleset` of nft 1.0.6, with which the corpus was recorded. */
export function listedNft({ program, written }: LoadedNft): string {
  return printNft(raise(program, written), { dialect: '1.0.6' });
}
