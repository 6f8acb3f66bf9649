/** Scripts to ask about, from a seed. */

import { makeDice } from './dice.ts';
import { mutate, vary } from './mutate.ts';
import { places, ruleText, setupFor } from './rule-texts.ts';
import { scriptText } from './script-texts.ts';
import type { Seeds } from './seeds.ts';

export interface OracleCase {
  readonly label: string;
  readonly setup: string;
  readonly text: string;
}

export interface CaseOptions {
  readonly seed: number;
  readonly runs: number;
  /** Only this generator. */
  readonly kind: string;
  readonly seeds: Seeds;
}

type Maker = (dice: ReturnType<typeof makeDice>, seeds: Seeds) => Omit<OracleCase, 'label'>;

const makers: Readonly<Record<string, Maker>> = {
  rule: (dice) => {
    const place = dice.pick(places);
    const rule = ruleText(dice);
    return { setup: setupFor(place, rule), text: `add rule ${place.family} t c ${rule}\n` };
  },
  'rule-mutant': (dice, { rules }) => {
    const base = rules[dice.below(rules.length)] ?? makers.rule?.(dice, { rules: [], scripts: [] });
    const donor = rules[dice.below(rules.length)] ?? base;
    if (base === undefined || donor === undefined) throw new Error('no seeds');
    const lead = /^add rule \S+ \S+ \S+ /.exec(base.text)?.[0] ?? '';
    const body = base.text.slice(lead.length).trimEnd();
    return { setup: base.setup, text: `${lead}${mutate(body, donor.text, dice)}\n` };
  },
  'rule-variant': (dice, { rules }) => {
    const base = rules[dice.below(rules.length)];
    const donor = rules[dice.below(rules.length)];
    const place = dice.pick(places);
    if (base === undefined || donor === undefined) {
      const rule = vary(ruleText(dice), ruleText(dice), dice);
      return { setup: setupFor(place, rule), text: `add rule ${place.family} t c ${rule}\n` };
    }
    const lead = /^add rule \S+ \S+ \S+ /;
    const body = vary(base.text.replace(lead, '').trimEnd(), donor.text.replace(lead, ''), dice);
    const first = lead.exec(base.text)?.[0] ?? '';
    if (dice.chance(70)) return { setup: base.setup, text: `${first}${body.trimEnd()}\n` };
    const rule = body.trimEnd();
    return { setup: setupFor(place, rule), text: `add rule ${place.family} t c ${rule}\n` };
  },
  script: (dice) => ({ setup: '', text: scriptText(dice) }),
  'script-mutant': (dice, { scripts }) => {
    const base =
      scripts.length > 0 && dice.chance(70)
        ? scripts[dice.below(scripts.length)]
        : scriptText(dice);
    const donor = scripts.length > 0 ? scripts[dice.below(scripts.length)] : scriptText(dice);
    return { setup: '', text: mutate(base ?? '', donor ?? '', dice) };
  },
};

export function makeCases({ seed, runs, kind, seeds }: CaseOptions): readonly OracleCase[] {
  const names = kind === '' ? Object.keys(makers) : kind.split(',');
  return Array.from({ length: runs }, (_, index): OracleCase => {
    const dice = makeDice(seed * 1_000_003 + index);
    const name = names[index % names.length] ?? '';
    const make = makers[name];
    if (make === undefined) throw new Error(`no generator ${name}`);
    return { label: `${name} ${seed}.${index}`, ...make(dice, seeds) };
  });
}
