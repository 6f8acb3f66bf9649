/** lowerIptables: an iptables ruleset as the program that iptables-nft or iptables-legacy loads into the kernel. */

import type {
  IptablesChain,
  IptablesRule,
  IptablesRuleset,
  IptablesTable,
} from '../../ast/iptables.ts';
import type { Diagnostic, Result } from '../../base/diagnostic.ts';
import { type DecodedRule, decodeRule } from '../../fields/iptables/decode.ts';
import { builtInChain } from '../../fields/iptables/tables.ts';
import type { Problem } from '../../fields/iptables/written.ts';
import type { Operation } from '../../model/operations.ts';
import type {
  Loader,
  Program,
  ProgramChain,
  ProgramRule,
  ProgramTable,
} from '../../model/program.ts';
import { chainsInKernelOrder } from './chain-order.ts';
import { type IptablesRelease, lowerHeader } from './header.ts';
import { LazyProgramRule } from './lazy-program-rule.ts';
import { lowerMatch } from './lower-match.ts';
import { lowerTarget } from './lower-target.ts';

export interface LowerIptablesOptions {
  readonly loader?: 'iptables-nft' | 'iptables-legacy';
  /** Whose iptables-nft; 1.8.13 unless said otherwise. */
  readonly release?: IptablesRelease;
  /** Rules begin with the counters of the text, as with `iptables-restore -c`; else with zero. */
  readonly counters?: boolean;
}

/** Options that cannot be understood are reported; their matches are left out. */
export function lowerIptables(
  ruleset: IptablesRuleset,
  { loader = 'iptables-nft', counters = false, release = '1.8.13' }: LowerIptablesOptions = {},
): Result<Program> {
  const diagnostics: Diagnostic[] = [];
  const tables = ruleset.tables.map((table) =>
    lowerTable(ruleset, table, { loader, counters, release }, diagnostics),
  );
  return { value: { tables }, diagnostics };
}

function lowerTable(
  { family }: IptablesRuleset,
  table: IptablesTable,
  { loader, counters, release }: Required<LowerIptablesOptions>,
  diagnostics: Diagnostic[],
): ProgramTable {
  const chains = chainsInKernelOrder(table, loader);
  const rulesByChain = new Map<string, ProgramRule[]>(chains.map(({ name }) => [name, []]));
  const site = { family, table: table.name, chains: rulesByChain };
  const lowerAll = (rule: IptablesRule, report: (problem: Problem) => void) => {
    const counted = counters || setsCounters(rule) ? rule : { span: rule.span };
    return decodeRule(rule, { ...site, report }).map((each) =>
      lowerRule(each, counted, family, { loader, release }),
    );
  };
  const lowerOne = (rule: IptablesRule): readonly Operation[] =>
    lowerAll(rule, () => undefined)[0]?.operations ?? [];
  const understood = new Set<object>();
  for (const rule of table.rules) {
    const rules = rulesByChain.get(rule.chain);
    if (rule.shape !== undefined && understood.has(rule.shape)) {
      rules?.push(new LazyProgramRule(rule, lowerOne));
      continue;
    }
    const before = diagnostics.length;
    const lowered = lowerAll(rule, ({ message, hint }) => {
      const details = hint === undefined ? {} : { hint };
      diagnostics.push({ code: 'iptables-option', span: rule.span, message, ...details });
    });
    rules?.push(...lowered);
    if (rule.shape !== undefined && lowered.length === 1 && diagnostics.length === before) {
      understood.add(rule.shape);
    }
  }
  return {
    family,
    name: table.name,
    loader,
    dormant: false,
    chains: chains.map((chain) => lowerChain(table, chain, rulesByChain.get(chain.name) ?? [])),
    sets: [],
    objects: [],
    flowtables: [],
    span: table.span,
  };
}

function lowerChain(
  table: IptablesTable,
  { name, policy, span }: IptablesChain,
  rules: readonly ProgramRule[],
): ProgramChain {
  const builtIn = builtInChain(table.name, name);
  if (builtIn === undefined) return { name, rules, span };
  const { type, hook, priority } = builtIn;
  const base = {
    type,
    hook,
    priority,
    devices: [],
    policy: policy === 'DROP' ? 'drop' : 'accept',
  } as const;
  return { name, base, rules, span };
}

/** A rule as it stands in the kernel: header, matches, the counter, the target. */
export function lowerRule(
  decoded: DecodedRule,
  { counters, span }: Pick<IptablesRule, 'counters' | 'span'>,
  family: IptablesRuleset['family'],
  { loader, release = '1.8.13' }: { readonly loader: Loader; readonly release?: IptablesRelease },
): ProgramRule {
  const counter: Operation = {
    kind: 'counter',
    packets: counters?.packets ?? 0n,
    bytes: counters?.bytes ?? 0n,
  };
  return {
    operations: [
      ...lowerHeader(decoded, family, release),
      ...decoded.matches.flatMap((match) => lowerMatch(match, loader)),
      counter,
      ...lowerTarget(decoded.target, loader),
    ],
    span,
  };
}

/** The option -c counts always, other than counters before the rule. */
function setsCounters({ header }: IptablesRule): boolean {
  return header.some(({ name }) => name === '-c');
}
