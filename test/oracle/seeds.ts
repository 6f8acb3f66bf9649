/** Texts to mutate: the samples of the project, and on request those of a language corpus. */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Seeds {
  readonly rules: readonly { readonly setup: string; readonly text: string }[];
  readonly scripts: readonly string[];
}

interface RuleRecord {
  readonly kind: string;
  readonly family: string;
  readonly table: string;
  readonly chain: string;
  readonly setup: readonly string[];
  readonly text: string;
}

const longest = 6000;

/** `corpus` is the folder of a language corpus, or empty. */
export function readSeeds(corpus: string): Seeds {
  if (corpus === '') return { rules: [], scripts: sampleScripts() };
  const rules = readFileSync(join(corpus, 'rules.jsonl'), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line): RuleRecord => JSON.parse(line))
    .map(({ kind, family, table, chain, setup, text }) => ({
      setup: `${setup.join('\n')}\n`,
      text: kind === 'rule' ? `add rule ${family} ${table} ${chain} ${text}\n` : `${text}\n`,
    }));
  const folder = join(corpus, 'dumps');
  const scripts = readdirSync(folder)
    .filter((name) => name.endsWith('.in.nft'))
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .filter((text) => text.length < longest);
  return { rules, scripts: [...sampleScripts(), ...scripts] };
}

function sampleScripts(): string[] {
  const folder = 'samples';
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .map((name) => join(folder, name, 'ruleset.nft'))
    .filter((path) => existsSync(path))
    .map((path) => readFileSync(path, 'utf8'))
    .filter((text) => text.length < longest);
}
