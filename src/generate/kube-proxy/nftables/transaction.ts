/** What one sync of nftables mode sends after a change: only what belongs to services that changed. */

import { changedItems } from '../changed-items.ts';
import { distinctElements, type NftablesProgram, type ProgrammedNftService } from './generate.ts';
import type { GeneratedChain, GeneratedElement } from './model.ts';
import { chainCommand, elementCommand, ruleCommands, setCommand } from './print-commands.ts';

export interface NftTransaction {
  readonly script: string;
  /** Emptied now; to be deleted in a later sync, when the kernel has let go of the map elements. */
  readonly staleChains: readonly string[];
}

export function nftTransaction(
  program: NftablesProgram,
  previous: NftablesProgram,
): NftTransaction {
  const { family } = program.context.settings;
  const { added, removed } = changedItems(previous.services, program.services);
  const before = partsOf(removed);
  const after = partsOf(added);
  const oldChains = new Set(before.chains.map(({ name }) => name));
  const newChains = new Set(after.chains.map(({ name }) => name));
  const staleChains = [...oldChains].filter((name) => !newChains.has(name)).sort();
  const oldSets = new Set(before.sets.map(({ name }) => name));
  const newSets = new Set(after.sets.map(({ name }) => name));
  let script = '';
  for (const chain of after.chains) script += chainCommand(chain, family);
  for (const set of after.sets) if (!oldSets.has(set.name)) script += setCommand(set, family);
  for (const chain of after.chains) script += refill(chain, oldChains.has(chain.name), family);
  script += elementChanges(before.elements, after.elements, program);
  for (const name of staleChains) script += `flush chain ${family} kube-proxy ${name}\n`;
  for (const name of oldSets) {
    if (!newSets.has(name)) script += `delete set ${family} kube-proxy ${name}\n`;
  }
  return { script, staleChains };
}

function partsOf(services: readonly ProgrammedNftService[]) {
  const parts = services.flatMap((service) => service.ports);
  return {
    chains: parts.flatMap((part) => part.chains),
    sets: parts.flatMap((part) => part.sets),
    elements: distinctElements(parts),
  };
}

function refill(chain: GeneratedChain, existed: boolean, family: string): string {
  const flush = existed ? `flush chain ${family} kube-proxy ${chain.name}\n` : '';
  return flush + ruleCommands(chain, family);
}

/** A changed value is a deletion and an addition; a cluster IP that another service port still has stays. */
function elementChanges(
  before: readonly GeneratedElement[],
  after: readonly GeneratedElement[],
  program: NftablesProgram,
): string {
  const { family } = program.context.settings;
  const oldTexts = new Set(before.map((element) => elementCommand(element, family)));
  const newTexts = new Set(after.map((element) => elementCommand(element, family)));
  const gone = before.filter((element) => !newTexts.has(elementCommand(element, family)));
  const kept = gone.length > 0 ? elementKeys(program) : new Set<string>();
  const fresh = after.filter((element) => !oldTexts.has(elementCommand(element, family)));
  const replaced = new Set(fresh.map(keyText));
  let script = '';
  for (const element of gone) {
    if (kept.has(keyText(element)) && !replaced.has(keyText(element))) continue;
    script += `delete element ${family} kube-proxy ${element.set} { ${element.key} }\n`;
  }
  for (const element of fresh) script += elementCommand(element, family);
  return script;
}

function elementKeys(program: NftablesProgram): ReadonlySet<string> {
  const keys = new Set<string>();
  for (const service of program.services) {
    for (const port of service.ports) {
      for (const element of port.elements) keys.add(keyText(element));
    }
  }
  return keys;
}

function keyText({ set, key }: GeneratedElement): string {
  return `${set} ${key}`;
}
