/** Commands on chains: add, create, delete, destroy, flush, rename; and what a chain block declares. */

import type { BaseChain, Priority } from '../../../ast/nft/ruleset.ts';
import type {
  ChainBlock,
  CommandOf,
  HookSpecification,
  Name,
  PrioritySpecification,
  Target,
} from '../../../ast/nft/script.ts';
import { joinSpans, type Span } from '../../../base/span.ts';
import type { Family } from '../../../fields/families.ts';
import { familyHooks, type HookWord, priorityByName } from '../../../fields/hooks.ts';
import {
  alreadyExists,
  type LoadContext,
  nameOfTarget,
  notFound,
  report,
  tableOfTarget,
} from './context.ts';
import { loseRules } from './lost.ts';
import { nameFits } from './names.ts';
import { addChainState, type ChainState, type TableState, takeHandle } from './state.ts';
import { countRule, isUsed, usageOf } from './usage.ts';

export function runChainCommand(context: LoadContext, command: CommandOf<'chain'>): void {
  const { verb, target, block, newName, span } = command;
  if (verb === 'destroy' && !isThere(context, target)) return;
  const table = tableOfTarget(context, target, span);
  if (table === undefined) return;
  const name = nameOfTarget(target, span);
  if (verb === 'add' || verb === 'create') {
    const declared = block ?? { name, offload: false, rules: [], span: name.span };
    applyChainBlock(context, table, declared, verb);
    addRules(context, table, declared);
    return;
  }
  const chain = chainOf(context, table, target, name);
  if (chain === undefined) return;
  if (verb === 'flush') flushChain(context, table, chain);
  else if (verb === 'rename') renameChain(context, table, chain, newName ?? name, span);
  else if (block?.devices !== undefined || block?.hook !== undefined) {
    deleteDevices(context, table, chain, block);
  } else deleteChain(context, table, chain, name);
}

function isThere(context: LoadContext, { family = 'ip', table, name, handle }: Target): boolean {
  const found = context.state.tables.get(`${family} ${table?.text ?? ''}`);
  if (found === undefined) return true;
  if (name !== undefined) return found.chains.has(name.text);
  return [...found.chains.values()].some((chain) => chain.handle === handle?.value);
}

/** The chain of that name or handle; an error if there is none. */
export function chainOf(
  context: LoadContext,
  table: TableState,
  target: Target,
  name: Name,
): ChainState | undefined {
  if (target.name === undefined) {
    for (const chain of table.chains.values()) {
      if (chain.handle === target.handle?.value) return chain;
    }
    const span = target.handle?.span ?? name.span;
    report(context, 'not-found', span, `no chain with handle ${target.handle?.value ?? 0}`);
    return undefined;
  }
  const chain = table.chains.get(name.text);
  if (chain === undefined && context.lenient === true) return addChainState(table, name);
  if (chain === undefined) notFound(context, 'chain', name, table.chains.keys());
  return chain;
}

/** Declares a chain, or checks that what is there is the same; its rules are added by `addRules`. */
export function applyChainBlock(
  context: LoadContext,
  table: TableState,
  block: ChainBlock,
  verb: 'add' | 'create',
): void {
  const { name } = block;
  const existing = table.chains.get(name.text);
  if (existing !== undefined && verb === 'create') {
    alreadyExists(context, 'chain', name);
    return;
  }
  if (!nameFits(context, name)) return;
  const base = block.hook === undefined ? undefined : baseOf(context, table.family, block);
  if (base === undefined && !mayHaveDevices(context, table, block)) return;
  if (existing !== undefined) {
    updateChain(context, existing, block, base);
    return;
  }
  if (base === undefined && block.devices !== undefined) {
    // nft_chain_parse_hook(): -ENOENT
    report(context, 'kernel-refused', name.span, 'a new chain with devices needs a hook');
    return;
  }
  const handle = takeHandle(table, block.handle);
  const { offload, span } = block;
  const chain: ChainState = { name: name.text, offload, handle, span, rules: [], fresh: true };
  if (block.handle !== undefined) chain.writtenHandle = block.handle;
  if (base !== undefined) chain.base = base;
  if (block.comment !== undefined) chain.comment = block.comment;
  table.chains.set(name.text, chain);
  if (base === undefined && block.policy !== undefined) {
    report(context, 'not-possible', block.policy.span, 'only a chain with a hook has a policy');
  }
}

/** nft: chain_evaluate(), for chains without a hook. */
function mayHaveDevices(
  context: LoadContext,
  { family }: TableState,
  { devices = [] }: ChainBlock,
): boolean {
  const [first] = devices;
  const last = devices[devices.length - 1];
  if (first === undefined || last === undefined || family === 'netdev') return true;
  const span =
    first.span.source === last.span.source ? joinSpans(first.span, last.span) : first.span;
  report(context, 'invalid-value', span, 'this chain type cannot be bound to a device');
  return false;
}

/** nf_tables_updchain(): policy and devices may change, type, hook and priority may not. */
function updateChain(
  context: LoadContext,
  chain: ChainState,
  block: ChainBlock,
  base: BaseChain | undefined,
): void {
  const policy = block.policy?.value;
  if (base !== undefined) {
    if (chain.base === undefined || !sameHook(chain.base, base)) {
      alreadyExists(context, 'another chain', block.name);
      return;
    }
    addDevices(chain, base.devices);
  } else if (block.devices !== undefined) {
    if (chain.base === undefined) {
      alreadyExists(context, 'a chain without a hook', block.name);
      return;
    }
    addDevices(
      chain,
      block.devices.map(({ text }) => text),
    );
  }
  if (policy === undefined) return;
  if (chain.base === undefined) {
    const span = block.policy?.span ?? block.name.span;
    report(context, 'not-possible', span, 'only a chain with a hook has a policy');
    return;
  }
  chain.base = { ...chain.base, policy };
}

