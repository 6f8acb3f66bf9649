/** Checks of what other tools list once Felix's rules are loaded. */

import type { IptablesRuleset } from '../../../src/ast/iptables.ts';
import { protocolName } from '../../../src/fields/iptables/protocols.ts';
import { loadIptablesSave } from '../../../src/formats/iptables-save/load.ts';
import { printIptablesSave } from '../../../src/formats/iptables-save/print.ts';
import {
  type ListIptablesOptions,
  listIptablesAsNft,
  listingSystems,
} from '../../../src/formats/iptables-translate/list-as-nft.ts';
import { loadNft } from '../../../src/formats/nft/load.ts';
import { printNft } from '../../../src/formats/nft/print.ts';
import {
  generateFromModel,
  unloadableRules,
} from '../../../src/generate/calico/generate-calico.ts';
import { inOrderOfCreation } from '../../../src/generate/calico/iptables-ruleset.ts';
import { textOf } from '../../../src/generate/calico/plain-data.ts';
import { lower } from '../../../src/lower/lower.ts';
import { raise } from '../../../src/raise/raise.ts';
import type { CalicoCase, Call } from './case.ts';
import { scenarioModel, scenarioText } from './node.ts';

const ruleLine = /^-A probe ?(.*)$/m;

/** The rule of a display case in a ruleset of its own; user chains it jumps to are declared. */
function displayRuleset({ input }: CalicoCase): IptablesRuleset {
  const rule = textOf(input.rule);
  const target = /--(?:jump|goto) (cali-\S+)/.exec(rule)?.[1];
  const declared = ['probe', ...(target === undefined ? [] : [target])].map(
    (name) => `:${name} - [0:0]`,
  );
  const lines = [`*${textOf(input.table)}`, ...declared, `-A probe ${rule}`, 'COMMIT', ''];
  const family = Number(input.ip_version) === 6 ? 'ip6' : 'ip';
  const { value, diagnostics } = loadIptablesSave(lines.join('\n'), { family });
  const [problem] = diagnostics;
  if (problem !== undefined) throw new Error(problem.message);
  return value;
}

/** iptables 1.8.9 prints every name of /etc/protocols; later releases only those xtables knows. */
function inOlderWords(text: string): string {
  return text.replace(/ -p (\d+) /g, (whole, number: string) => {
    const name = protocolName(Number(number));
    return name === undefined ? whole : ` -p ${name} `;
  });
}

const displaySave: Call = (calicoCase) =>
  ruleLine.exec(inOlderWords(printIptablesSave(displayRuleset(calicoCase))))?.[1];

const listedLine = /chain probe \{\n\t\t(.*)\n/;

function displayList(options: ListIptablesOptions): Call {
  return (calicoCase) =>
    listedLine.exec(listIptablesAsNft(displayRuleset(calicoCase), options))?.[1];
}

function iptablesOf(calicoCase: CalicoCase): IptablesRuleset {
  const { output } = generateFromModel(scenarioModel(calicoCase));
  if (output.mode !== 'iptables') throw new Error('not in iptables mode');
  return output.ruleset;
}

const byTable = ['mangle', 'raw', 'filter', 'nat'];

const scenarioSave: Call = (calicoCase) => {
  const { tables, ...ruleset } = iptablesOf(calicoCase);
  const ordered = tables.toSorted(
    (left, right) => byTable.indexOf(left.name) - byTable.indexOf(right.name),
  );
  return ordered.flatMap((table) =>
    inOlderWords(printIptablesSave({ ...ruleset, tables: [table] }))
      .trimEnd()
      .split('\n'),
  );
};

const elementLine = /^(?:\t\telements = \{ |\t\t\t {5})(".*?" : .*?)(?:,| \})$/;

/** nft 1.0.6 orders interface names as numbers of the machine: the last character weighs most. */
function compareNames(left: string, right: string): number {
  const key = (text: string): string =>
    [...(/^"(.*?)"/.exec(text)?.[1] ?? '').padEnd(16, '\0')].reverse().join('');
  return key(left) < key(right) ? -1 : 1;
}

function inOlderOrder(lines: readonly string[]): readonly string[] {
  const ordered: string[] = [];
  let elements: string[] = [];
  for (const line of lines) {
    const element = elementLine.exec(line)?.[1];
    if (element !== undefined) elements.push(element);
    if (element === undefined || line.endsWith(' }')) {
      const [first, ...rest] = elements.sort(compareNames);
      if (first !== undefined) {
        const all = [`\t\telements = { ${first}`, ...rest.map((text) => `\t\t\t     ${text}`)];
        ordered.push(...`${all.join(',\n')} }`.split('\n'));
      }
      elements = [];
    }
    if (element === undefined) ordered.push(line);
  }
  return ordered;
}

/** What nft lists of the commands of nftables mode. */
function nftablesListing(calicoCase: CalicoCase): readonly string[] {
  const loaded = loadNft(`${scenarioText(calicoCase).join('\n')}\n`).value;
  const raised = raise(lower(loaded).value, loaded);
  return inOlderOrder(printNft(raised, { dialect: '1.0.6' }).trimEnd().split('\n'));
}

const scenarioList: Call = (calicoCase) =>
  calicoCase.dataplane === 'iptables'
    ? listIptablesAsNft(inOrderOfCreation(iptablesOf(calicoCase)), listingSystems['debian-12'])
        .trimEnd()
        .split('\n')
    : nftablesListing(calicoCase);

/** Does the text load? The kernel's refusals of iptables text are told by the rules. */
const scenarioLoads: Call = (calicoCase) => {
  const { tables, model } = generateFromModel(scenarioModel(calicoCase));
  return unloadableRules(tables, model).length === 0;
};

/** By call and field of `expect`. */
export const listingChecks: Readonly<Record<string, Readonly<Record<string, Call>>>> = {
  'iptables-nft-display': {
    iptables_save_1_8_9: displaySave,
    nft_list_1_0_6: displayList(listingSystems['debian-12']),
    nft_list_1_1_7: displayList({ release: '1.8.9', libxtables: '1.8.13' }),
  },
  scenario: {
    iptables_save_1_8_9: scenarioSave,
    nft_list_1_0_6: scenarioList,
    kernel_loads: scenarioLoads,
  },
};
