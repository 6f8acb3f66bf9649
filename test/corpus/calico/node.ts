/** Corpus calls about whole nodes: scenarios and the table layer. */

import { kernelChainOrder } from '../../../src/generate/calico/apply-order.ts';
import { readFelixModel } from '../../../src/generate/calico/felix-model.ts';
import type { FelixModel } from '../../../src/generate/calico/model.ts';
import { nftCommands, nftTable } from '../../../src/generate/calico/nft-table.ts';
import { isRecord, textOf, textsOf } from '../../../src/generate/calico/plain-data.ts';
import { pruneTable, reachableChains } from '../../../src/generate/calico/prune.ts';
import { restoreText } from '../../../src/generate/calico/restore-text.ts';
import { goto, jump } from '../../../src/generate/calico/rules/action.ts';
import { type GeneratedRule, rule, staticChain } from '../../../src/generate/calico/rules/rule.ts';
import { offeredTables } from '../../../src/generate/calico/tables.ts';
import type { CalicoCase, Call } from './case.ts';

export function scenarioModel({ input, dataplane }: CalicoCase): FelixModel {
  return readFelixModel(input, { dataplane }).value;
}

/** The text that Felix writes for a scenario, line by line. */
export function scenarioText(calicoCase: CalicoCase): readonly string[] {
  const model = scenarioModel(calicoCase);
  const tables = offeredTables(model).map(pruneTable);
  return calicoCase.dataplane === 'nftables'
    ? nftCommands(nftTable(tables, model))
    : restoreText(tables, model.insertMode);
}

/** Only where a rule leads matters here. */
function ruleOfText(text: string): GeneratedRule {
  const [, verb, target] = /--(jump|goto) (\S+)/.exec(text) ?? [];
  if (target === undefined) return rule([], undefined);
  return rule([], verb === 'goto' ? goto(target) : jump(target));
}

const tableApply: Call = ({ input }) => {
  if (input.chains !== undefined) {
    const bodies = isRecord(input.chains)
      ? Object.entries(input.chains)
      : textsOf(input.chains).map((name): [string, unknown] => [name, []]);
    const chains = new Map(
      bodies.map(([name, lines]) => [name, staticChain(name, '', textsOf(lines).map(ruleOfText))]),
    );
    const reached = reachableChains(chains, textsOf(input.references));
    return { programmed: bodies.map(([name]) => name).filter((name) => reached.has(name)) };
  }
  const [chain = ''] = Object.keys(isRecord(input.insert) ? input.insert : {});
  const of = (value: unknown): readonly string[] => (isRecord(value) ? textsOf(value[chain]) : []);
  const numbered = (list: readonly string[], from: number): readonly string[] =>
    list.map((_text, index) => `our rule ${index + from}`);
  const inserted = numbered(of(input.insert), 1);
  const order = kernelChainOrder({
    insertMode: textOf(input.insert_mode) === 'append' ? 'append' : 'insert',
    inserted,
    others: of(input.existing),
    appended: numbered(of(input.append), inserted.length + 1),
  });
  return { order };
};

export const nodeCalls: Readonly<Record<string, Call>> = { 'table-apply': tableApply };
