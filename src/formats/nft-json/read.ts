/** Reads libnftables JSON: what `nft -j list ruleset` prints and what `nft -j -f` takes. */

import type { Chain, Rule, Ruleset, SetDeclaration, Table } from '../../ast/nft/ruleset.ts';
import type { Diagnostic, Result } from '../../base/diagnostic.ts';
import { type Source, spanOf } from '../../base/span.ts';
import { isArray, isObject, type Json, type JsonObject } from './json.ts';
import { complain, onlyMember, type ReadContext, textOf } from './read/context.ts';
import {
  readChain,
  readFamily,
  readFlowtable,
  readRule,
  readSet,
  readTable,
} from './read/declaration.ts';
import { readSetItem } from './read/expression.ts';
import { objectTypeOf, readObject } from './read/object.ts';

type Growing<Part> = { -readonly [Name in keyof Part]: Part[Name] };

interface TableBuild {
  readonly table: Table;
  readonly objects: Table['objects'][number][];
  readonly sets: Growing<SetDeclaration>[];
  readonly flowtables: Table['flowtables'][number][];
  readonly chains: { readonly chain: Chain; readonly rules: Rule[] }[];
}

interface Build {
  readonly source: Source;
  readonly diagnostics: Diagnostic[];
  readonly tables: Map<string, TableBuild>;
}

/**
 * The ruleset of a listing, or what its commands make of an empty one: `add`, `create`, `insert`, and `flush` and
 * `delete` of whole tables, chains and sets. Other commands and unknown shapes are diagnostics; never throws.
 */
export function readNftJson(input: string | Source): Result<Ruleset> {
  const source = typeof input === 'string' ? { name: '<json>', text: input } : input;
  const build: Build = { source, diagnostics: [], tables: new Map() };
  const json = parseJson(build);
  const entries = isObject(json) ? json.nftables : undefined;
  if (isArray(entries)) for (const entry of entries) readEntry(build, entry);
  else if (json !== undefined) complain(contextOf(build, {}), 'list `nftables`', json);
  const value: Ruleset = { kind: 'ruleset', tables: [...build.tables.values()].map(finish) };
  return { value, diagnostics: build.diagnostics };
}

/** Whole numbers that a double cannot hold are kept as strings of digits. */
const stringOrLongNumber = /"(?:[^"\\]|\\.)*"|-?\d{16,}(?![.\deE])/g;

function parseJson({ source, diagnostics }: Build): Json | undefined {
  const text = source.text.replace(stringOrLongNumber, (token) =>
    token.startsWith('"') ? token : `"${token}"`,
  );
  try {
    const json: Json = JSON.parse(text);
    return json;
  } catch {
    diagnostics.push({ code: 'syntax-error', span: spanOf(source), message: 'this is no JSON' });
    return undefined;
  }
}

function contextOf(build: Build, json: JsonObject): ReadContext {
  const { source, diagnostics } = build;
  return { source, span: spanOf(source), diagnostics, family: readFamily(json.family) };
}

function readEntry(build: Build, entry: Json): void {
  const member = onlyMember(entry);
  if (member === undefined) {
    complain(contextOf(build, {}), 'entry', entry);
    return;
  }
  const [name, value] = member;
  if (name === 'metainfo') return;
  if (name === 'add' || name === 'create' || name === 'insert') {
    const inner = onlyMember(value);
    if (inner !== undefined) addEntry(build, inner[0], inner[1], name === 'insert');
  } else if (name === 'flush' || name === 'delete' || name === 'destroy') {
    removeEntry(build, name, value);
  } else {
    addEntry(build, name, value, false);
  }
}

function tableKey(family: Json | undefined, name: Json | undefined): string {
  return `${readFamily(family)} ${textOf(name) ?? ''}`;
}

function addEntry(build: Build, name: string, value: Json, first: boolean): void {
  const json = isObject(value) ? value : {};
  const context = contextOf(build, json);
  if (name === 'table') {
    const table = readTable(json, context);
    const key = tableKey(json.family, json.name);
    if (build.tables.has(key)) return;
    build.tables.set(key, { table, objects: [], sets: [], flowtables: [], chains: [] });
    return;
  }
  const table = build.tables.get(tableKey(json.family, json.table));
  if (table === undefined) complain(context, 'table before it', value);
  else if (!addToTable(table, name, json, context, first)) complain(context, 'entry', value);
}

/** Whether the entry is one that a table can hold. */
function addToTable(
  table: TableBuild,
  name: string,
  json: JsonObject,
  context: ReadContext,
  first: boolean,
): boolean {
  switch (name) {
    case 'chain':
      table.chains.push({ chain: readChain(json, context), rules: [] });
      return true;
    case 'rule': {
      const chain = table.chains.find((known) => known.chain.name === json.chain);
      if (chain === undefined) return false;
      const rule = readRule(json, context);
      if (first) chain.rules.unshift(rule);
      else chain.rules.push(rule);
      return true;
    }
    case 'set':
    case 'map':
    case 'meter':
      table.sets.push(readSet(json, name === 'map', context));
      return true;
    case 'element': {
      const set = table.sets.find((known) => known.name === json.name);
      if (set === undefined || !isArray(json.elem)) return false;
      const added = json.elem.map((item) => readSetItem(item, context));
      set.elements = [...set.elements, ...added];
      return true;
    }
    case 'flowtable':
      table.flowtables.push(readFlowtable(json, context));
      return true;
    default: {
      const type = objectTypeOf(name);
      if (type !== undefined) table.objects.push(readObject(type, json, context));
      return type !== undefined;
    }
  }
}

function remove<Item>(items: Item[], matches: (item: Item) => boolean): void {
  const index = items.findIndex(matches);
  if (index >= 0) items.splice(index, 1);
}

function removeEntry(build: Build, verb: string, value: Json): void {
  const [name = '', target = null] = onlyMember(value) ?? [];
  const json = isObject(target) ? target : {};
  const flush = verb === 'flush';
  if (name === 'ruleset' && flush) {
    build.tables.clear();
    return;
  }
  if (name === 'table') {
    const key = tableKey(json.family, json.name);
    if (flush) for (const chain of build.tables.get(key)?.chains ?? []) chain.rules.length = 0;
    else build.tables.delete(key);
    return;
  }
  const table = build.tables.get(tableKey(json.family, json.table));
  if (table === undefined || (name !== 'chain' && name !== 'set' && name !== 'map')) {
    complain(contextOf(build, json), `command ${verb}`, value);
    return;
  }
  if (name === 'chain') {
    const chain = table.chains.find((known) => known.chain.name === json.name);
    if (flush) chain?.rules.splice(0);
    else remove(table.chains, (known) => known.chain.name === json.name);
    return;
  }
  const set = table.sets.find((known) => known.name === json.name);
  if (flush && set !== undefined) set.elements = [];
  else remove(table.sets, (known) => known.name === json.name);
}

function finish(build: TableBuild): Table {
  return {
    ...build.table,
    objects: build.objects,
    sets: build.sets,
    flowtables: build.flowtables,
    chains: build.chains.map(({ chain, rules }) => ({ ...chain, rules })),
  };
}