function sameHook(first: BaseChain, second: BaseChain): boolean {
  return (
    first.type === second.type &&
    first.hook === second.hook &&
    first.priority.value === second.priority.value
  );
}

function addDevices(chain: ChainState, more: readonly string[] | undefined): void {
  const { base } = chain;
  if (base === undefined || more === undefined) return;
  chain.base = { ...base, devices: [...new Set([...(base.devices ?? []), ...more])] };
}

/** nft: str2hooknum() knows more of arp than the kernel has. */
function isKnownHook(family: Family, hook: HookWord): boolean {
  return familyHooks[family].includes(hook) || (family === 'arp' && hook === 'forward');
}

function baseOf(context: LoadContext, family: Family, block: ChainBlock): BaseChain | undefined {
  const { hook, policy } = block;
  if (hook === undefined) return undefined;
  if (!isKnownHook(family, hook.hook)) {
    const message = `the ${family} family does not support this hook`;
    report(context, 'invalid-value', hook.hookSpan, message);
  }
  const devices = [...(hook.devices ?? []), ...(block.devices ?? [])].map(({ text }) => text);
  return {
    type: hook.type,
    hook: hook.hook,
    priority: priorityOf(context, family, hook),
    ...(devices.length === 0 ? {} : { devices: [...new Set(devices)] }),
    ...(policy === undefined ? {} : { policy: policy.value }),
  };
}

/** nft: chain_evaluate(): connection tracking, at -200, comes before translation. */
function priorityOf(context: LoadContext, family: Family, hook: HookSpecification): Priority {
  const priority = resolvePriority(context, family, hook.hook, hook.priority);
  if (hook.type === 'nat' && priority.value <= -200 && family !== 'bridge') {
    const message = 'chains of type nat must have a priority value above -200';
    report(context, 'not-possible', hook.priority.span, message);
  }
  return priority;
}

/** The number behind a priority; an unknown name is an error. */
export function resolvePriority(
  context: LoadContext,
  family: Family,
  hook: HookWord,
  { name, offset, span }: PrioritySpecification,
): Priority {
  // Kept in 32 bits, as nft sends it.
  if (name === undefined) return { offset, value: offset | 0, span };
  const value = priorityByName(family, hook, name);
  if (value === undefined) {
    const message = `'${name}' is no priority of ${family} chains at ${hook}`;
    report(context, 'invalid-value', span, message);
  }
  return { name, offset, value: ((value ?? 0) + offset) | 0, span };
}

export function addRules(context: LoadContext, table: TableState, block: ChainBlock): void {
  const chain = table.chains.get(block.name.text);
  if (chain === undefined) return;
  if (block.rules.length > 0) {
    table.pending.push(block.rules);
    table.touched = true;
  }
  if (chain.rules.length === 0) chain.rules = [...block.rules];
  else for (const rule of block.rules) chain.rules.push(rule);
  if (context.usage === undefined) return;
  for (const rule of block.rules) countRule(context.usage, table, rule, 1);
}

function flushChain(context: LoadContext, table: TableState, chain: ChainState): void {
  if (context.usage !== undefined) {
    for (const rule of chain.rules) countRule(context.usage, table, rule, -1);
  }
  loseRules(context, table, chain);
  chain.rules = [];
  delete chain.ruleHandles;
}

function renameChain(
  context: LoadContext,
  table: TableState,
  chain: ChainState,
  newName: Name,
  span: Span,
): void {
  if (table.chains.has(newName.text)) {
    alreadyExists(context, 'chain', newName);
    return;
  }
  if (chain.fresh === true) {
    // nft names the chain by its handle, which it has not got yet.
    report(context, 'kernel-refused', span, 'a chain of the same script cannot be renamed');
    return;
  }
  const chains = [...table.chains.values()];
  chain.name = newName.text;
  table.chains.clear();
  for (const each of chains) table.chains.set(each.name, each);
}

/** The chain's own rules go with it; jumps of others to it keep it (EBUSY). */
function deleteChain(context: LoadContext, table: TableState, chain: ChainState, name: Name): void {
  context.usage ??= usageOf(context.state);
  for (const rule of chain.rules) countRule(context.usage, table, rule, -1);
  if (isUsed(context.usage, table, `chain ${chain.name}`)) {
    for (const rule of chain.rules) countRule(context.usage, table, rule, 1);
    report(context, 'not-possible', name.span, `chain '${chain.name}' is still jumped to`);
    return;
  }
  loseRules(context, table, chain);
  table.chains.delete(chain.name);
}

/** `delete chain … { devices = … }` takes devices away. */
function deleteDevices(
  context: LoadContext,
  table: TableState,
  chain: ChainState,
  block: ChainBlock,
): void {
  const { base } = chain;
  if (base === undefined) {
    // nf_tables_delchain() looks at devices of base chains only: any other chain is deleted.
    deleteChain(context, table, chain, block.name);
    return;
  }
  const gone = [...(block.hook?.devices ?? []), ...(block.devices ?? [])];
  for (const device of gone) {
    if (!(base.devices ?? []).includes(device.text))
      notFound(context, 'device', device, base.devices ?? []);
  }
  const names = new Set(gone.map(({ text }) => text));
  chain.base = { ...base, devices: (base.devices ?? []).filter((device) => !names.has(device)) };
}
