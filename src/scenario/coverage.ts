/** Which rules, chains and set elements the tests reached. */

import type { Span } from '../base/span.ts';
import { positionAt } from '../base/text.ts';
import type { Program, ProgramTable } from '../model/program.ts';
import { ruleText } from '../report/trace/trace-text.ts';
import type { TraceEvent } from '../trace/event.ts';

export type CoverageKind = 'chain' | 'rule' | 'element';

export interface CoverageItem {
  readonly kind: CoverageKind;
  /** `inet firewall input`, `inet firewall input#3`, `inet firewall blocklist[0]`. */
  readonly name: string;
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  readonly text: string;
  hits: number;
}

export interface CoverageCollector {
  readonly observe: (program: Program, trace: readonly TraceEvent[]) => void;
  /** In the order of the rulesets. */
  readonly items: () => readonly CoverageItem[];
}

const elementWidth = 60;

/** Counts by name within a program; rules of the same file in several programs are one item. */
export function coverageCollector(): CoverageCollector {
  const items = new Map<string, CoverageItem>();
  const programs = new Map<Program, Map<string, CoverageItem>>();
  const indexOf = (program: Program): Map<string, CoverageItem> => {
    const known = programs.get(program);
    if (known !== undefined) return known;
    const index = indexProgram(program, items);
    programs.set(program, index);
    return index;
  };
  return {
    observe(program, trace) {
      const index = indexOf(program);
      for (const name of trace.flatMap(reachedBy)) {
        const item = index.get(name);
        if (item !== undefined) item.hits += 1;
      }
    },
    items: () => [...items.values()],
  };
}

function reachedBy(event: TraceEvent): readonly string[] {
  switch (event.kind) {
    case 'chain-entered':
      return [`chain ${event.family} ${event.table} ${event.chain}`];
    case 'rule-matched': {
      const table = `${event.family} ${event.table}`;
      const { verdict } = event;
      const rule = `rule ${table} ${event.chain}#${event.index}`;
      if (verdict.kind !== 'jump' && verdict.kind !== 'goto') return [rule];
      return [rule, `chain ${table} ${verdict.chain}`];
    }
    case 'set-looked-up':
      return event.element === undefined
        ? []
        : [`element ${event.family} ${event.table} ${event.set}[${event.element}]`];
    default:
      return [];
  }
}

function indexProgram(
  program: Program,
  items: Map<string, CoverageItem>,
): Map<string, CoverageItem> {
  const index = new Map<string, CoverageItem>();
  const add = (kind: CoverageKind, name: string, span: Span, text: string): void => {
    const file = span.source.name;
    const key = `${kind} ${file} ${name}`;
    const { line } = positionsOf(span);
    const item = items.get(key) ?? { kind, name, file, line, text, hits: 0 };
    items.set(key, item);
    index.set(`${kind} ${name}`, item);
  };
  for (const table of program.tables) indexTable(table, add);
  return index;
}

type Add = (kind: CoverageKind, name: string, span: Span, text: string) => void;

function indexTable(table: ProgramTable, add: Add): void {
  const place = `${table.family} ${table.name}`;
  for (const { name, span, rules } of table.chains) {
    add('chain', `${place} ${name}`, span, `chain ${name}`);
    rules.forEach((rule, index) => {
      add('rule', `${place} ${name}#${index}`, rule.span, ruleText(rule.span, 100));
    });
  }
  for (const { name, anonymous, span, elements } of table.sets) {
    if (anonymous) continue;
    elements.forEach((element, index) => {
      const text = element.span === undefined ? name : ruleText(element.span, elementWidth);
      add('element', `${place} ${name}[${index}]`, element.span ?? span, text);
    });
  }
}

/** Line starts per source: positions of many spans without walking the text each time. */
const lineStarts = new WeakMap<object, readonly number[]>();

function positionsOf(span: Span): { readonly line: number } {
  const { source, start } = span;
  if (source.text === '') return { line: positionAt(source, start).line };
  let starts = lineStarts.get(source);
  if (starts === undefined) {
    const found = [0];
    for (let at = source.text.indexOf('\n'); at >= 0; at = source.text.indexOf('\n', at + 1)) {
      found.push(at + 1);
    }
    starts = found;
    lineStarts.set(source, starts);
  }
  let [low, high] = [0, starts.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= start) low = middle;
    else high = middle - 1;
  }
  return { line: low + 1 };
}
