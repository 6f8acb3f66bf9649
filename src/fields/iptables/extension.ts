/** What an extension (a match or a target) is: option rows, how they become typed options, and how these are saved. */

import type { IptablesFamily, Problem, RuleSite, WrittenOption } from './written.ts';

/** What a value is read with: where the rule stands, the option's name for messages, and where problems go. */
export interface ValueSite extends RuleSite {
  readonly option: string;
  /** Reports and gives undefined, so that readers can `return site.problem(…)`. */
  readonly problem: (message: string, hint?: string) => undefined;
}

/** How the words of an option are read; `words` is how many it takes (0 for flags). */
export interface ValueKind<Value> {
  /** Tells words (the first, where it takes several) that `read` surely accepts in every rule; quick and never wrong. */
  readonly certain?: (text: string) => boolean;
  readonly words: number;
  /** How many more it takes, up to the next option. */
  readonly more?: number;
  readonly read: (words: readonly string[], site: ValueSite) => Value | undefined;
}

export interface OptionRow<Value> {
  /** With its dashes, as iptables-save prints it. */
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly value: ValueKind<Value>;
  /** Nothing but the value's own form decides on it: lines that differ here alone are of one shape. */
  readonly free?: boolean;
  /** May stand after `!`. */
  readonly invert?: boolean;
  readonly required?: boolean;
  /** May be given several times. */
  readonly multiple?: boolean;
  /** Names of options that must not stand beside it. */
  readonly excludes?: readonly string[];
  /** Names of options that it needs. */
  readonly needs?: readonly string[];
}

export type OptionRows = Readonly<Record<string, OptionRow<unknown>>>;

export interface ReadValue<Value> {
  readonly negated: boolean;
  readonly value: Value;
}

type ValueOf<Row> = Row extends OptionRow<infer Value> ? Value : never;

/** The values of the options that were given, under the names of their rows; the last one wins. */
export type ReadValues<Rows extends OptionRows> = {
  readonly [Key in keyof Rows]?: ReadValue<ValueOf<Rows[Key]>>;
};

export interface ReadSite extends RuleSite {
  /** All options in the order of the text, for extensions where it matters. */
  readonly written: readonly WrittenOption[];
  readonly problem: (message: string, hint?: string) => undefined;
}

export interface SaveSite {
  readonly family: IptablesFamily;
  readonly protocol: number;
}

/** Every option type carries the extension's name as its kind. */
export interface ExtensionOptions {
  readonly kind: string;
}

interface ExtensionRow<Rows extends OptionRows, Options extends ExtensionOptions> {
  readonly name: string;
  /** Only there with one of the two programs. */
  readonly family?: IptablesFamily;
  readonly revision: number;
  /** Other names that load the same extension. */
  readonly aliases?: readonly string[];
  /** The kernel takes it only beside `-p` with one of these (xt_match.proto). */
  readonly protocols?: readonly number[];
  /** The kernel takes it only in these tables (xt_target.table). */
  readonly tables?: readonly string[];
  /** The kernel takes it only in these built-in chains and what is called from them (xt_target.hooks). */
  readonly hooks?: readonly string[];
  /** What else the kernel refuses (checkentry), as a sentence. */
  readonly refused?: (options: Options, site: RuleSite) => string | undefined;
  readonly options: Rows;
  /** undefined after a problem was reported. */
  readonly read: (values: ReadValues<Rows>, site: ReadSite) => Options | undefined;
  /** The words after `-m NAME` or `-j NAME`. */
  readonly save: (options: Options, site: SaveSite) => readonly string[];
}

export interface Extension<Options extends ExtensionOptions = ExtensionOptions> {
  readonly name: string;
  readonly family?: IptablesFamily;
  readonly revision: number;
  readonly aliases: readonly string[];
  readonly protocols?: readonly number[];
  readonly tables?: readonly string[];
  readonly hooks?: readonly string[];
  readonly refused: (options: Options, site: RuleSite) => string | undefined;
  readonly optionByName: ReadonlyMap<string, OptionRow<unknown>>;
  readonly decode: (
    written: readonly WrittenOption[],
    site: RuleSite,
    report: (problem: Problem) => void,
  ) => Options | undefined;
  readonly save: (options: Options, site: SaveSite) => readonly string[];
}

