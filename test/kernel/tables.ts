/** Tables: base chains at hooks with priorities, chains to jump to, rules of conditions and actions. */

import fc from 'fast-check';
import { actions, rejections, verdicts } from './actions.ts';
import { matches, verdictMaps } from './matches.ts';
import { translations } from './nat.ts';
import { lifted, type Text, word } from './phrase.ts';
import type { Version } from './pools.ts';

/** Statements in order; the last may end the rule. */
type Rule = readonly string[];

export interface BaseChain {
  readonly type: string;
  readonly hook: string;
  readonly priority: string;
  readonly policy: string;
  readonly rules: readonly Rule[];
}

export interface Table {
  readonly family: string;
  readonly bases: readonly BaseChain[];
  /** Chains `c0`, `c1`, …: each may jump to later ones only. */
  readonly chains: readonly (readonly Rule[])[];
}

const chainNames = ['c0', 'c1', 'c2'] as const;

type Versions = readonly [Version, ...Version[]];

/** For an `inet` table on a host with both versions: either. */
function either(versions: Versions, make: (version: Version) => Text): Text {
  return fc.oneof(...versions.map(make));
}

interface Ends {
  readonly arbitrary: Text;
  readonly weight: number;
}

export function rules(versions: Versions, ends: readonly Ends[]): fc.Arbitrary<readonly Rule[]> {
  const middle = fc.array(
    fc.oneof(
      { weight: 3, arbitrary: either(versions, matches) },
      { weight: 2, arbitrary: either(versions, actions) },
    ),
    { maxLength: 3 },
  );
  const end = fc.option(fc.oneof(...ends), { freq: 3, nil: undefined });
  const rule = fc
    .tuple(middle, end)
    .map(([first, last]): Rule => (last === undefined ? first : [...first, last]))
    .filter((statements) => statements.length > 0);
  return fc.array(rule, { minLength: 0, maxLength: 5 });
}

function endsFor(versions: Versions, from: number): readonly Ends[] {
  const verdict = verdicts(chainNames.slice(from));
  return [
    { weight: 5, arbitrary: verdict },
    { weight: 3, arbitrary: either(versions, (version) => verdictMaps(version, verdict)) },
    { weight: 1, arbitrary: word('queue', 'queue to 1 bypass') },
  ];
}

const filterHooks = ['prerouting', 'input', 'forward', 'output', 'postrouting'] as const;
const priorities = ['0', '-5', '10', '-150', '-300', '50', '-450', '-99', '101', '300'] as const;

function filterChain(versions: Versions): fc.Arbitrary<BaseChain> {
  return fc.constantFrom(...filterHooks).chain((hook) => {
    const reject =
      hook === 'postrouting' ? [] : [{ weight: 2, arbitrary: either(versions, rejections) }];
    return fc.record({
      type: hook === 'output' ? fc.constantFrom('filter', 'route') : fc.constant('filter'),
      hook: fc.constant(hook),
      priority: fc.constantFrom(...priorities),
      policy: fc.constantFrom('accept', 'accept', 'accept', 'drop'),
      rules: rules(versions, [...endsFor(versions, 0), ...reject]),
    });
  });
}

function natChain(versions: Versions, family: string): fc.Arbitrary<BaseChain> {
  return fc.constantFrom('prerouting', 'postrouting', 'output', 'input').chain((hook) => {
    const source = hook === 'postrouting' || hook === 'input';
    const to = either(versions, (version) => translations(version, hook, family === 'inet'));
    return fc.record({
      type: fc.constant('nat'),
      hook: fc.constant(hook),
      priority: source
        ? fc.constantFrom('100', '110', '-10')
        : fc.constantFrom('-100', '-90', '-110', '-199'),
      policy: fc.constantFrom('accept', 'accept', 'accept', 'accept', 'accept', 'drop'),
      rules: rules(versions, [{ weight: 8, arbitrary: to }, ...endsFor(versions, 0)]),
    });
  });
}

/** Zones are chosen before connection tracking looks. */
function zoneChain(versions: Versions): fc.Arbitrary<BaseChain> {
  const zone = word('ct zone set 5', 'ct original zone set 5', 'ct reply zone set 5');
  const rule = fc.tuple(either(versions, matches), zone).map((list): Rule => list);
  return fc.record({
    type: fc.constant('filter'),
    hook: fc.constantFrom('prerouting', 'output'),
    priority: fc.constant('-300'),
    policy: fc.constant('accept'),
    rules: fc.array(rule, { minLength: 1, maxLength: 2 }),
  });
}

export function tables(versions: Versions): fc.Arbitrary<Table> {
  const families = versions.map((version) => (version === 4 ? 'ip' : 'ip6'));
  return fc.constantFrom(...families, 'inet').chain((family) => {
    const own: Versions = family === 'ip' ? [4] : family === 'ip6' ? [6] : versions;
    return fc.record({
      family: fc.constant(family),
      bases: fc.array(
        fc.oneof(
          { weight: 6, arbitrary: filterChain(own) },
          { weight: 4, arbitrary: natChain(own, family) },
          { weight: 1, arbitrary: zoneChain(own) },
        ),
        { minLength: 1, maxLength: 4 },
      ),
      chains: fc
        .tuple(...chainNames.map((_, index) => rules(own, endsFor(own, index + 1))))
        .map((list) => [...list]),
    });
  });
}

function chainText(
  name: string,
  head: string,
  list: readonly Rule[],
  taken: Map<string, string>,
): string {
  const lines = list.map((rule) => `    ${lifted(rule.join(' '), taken)}\n`);
  return `  chain ${name} {\n${head}${lines.join('')}  }\n`;
}

/** As nft reads it: declarations, then chains that are jumped to, then base chains; unused ones are left out. */
export function renderTable(name: string, { family, bases, chains }: Table): string {
  const taken = new Map<string, string>();
  const written = bases.map(({ type, hook, priority, policy, rules: list }, index) => {
    const head = `    type ${type} hook ${hook} priority ${priority}; policy ${policy};\n`;
    const [place = hook] = hook.split(' ');
    return chainText(`${place}_${index}`, head, list, taken);
  });
  const own = chains.map((list, index) => chainText(`c${index}`, '', list, taken));
  const needed = new Set<string>();
  const mark = (text: string) => {
    for (const [, , target = ''] of text.matchAll(/(jump|goto) (c\d)/g)) needed.add(target);
  };
  for (const text of [...written, ...taken.keys()]) mark(text);
  own.forEach((text, index) => {
    if (needed.has(`c${index}`)) mark(text);
  });
  const kept = own.filter((_, index) => needed.has(`c${index}`)).reverse();
  const declarations = [...taken].map(
    ([text, given]) => `  ${text.replace(' N ', ` ${given} `)}\n`,
  );
  const forward = [...needed].sort().map((each) => `  chain ${each} { }\n`);
  return `table ${family} ${name} {\n${[...forward, ...declarations, ...kept, ...written].join('')}}\n`;
}
