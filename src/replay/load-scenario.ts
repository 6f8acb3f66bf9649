/** From a recorded scenario to a compiled program: rulesets through the loaders, on the recorded host. */

import type { Diagnostic } from '../base/diagnostic.ts';
import { debianEnvironment } from '../datatypes/environment.ts';
import { parseNameTable } from '../datatypes/names/name-table.ts';
import { loadIptablesSave } from '../formats/iptables-save/load.ts';
import { loadNft } from '../formats/nft/load.ts';
import type { Host } from '../host/host.ts';
import { lowerIptables } from '../lower/iptables/lower-iptables.ts';
import { lower } from '../lower/lower.ts';
import type { Program } from '../model/program.ts';
import type { CompileOptions } from '../simulate/api.ts';
import { type CompiledProgram, compileProgram } from '../simulate/compile.ts';
import { mergePrograms } from '../simulate/merge-programs.ts';
import type { Scenario } from './recording.ts';
import { hostOf } from './scenario-host.ts';

export interface LoadedRuleset {
  readonly program: Program;
  readonly diagnostics: readonly Diagnostic[];
}

/** A ruleset of a recorded kind: `nft`, or the save format of iptables or ip6tables, by either back end. */
export function loadRuleset(kind: string, text: string, host: Host): LoadedRuleset {
  const input = { name: kind, text };
  if (kind === 'nft') {
    const table = host.interfaces.map(({ name, index }) => `${index} ${name}`).join('\n');
    const interfaces = parseNameTable(table);
    const environment = { ...debianEnvironment, interfaces };
    const loaded = loadNft(input, { environment });
    const lowered = lower(loaded.value, { environment });
    return {
      program: lowered.value,
      diagnostics: [...loaded.diagnostics, ...lowered.diagnostics],
    };
  }
  const family = kind.startsWith('ip6') ? 'ip6' : 'ip';
  const loader = kind.includes('legacy') ? 'iptables-legacy' : 'iptables-nft';
  const loaded = loadIptablesSave(input, { family, loader });
  const lowered = lowerIptables(loaded.value, { loader });
  return { program: lowered.value, diagnostics: [...loaded.diagnostics, ...lowered.diagnostics] };
}

export interface LoadedScenario {
  readonly compiled: CompiledProgram;
  /** What the loaders said, with the line. */
  readonly errors: readonly string[];
}

/** How rules are read while a recording is played. */
export type ReplayOptions = Pick<CompileOptions, 'evaluation'>;

export function loadScenario(scenario: Scenario, options: ReplayOptions = {}): LoadedScenario {
  const host = hostOf(scenario);
  const loaded = scenario.rulesets.map(({ kind, text }) => loadRuleset(kind, text, host));
  const errors = loaded.flatMap(({ diagnostics }) =>
    diagnostics.map(({ code, message, span }) => {
      const line = span.source.text.slice(0, span.start).split('\n').length;
      return `${code} line ${line}: ${message}`;
    }),
  );
  const program = mergePrograms(loaded.map(({ program: each }) => each));
  return { compiled: compileProgram(program, { host, ...options }), errors };
}