/** Ties the types of an extension's rows, its reader and its printer together, then forgets the rows' types. */
export function extension<Rows extends OptionRows, Options extends ExtensionOptions>(
  row: ExtensionRow<Rows, Options>,
): Extension<Options> {
  const rowSet = indexRows(row.name, row.options);
  return {
    name: row.name,
    ...(row.family === undefined ? {} : { family: row.family }),
    ...(row.protocols === undefined ? {} : { protocols: row.protocols }),
    ...(row.tables === undefined ? {} : { tables: row.tables }),
    ...(row.hooks === undefined ? {} : { hooks: row.hooks }),
    revision: row.revision,
    aliases: row.aliases ?? [],
    refused: row.refused ?? (() => undefined),
    optionByName: rowSet.byName,
    save: row.save,
    decode: (written, site, report) => {
      const values = readOptions(rowSet, written, site, report);
      if (values === undefined) return undefined;
      const readSite = siteOf(site, '', written, (message, hint) => {
        report({ option: undefined, message, ...(hint === undefined ? {} : { hint }) });
        return undefined;
      });
      // The rows were read under their own keys with their own kinds: what mapped types cannot follow.
      return row.read(values as ReadValues<Rows>, readSite);
    },
  };
}

interface RowSet {
  readonly extension: string;
  readonly byName: ReadonlyMap<string, OptionRow<unknown>>;
  readonly keys: ReadonlyMap<OptionRow<unknown>, string>;
  readonly required: readonly OptionRow<unknown>[];
}

function indexRows(extensionName: string, rows: OptionRows): RowSet {
  const byName = new Map<string, OptionRow<unknown>>();
  for (const row of Object.values(rows)) {
    byName.set(row.name, row);
    for (const alias of row.aliases ?? []) byName.set(alias, row);
  }
  return {
    extension: extensionName,
    byName,
    keys: new Map(Object.entries(rows).map(([key, row]) => [row, key])),
    required: Object.values(rows).filter((row) => row.required === true),
  };
}

/** Written out: rules are read by the hundred thousand, and copying with `...` costs more than all the rest. */
function siteOf(
  { family, table, chain, protocol, ipsets }: RuleSite,
  option: string,
  written: readonly WrittenOption[],
  problem: (message: string, hint?: string) => undefined,
): ReadSite & ValueSite {
  return ipsets === undefined
    ? { family, table, chain, protocol, option, written, problem }
    : { family, table, chain, protocol, ipsets, option, written, problem };
}

type Values = Record<string, ReadValue<unknown>>;

function readOptions(
  rows: RowSet,
  written: readonly WrittenOption[],
  site: RuleSite,
  report: (problem: Problem) => void,
): Values | undefined {
  const values: Values = {};
  let failed = false;
  const fail = (option: WrittenOption | undefined, message: string, hint?: string): undefined => {
    failed = true;
    report({
      option,
      message: `${rows.extension}: ${message}`,
      ...(hint === undefined ? {} : { hint }),
    });
    return undefined;
  };
  for (const option of written) {
    const row = rows.byName.get(option.name);
    const key = row && rows.keys.get(row);
    if (row === undefined || key === undefined) {
      fail(option, `unknown option '${option.name}'`);
      continue;
    }
    if (option.negated && row.invert !== true) fail(option, `'${row.name}' cannot be inverted`);
    if (key in values && row.multiple !== true) fail(option, `'${row.name}' can only be used once`);
    const valueSite = siteOf(site, row.name, written, (message, hint) =>
      fail(option, message, hint),
    );
    const value = row.value.read(option.values, valueSite);
    if (value !== undefined) values[key] = { negated: option.negated, value };
  }
  checkTogether(rows, written, fail);
  return failed ? undefined : values;
}

function checkTogether(
  { byName, required }: RowSet,
  written: readonly WrittenOption[],
  fail: (option: WrittenOption | undefined, message: string) => undefined,
): void {
  const isThere = (name: string) =>
    written.some((option) => byName.get(option.name)?.name === name);
  for (const option of written) {
    const row = byName.get(option.name);
    for (const other of row?.excludes ?? []) {
      if (isThere(other)) fail(option, `'${row?.name}' cannot be used together with '${other}'`);
    }
    for (const other of row?.needs ?? []) {
      if (!isThere(other)) fail(option, `'${row?.name}' also requires '${other}'`);
    }
  }
  for (const { name } of required) {
    if (!isThere(name)) fail(undefined, `'${name}' must be specified`);
  }
}

/** Is the rule bound to one of these protocols with -p? */
export function isBoundTo({ protocol }: RuleSite, ...numbers: readonly number[]): boolean {
  return protocol !== undefined && !protocol.negated && numbers.includes(protocol.number);
}
