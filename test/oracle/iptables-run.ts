/**
 * `npm run test:nft -- --iptables [--runs N] [--seed S]`: generated iptables rules, and variants of those of a corpus, on iptables
 * 1.8.13 and here: read or not, translation, saved form, nft listing.
 */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { catalogue } from '../../src/base/catalogue.ts';
import { loadIptablesSave } from '../../src/formats/iptables-save/load.ts';
import { printIptablesSave } from '../../src/formats/iptables-save/print.ts';
import { listIptablesAsNft } from '../../src/formats/iptables-translate/list-as-nft.ts';
import { translateIptablesSave } from '../../src/formats/iptables-translate/translate-text.ts';
import type { Disagreement } from './compare.ts';
import { type Dice, makeDice } from './dice.ts';
import { type IptablesPools, iptablesRule } from './iptables-texts.ts';
import {
  askIptables,
  type IptablesAnswer,
  type IptablesRule,
  toolsMissing,
} from './iptables-tools.ts';
import { mutate, vary } from './mutate.ts';

export interface FoundRule {
  readonly each: IptablesRule;
  readonly difference: Disagreement;
}

/** No ipset set exists in the namespace. */
const noSets: ReadonlySet<string> = new Set();

function saveOf({ table, rule }: IptablesRule, chain: string): string {
  return `*${table}\n:${chain} - [0:0]\n-A ${chain} ${rule}\nCOMMIT\n`;
}

export function differenceOf(each: IptablesRule, answer: IptablesAnswer): Disagreement | undefined {
  try {
    return compareRule(each, answer);
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { kind: 'exception', cause: text.split('\n').slice(0, 2).join(' '), detail: text };
  }
}

function compareRule(each: IptablesRule, answer: IptablesAnswer): Disagreement | undefined {
  const loaded = loadIptablesSave(saveOf(each, 'T'), { family: each.family, ipsets: noSets });
  const errors = loaded.diagnostics.filter(({ code }) => catalogue[code].severity === 'error');
  // Some words only print help or a version.
  if (answer.error === '' && answer.translate.length === 0) return undefined;
  const said = answer.error.trim() || (answer.kernel ?? '').trim();
  const message = errors[0]?.message ?? '';
  if (answer.error !== '') {
    return errors.length > 0 || /Couldn't load|unknown option|get bpf object/.test(said)
      ? undefined
      : { kind: 'accepted', cause: generic(said), detail: said };
  }
  const translated = translateIptablesSave(saveOf(each, 'T'), each.family).lines.filter((line) =>
    / T /.test(line),
  );
  const wrong = differs(
    'json',
    answer.translate.join('\n').trimEnd(),
    translated.join('\n').trimEnd(),
    errors.length === 0 ? 'translate' : `translate, refused: ${message}`,
  );
  if (wrong !== undefined) return wrong;
  if (answer.kernel !== undefined) {
    if (errors.length > 0 || /missing kernel module|No such file|does not exist/.test(said))
      return undefined;
    // What only this machine says: its control groups and timeout policies.
    if (/-m cgroup .*--path|-j CT .*--timeout/.test(each.rule)) return undefined;
    return { kind: 'accepted', cause: `kernel: ${generic(said)}`, detail: said };
  }
  if (errors.length > 0) return { kind: 'refused', cause: generic(message), detail: message };
  const saved = printIptablesSave(loaded.value)
    .split('\n')
    .filter((line) => line.startsWith('-A'));
  const expected = (answer.save ?? []).map((line) => line.replace(/^-A T\d+/, '-A T'));
  const listed = listIptablesAsNft(loaded.value)
    .split('\n')
    .filter((line) => line.startsWith('\t\t'))
    .map((line) => line.slice(2));
  return (
    differs('list', expected.join('\n'), saved.join('\n'), 'save') ??
    differs('list', withoutCounters(answer.list ?? []), withoutCounters(listed), 'nftlist')
  );
}

function withoutCounters(lines: readonly string[]): string {
  return lines
    .map((line) => line.replaceAll(/counter packets \d+ bytes \d+/g, 'counter'))
    .join('\n');
}

function generic(message: string): string {
  return (
    message
      .split('\n')[0]
      ?.replace(/["'`‘][^"'’]*["'’]/g, '…')
      .replace(/\d+/g, 'N')
      .slice(0, 90) ?? ''
  );
}

function differs(
  kind: Disagreement['kind'],
  expected: string,
  found: string,
  what: string,
): Disagreement | undefined {
  if (expected === found) return undefined;
  let same = 0;
  while (same < expected.length && expected[same] === found[same]) same++;
  const near = (text: string) => text.slice(Math.max(0, same - 24), same + 24);
  return {
    kind,
    cause: `${what}: - ${near(expected)} + ${near(found)}`,
    detail: `- ${expected}\n+ ${found}`,
  };
}

/** Rules and option values of a corpus folder. */
function readRules(corpus: string): readonly IptablesRule[] {
  const path = join(corpus, 'iptables', 'ext_rules.jsonl');
  if (corpus === '' || !existsSync(path)) return [];
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line): IptablesRule => JSON.parse(line));
}

function poolsOf(rules: readonly IptablesRule[]): IptablesPools {
  const values = new Map<string, string[]>();
  for (const { rule } of rules) {
    for (const [, option = '', value = ''] of rule.matchAll(/(--[\w-]+) ("[^"]*"|[^\s-]\S*)/g)) {
      values.set(option, [...(values.get(option) ?? []), value]);
    }
  }
  return { values };
}

function makeRule(dice: Dice, rules: readonly IptablesRule[], pools: IptablesPools): IptablesRule {
  const base = rules[dice.below(rules.length)];
  const donor = rules[dice.below(rules.length)];
  if (base === undefined || donor === undefined || dice.chance(55))
    return iptablesRule(dice, pools);
  const family = dice.chance(15) ? (base.family === 'ip' ? 'ip6' : 'ip') : base.family;
  const change = dice.chance(70) ? vary : mutate;
  return {
    family,
    table: base.table,
    rule: change(base.rule, donor.rule, dice).replaceAll('\n', ' '),
  };
}

export async function compareIptables(options: {
  readonly runs: number;
  readonly seed: number;
  readonly corpus: string;
}): Promise<{ readonly found: readonly FoundRule[]; readonly summary: string } | string> {
  const missing = toolsMissing();
  if (missing !== undefined) return missing;
  const seeds = readRules(options.corpus);
  const pools = poolsOf(seeds);
  const rules = Array.from({ length: options.runs }, (_, index) =>
    makeRule(makeDice(options.seed * 1_000_003 + index), seeds, pools),
  );
  const answers = await askIptables(rules);
  const found: FoundRule[] = [];
  let accepted = 0;
  rules.forEach((each, index) => {
    const answer = answers[index];
    if (answer === undefined) return;
    if (answer.error === '' && answer.kernel === undefined) accepted += 1;
    const difference = differenceOf(each, answer);
    if (difference !== undefined) found.push({ each, difference });
  });
  return {
    found,
    summary: `${rules.length} rules: iptables accepted ${accepted}; ${found.length} disagree`,
  };
}
