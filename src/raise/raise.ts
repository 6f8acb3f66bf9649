/** A program as the ruleset that `nft list ruleset` shows. */

import type { Chain, Ruleset, Table } from '../ast/nft/ruleset.ts';
import type { Program, ProgramChain, ProgramTable } from '../model/program.ts';
import { withMeters } from './older-meters.ts';
import { type RaiseOptions, type RaiseSettings, raiseSettings } from './options.ts';
import { raiseObject } from './raise-object.ts';
import { raiseRule } from './raise-rule.ts';
import { raiseSet } from './raise-set.ts';
import type { TableScope } from './reader.ts';

/**
 * Reads a program back as nft 1.1.7 does with what the kernel sends (netlink_delinearize.c): constants typed, implicit
 * protocol matches dropped, masks and ranges recombined, sets sorted.
 *
 * What only declarations hold (comments, handles, flags of tables, `typeof`, objects, flowtables) comes from `written`,
 * the ruleset that was lowered; tables and sets are paired by name.
 */
export function raise(program: Program, written?: Ruleset, options: RaiseOptions = {}): Ruleset {
  const settings = raiseSettings(options);
  const tables = new Map(
    (written?.tables ?? []).map((table) => [`${table.family} ${table.name}`, table]),
  );
  return {
    kind: 'ruleset',
    tables: program.tables.map((table) =>
      raiseTable(table, tables.get(`${table.family} ${table.name}`), settings),
    ),
  };
}

/** Names of the table's sets and anonymous chains, for rules that are raised one by one. */
export function tableScope(table: ProgramTable, options: RaiseOptions = {}): TableScope {
  return scopeOf(table, raiseSettings(options));
}

function scopeOf(table: ProgramTable, settings: RaiseSettings): TableScope {
  const anonymous = table.chains.filter((chain) => chain.anonymous === true);
  return {
    table,
    settings,
    sets: new Map(table.sets.map((set) => [set.name, set])),
    anonymousChains: new Map(anonymous.map((chain) => [chain.name, chain])),
  };
}

function raiseTable(
  table: ProgramTable,
  written: Table | undefined,
  settings: RaiseSettings,
): Table {
  const scope = scopeOf(table, settings);
  const sets = new Map((written?.sets ?? []).map((set) => [set.name, set]));
  const chains = new Map((written?.chains ?? []).map((chain) => [chain.name, chain]));
  const updated = updatedSets(table);
  const { comment, handle } = written ?? {};
  const inDialect = (raised: Table) =>
    settings.dialect === '1.0.6' ? withMeters(raised, written) : raised;
  return inDialect({
    kind: 'table',
    family: table.family,
    name: table.name,
    flags: written?.flags ?? (table.dormant ? ['dormant'] : []),
    ...(comment === undefined ? {} : { comment }),
    ...(handle === undefined ? {} : { handle }),
    objects: written?.objects ?? table.objects.flatMap((object) => raiseObject(object) ?? []),
    sets: table.sets
      .filter((set) => !set.anonymous)
      .map((set) => raiseSet(set, sets.get(set.name), updated.has(set.name), settings.dialect)),
    flowtables: (written?.flowtables ?? []).map((flowtable) => ({
      ...flowtable,
      devices: inOrder(flowtable.devices),
    })),
    chains: table.chains
      .filter((chain) => chain.anonymous !== true)
      .map((chain) => raiseChain(chain, chains.get(chain.name), scope)),
    span: table.span,
  });
}

/** Names of sets that rules add to, update or delete from. */
function updatedSets(table: ProgramTable): ReadonlySet<string> {
  const names = new Set<string>();
  if (table.sets.every(({ anonymous }) => anonymous)) return names;
  for (const chain of table.chains) {
    for (const rule of chain.rules) {
      for (const operation of rule.once?.() ?? rule.operations) {
        if (operation.kind === 'dynset') names.add(operation.set);
      }
    }
  }
  return names;
}

/** nft sorts devices by name. */
function inOrder(devices: readonly string[]): string[] {
  return [...devices].sort((first, second) => (first < second ? -1 : first > second ? 1 : 0));
}

function raiseChain(chain: ProgramChain, written: Chain | undefined, scope: TableScope): Chain {
  const { comment, handle, flags } = written ?? {};
  return {
    kind: 'chain',
    name: chain.name,
    ...(chain.base === undefined ? {} : { base: raiseBase(chain.base, chain.span) }),
    ...(flags === undefined ? {} : { flags }),
    ...(comment === undefined ? {} : { comment }),
    ...(handle === undefined ? {} : { handle }),
    rules: chain.rules.map((rule) => raiseRule(rule, scope)),
    span: chain.span,
  };
}

function raiseBase(
  base: NonNullable<ProgramChain['base']>,
  span: Chain['span'],
): NonNullable<Chain['base']> {
  const { type, hook, priority, devices, policy } = base;
  return {
    type,
    hook,
    priority: { offset: 0, value: priority, span },
    ...(devices.length === 0 ? {} : { devices: inOrder(devices) }),
    policy,
  };
}
