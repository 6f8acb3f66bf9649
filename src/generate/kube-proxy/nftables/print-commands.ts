/** The transaction of nft commands kube-proxy sends: `add table`, `add chain`, `add rule`, … */

import { flattened } from '../flattened.ts';
import { distinctElements, type NftablesProgram } from './generate.ts';
import type { GeneratedChain, GeneratedElement, GeneratedNft, GeneratedSet } from './model.ts';
import type { ServiceObjects } from './service-objects.ts';

/** The script that fills an empty kernel with the table: everything stands before what names it. */
export function printNftScript(program: NftablesProgram): string {
  const { family } = program.context.settings;
  const parts = [program.common, ...program.services.flatMap((service) => service.ports)];
  let script = `add table ${family} kube-proxy { comment "rules for kube-proxy" ; }\n`;
  for (const part of parts) script += partText(part, family).declarations;
  for (const part of parts) script += partText(part, family).rules;
  for (const element of distinctElements(parts)) script += elementCommand(element, family);
  return script;
}

/** The same for a table that did not come from a program. */
export function printGeneratedNft(table: GeneratedNft): string {
  const { family, chains, sets } = table;
  const text = partText({ chains, sets, elements: [] }, family);
  const elements = table.elements.map((element) => elementCommand(element, family)).join('');
  const head = `add table ${family} ${table.table} { comment "${table.comment}" ; }\n`;
  return `${head}${text.declarations}${text.rules}${elements}`;
}

interface PartText {
  readonly declarations: string;
  readonly rules: string;
}

/** Parts are immutable and kept from run to run, so their text is as well. */
const partTexts = new WeakMap<ServiceObjects, PartText>();

function partText(part: ServiceObjects, family: string): PartText {
  const known = partTexts.get(part);
  if (known !== undefined) return known;
  let declarations = '';
  let rules = '';
  for (const chain of part.chains) declarations += chainCommand(chain, family);
  for (const set of part.sets) declarations += setCommand(set, family);
  for (const chain of part.chains) rules += ruleCommands(chain, family);
  const text = { declarations: flattened(declarations), rules: flattened(rules) };
  partTexts.set(part, text);
  return text;
}

export function chainCommand(chain: GeneratedChain, family: string): string {
  const properties: string[] = [];
  const { base, comment } = chain;
  if (base !== undefined) {
    properties.push(`type ${base.type} hook ${base.hook} priority ${base.priority}`);
  }
  if (comment !== undefined) properties.push(`comment "${comment}"`);
  return `add chain ${family} kube-proxy ${chain.name}${block(properties)}\n`;
}

export function ruleCommands(chain: GeneratedChain, family: string): string {
  let commands = '';
  for (const { text, comment } of chain.rules) {
    const tail = comment === undefined ? '' : ` comment "${comment}"`;
    commands += `add rule ${family} kube-proxy ${chain.name} ${text}${tail}\n`;
  }
  return commands;
}

export function setCommand(set: GeneratedSet, family: string): string {
  const properties = [`type ${set.type}`];
  if (set.flags !== undefined) properties.push(`flags ${set.flags.join(',')}`);
  if (set.timeoutSeconds !== undefined) properties.push(`timeout ${set.timeoutSeconds}s`);
  if (set.comment !== undefined) properties.push(`comment "${set.comment}"`);
  return `add ${set.kind} ${family} kube-proxy ${set.name}${block(properties)}\n`;
}

function block(properties: readonly string[]): string {
  return properties.length === 0 ? '' : ` { ${properties.map((text) => `${text} ; `).join('')}}`;
}

export function elementCommand(element: GeneratedElement, family: string): string {
  const comment = element.comment === undefined ? '' : ` comment "${element.comment}"`;
  const verdict = element.verdict === undefined ? '' : ` : ${element.verdict}`;
  return `add element ${family} kube-proxy ${element.set} { ${element.key}${comment}${verdict} }\n`;
}
