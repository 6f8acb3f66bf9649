/** Makes a disagreement smaller by leaving out what it does not need: lines, packets, routes, settings; many tries at once. */

import type { LabScenario } from './scenarios.ts';

/** Which of some scenarios still disagree. */
export type Disagree = (list: readonly LabScenario[]) => readonly boolean[];

interface Unit {
  readonly without: (scenario: LabScenario) => LabScenario;
}

/** Lines that go together: a block from its brace to the one that closes it. */
function blockEnd(lines: readonly string[], start: number): number {
  if (!(lines[start] ?? '').trimEnd().endsWith('{')) return start;
  let depth = 0;
  for (let index = start; index < lines.length; index++) {
    const line = lines[index] ?? '';
    depth += line.split('{').length - line.split('}').length;
    if (depth === 0) return index;
  }
  return start;
}

/** Every part that may be left out, largest blocks first. A removed line becomes empty, so that the numbers of others stay. */
function unitsOf(scenario: LabScenario): readonly Unit[] {
  const units: Unit[] = [];
  scenario.rulesets.forEach(({ text }, place) => {
    const lines = text.split('\n');
    lines.forEach((line, start) => {
      const bare = line.trim();
      if (bare === '' || bare === '}' || bare === 'COMMIT') return;
      if (/^(type |policy |flags |[:*])/.test(bare)) return;
      const end = blockEnd(lines, start);
      units.push({ without: (from) => withoutLines(from, place, start, end) });
    });
  });
  scenario.packets.forEach((packet) => {
    units.push({
      without: (from) => ({ ...from, packets: from.packets.filter((each) => each !== packet) }),
    });
  });
  const { host, ipsets } = scenario;
  for (const route of host.routes)
    units.push({ without: (from) => withHost(from, { routes: rest(from.host.routes, route) }) });
  for (const rule of host.rules)
    units.push({ without: (from) => withHost(from, { rules: rest(from.host.rules, rule) }) });
  if (host.sysctls !== undefined)
    units.push({ without: (from) => withHost(from, { sysctls: {} }) });
  for (const device of host.interfaces)
    units.push({
      without: (from) => withHost(from, { interfaces: rest(from.host.interfaces, device) }),
    });
  for (const line of (ipsets ?? '').split('\n').filter((each) => each !== ''))
    units.push({
      without: (from) => ({ ...from, ipsets: (from.ipsets ?? '').replace(`${line}\n`, '') }),
    });
  return units;
}

const rest = <Item>(list: readonly Item[], item: Item): readonly Item[] =>
  list.filter((each) => each !== item);

function withHost(scenario: LabScenario, change: Partial<LabScenario['host']>): LabScenario {
  return { ...scenario, host: { ...scenario.host, ...change } };
}

function withoutLines(from: LabScenario, place: number, start: number, end: number): LabScenario {
  const rulesets = from.rulesets.map((ruleset, index) => {
    if (index !== place) return ruleset;
    const lines = ruleset.text.split('\n');
    return {
      ...ruleset,
      text: lines.map((line, at) => (at < start || at > end ? line : '')).join('\n'),
    };
  });
  return { ...from, rulesets };
}

const apply = (scenario: LabScenario, units: readonly Unit[]): LabScenario =>
  units.reduce((from, { without }) => without(from), scenario);

/** Leaves out halves, then quarters, and so on down to single parts, twice. */
export function trim(scenario: LabScenario, disagree: Disagree): LabScenario {
  let needed = unitsOf(scenario);
  const kept = () => new Set(needed);
  const all = needed;
  const scenarioWith = (list: ReadonlySet<Unit>) =>
    apply(
      scenario,
      all.filter((unit) => !list.has(unit)),
    );
  let size = Math.ceil(needed.length / 2);
  for (let round = 0; round < 80; round++) {
    const chunks: Unit[][] = [];
    for (let at = 0; at < needed.length; at += size) chunks.push([...needed.slice(at, at + size)]);
    const without = (list: readonly Unit[]) => {
      const set = kept();
      for (const unit of list) set.delete(unit);
      return set;
    };
    const tried = disagree(chunks.map((chunk) => scenarioWith(without(chunk))));
    const spare = chunks.filter((_, index) => tried[index] === true);
    const together = spare.flat();
    if (spare.length > 1 && disagree([scenarioWith(without(together))])[0] === true)
      needed = [...without(together)];
    else if (spare[0] !== undefined) needed = [...without(spare[0])];
    else if (size === 1) break;
    else size = Math.ceil(size / 2);
    size = Math.min(size, Math.max(1, Math.ceil(needed.length / 2)));
  }
  const small = scenarioWith(kept());
  return {
    ...small,
    rulesets: small.rulesets
      .map((ruleset) => ({
        ...ruleset,
        text: ruleset.text.replace(/\n+/g, '\n').replace(/^\n/, ''),
      }))
      .filter(({ text }) => text.trim() !== ''),
  };
}
