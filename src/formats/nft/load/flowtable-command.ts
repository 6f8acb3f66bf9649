/** Commands on flowtables: declare, delete, destroy, and devices added to or taken from one. */

import type { Flowtable } from '../../../ast/nft/ruleset.ts';
import type { CommandOf, DeclaredFlowtable, Name, Target } from '../../../ast/nft/script.ts';
import { resolvePriority } from './chain-command.ts';
import {
  alreadyExists,
  type LoadContext,
  nameOfTarget,
  notFound,
  report,
  tableOfTarget,
} from './context.ts';
import { nameFits } from './names.ts';
import { addFlowtableState, type FlowtableState, type TableState } from './state.ts';
import { isUsed, usageOf } from './usage.ts';

export function runFlowtableCommand(context: LoadContext, command: CommandOf<'flowtable'>): void {
  const { verb, target, block, span } = command;
  if (verb === 'destroy' && !isThere(context, target)) return;
  const table = tableOfTarget(context, target, span);
  if (table === undefined) return;
  if (block !== undefined && (verb === 'add' || verb === 'create')) {
    declareFlowtable(context, table, block, verb);
    return;
  }
  const name = nameOfTarget(target, span);
  const found = flowtableOf(context, table, target, name);
  if (found === undefined) return;
  if (block === undefined) deleteFlowtable(context, table, found.flowtable, name);
  else removeDevices(found, block);
}

function isThere(context: LoadContext, { family = 'ip', table, name, handle }: Target): boolean {
  const found = context.state.tables.get(`${family} ${table?.text ?? ''}`);
  if (found === undefined) return true;
  if (name !== undefined) return found.flowtables.has(name.text);
  return [...found.flowtables.values()].some((each) => each.handle === handle?.value);
}

function flowtableOf(
  context: LoadContext,
  table: TableState,
  target: Target,
  name: Name,
): FlowtableState | undefined {
  for (const each of table.flowtables.values()) {
    const named = target.name !== undefined && each.flowtable.name === name.text;
    if (named || (target.name === undefined && each.handle === target.handle?.value)) return each;
  }
  notFound(context, 'flowtable', name, table.flowtables.keys());
  return undefined;
}

export function declareFlowtable(
  context: LoadContext,
  table: TableState,
  { name, declaration, hook }: DeclaredFlowtable,
  verb: 'add' | 'create',
): void {
  const existing = table.flowtables.get(name.text);
  if (existing !== undefined && verb === 'create') {
    alreadyExists(context, 'flowtable', name);
    return;
  }
  if (hook !== undefined && hook.name !== 'ingress') {
    report(context, 'invalid-value', hook.priority.span, 'a flowtable is hooked at ingress');
    return;
  }
  const hooked =
    hook === undefined
      ? {}
      : {
          hook: 'ingress' as const,
          priority: resolvePriority(context, 'netdev', 'ingress', hook.priority),
        };
  const flowtable: Flowtable = { ...declaration, ...hooked };
  if (existing === undefined) {
    if (!nameFits(context, name)) return;
    if (hook === undefined) {
      // nft_flowtable_parse_hook(): -ENOENT
      report(context, 'kernel-refused', name.span, 'a new flowtable needs hook and priority');
      return;
    }
    addFlowtableState(table, flowtable);
    return;
  }
  const devices = [...new Set([...existing.flowtable.devices, ...flowtable.devices])];
  existing.flowtable = { ...existing.flowtable, devices };
}

function removeDevices(found: FlowtableState, block: DeclaredFlowtable): void {
  const gone = new Set(block.declaration.devices);
  const devices = found.flowtable.devices.filter((device) => !gone.has(device));
  found.flowtable = { ...found.flowtable, devices };
}

function deleteFlowtable(
  context: LoadContext,
  table: TableState,
  flowtable: Flowtable,
  name: Name,
): void {
  context.usage ??= usageOf(context.state);
  if (isUsed(context.usage, table, `flowtable ${flowtable.name}`)) {
    report(context, 'not-possible', name.span, `flowtable '${flowtable.name}' is still in use`);
    return;
  }
  table.flowtables.delete(flowtable.name);
}
