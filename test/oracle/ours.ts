/** What this project says of a script, in the words that nft is asked in. */

import type { Ruleset } from '../../src/ast/nft/ruleset.ts';
import type { Diagnostic } from '../../src/base/diagnostic.ts';
import { debianEnvironment } from '../../src/datatypes/environment.ts';
import { indexTable, printRule } from '../../src/formats/bytecode/print.ts';
import { loadNft } from '../../src/formats/nft/load.ts';
import { printNft } from '../../src/formats/nft/print.ts';
import { writeNftJson } from '../../src/formats/nft-json/write.ts';
import { lower } from '../../src/lower/lower.ts';
import type { Program } from '../../src/model/program.ts';
import { raise } from '../../src/raise/raise.ts';

export interface Ours {
  readonly errors: readonly Diagnostic[];
  readonly exception?: string;
  readonly list?: string;
  readonly json?: string;
  /** Of every rule, in the program's order. */
  readonly bytecode: readonly string[];
}

export function ask(setup: string, text: string): Ours {
  try {
    return read(setup, text);
  } catch (error) {
    return {
      errors: [],
      bytecode: [],
      exception: error instanceof Error ? (error.stack ?? error.message) : String(error),
    };
  }
}

/** As the corpus check does: the loader's problems first, those of lowering where it had none. */
function read(setup: string, text: string): Ours {
  const into: Ruleset | undefined = setup === '' ? undefined : loadNft(setup).value;
  const loaded = loadNft({ name: 'in', text }, into === undefined ? {} : { into });
  if (loaded.diagnostics.length > 0) return { errors: loaded.diagnostics, bytecode: [] };
  const environment = debianEnvironment;
  const lowered = lower(loaded.value, { environment });
  const listed = lowered.diagnostics.length > 0 ? {} : listings(lowered.value, loaded.value);
  return { errors: lowered.diagnostics, bytecode: bytecodeOf(lowered.value), ...listed };
}

function listings(program: Program, source: Ruleset): Pick<Ours, 'list' | 'json'> {
  const options = { environment: debianEnvironment };
  const raised = raise(program, source, options);
  return {
    list: printNft(raised, { ...options, stateless: true }),
    json: writeNftJson(raised, { ...options, stateless: true }),
  };
}

function bytecodeOf(program: Program): string[] {
  return program.tables.flatMap((table) => {
    const index = indexTable(table);
    return table.chains.flatMap((chain) =>
      chain.rules.map((rule) => printRule(index, chain, rule).join('\n')),
    );
  });
}
