/** An iptables-save of which single chains are read, as the tool writes them. */

import type { IptablesFamily, IptablesRuleset } from '../../ast/iptables.ts';
import type { Source } from '../../base/span.ts';
import { loadPlainSave } from './load-plain.ts';

interface SavedTable {
  /** Declarations by chain. */
  readonly declared: Map<string, string>;
  /** Rules by chain. */
  readonly rules: Map<string, string[]>;
}

/** So many lines are hardly of one shape. */
const fewLines = 20;

type Tables = ReadonlyMap<string, SavedTable>;

const declaration = /^:(\S+) /;
const appended = /^(?:\[\d+:\d+\] )?-A (\S+) /;
const target = / -[jg] (\S+)/g;

export class LateSave {
  readonly family: IptablesFamily;
  private readonly source: Source;
  private readTables: Tables | 'not-plain' | undefined;

  constructor(source: Source, family: IptablesFamily) {
    this.source = source;
    this.family = family;
  }

  private get tables(): Tables | 'not-plain' {
    this.readTables ??= readTables(this.source.text);
    return this.readTables;
  }

  /** The lines of a chain's rules; all of the text when it is not laid out as the tool writes it. */
  linesOf(table: string, chain: string): readonly string[] {
    if (this.tables === 'not-plain') return [this.source.text];
    return this.tables.get(table)?.rules.get(chain) ?? [];
  }

  /** A ruleset with the rules of one chain; undefined when a line of it is not plain, or has a mistake. */
  chain(table: string, chain: string): IptablesRuleset | undefined {
    if (this.tables === 'not-plain') return undefined;
    const saved = this.tables.get(table);
    const lines = saved?.rules.get(chain) ?? [];
    const declared = new Set([chain]);
    for (const line of lines) for (const [, name = ''] of line.matchAll(target)) declared.add(name);
    const declarations = [...declared].map((name) => saved?.declared.get(name) ?? '#');
    const text = [`*${table}`, ...declarations, ...lines, 'COMMIT', ''].join('\n');
    const loaded = loadPlainSave(
      { name: this.source.name, text },
      { family: this.family, trusted: lines.length < fewLines },
    );
    return loaded === undefined || loaded.diagnostics.length > 0 ? undefined : loaded.value;
  }
}

function readTables(text: string): Tables | 'not-plain' {
  const tables = new Map<string, SavedTable>();
  let table: SavedTable | undefined;
  for (const line of text.split('\n')) {
    if (line === '' || line === 'COMMIT' || line.startsWith('#')) continue;
    if (line.startsWith('*')) {
      const name = line.slice(1).trim();
      if (tables.has(name)) return 'not-plain';
      table = { declared: new Map(), rules: new Map() };
      tables.set(name, table);
    } else if (table === undefined || !readLine(table, line)) return 'not-plain';
  }
  return tables;
}

function readLine({ declared, rules }: SavedTable, line: string): boolean {
  const [, chain] = appended.exec(line) ?? [];
  if (chain !== undefined) {
    const lines = rules.get(chain);
    if (lines === undefined) rules.set(chain, [line]);
    else lines.push(line);
    return true;
  }
  const [, name] = declaration.exec(line) ?? [];
  if (name !== undefined) declared.set(name, line);
  return name !== undefined;
}
