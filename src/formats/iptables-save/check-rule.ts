/** Checks a rule: its options' values, its chain, and what the kernel would say. */

import type { IptablesOption, IptablesRule } from '../../ast/iptables.ts';
import type { Span } from '../../base/span.ts';
import {
  type DecodedRule,
  decodeRule,
  type KnownMatch,
  type KnownTarget,
} from '../../fields/iptables/decode.ts';
import { isBoundTo } from '../../fields/iptables/extension.ts';
import { savedProtocol } from '../../fields/iptables/protocols.ts';
import { builtInChain } from '../../fields/iptables/tables.ts';
import type { RuleSite, WrittenOption } from '../../fields/iptables/written.ts';
import type { TableState, TablesState } from './tables-state.ts';

/** Reports what is wrong; false when something is. */
export function checkRule(state: TablesState, rule: IptablesRule): boolean {
  const { table, options, diagnostics } = state;
  if (table === undefined) return false;
  const before = diagnostics.length;
  const chains = { has: (name: string) => hasChain(table, name) };
  const [decoded] = decodeRule(rule, {
    family: options.family,
    table: table.name,
    chains,
    ...(options.ipsets && { ipsets: options.ipsets }),
    report: ({ option, message, hint }) => {
      diagnostics.push({
        code: 'iptables-option',
        span: option && hasSpan(option) ? option.span : rule.span,
        message,
        ...(hint === undefined ? {} : { hint }),
      });
    },
  });
  checkChains(state, table, rule);
  checkNatTable(state, table, rule);
  if (decoded !== undefined && diagnostics.length === before) {
    checkInterfaces(state, decoded, rule.span);
    checkKernel(state, table, decoded, rule.span);
  }
  return diagnostics.slice(before).every(({ code }) => code === 'iptables-unknown-extension');
}

function hasSpan(option: WrittenOption): option is IptablesOption {
  return 'span' in option;
}

export function hasChain(table: TableState, name: string): boolean {
  return table.chains.has(name) || table.builtIn.has(name);
}

function checkChains(state: TablesState, table: TableState, rule: IptablesRule): void {
  if (!hasChain(table, rule.chain)) {
    state.diagnostics.push({
      code: 'iptables-chain',
      span: rule.span,
      message: `table '${table.name}' has no chain '${rule.chain}'`,
      hint: `declare it: :${rule.chain} - [0:0]`,
    });
  }
}

/** do_commandeb() and its kin: packets that NAT does not see would pass. */
function checkNatTable({ diagnostics }: TablesState, table: TableState, rule: IptablesRule): void {
  const { target } = rule;
  if (table.name !== 'nat' || target === undefined || target.goto || target.name !== 'DROP') return;
  diagnostics.push({
    code: 'iptables-option',
    span: rule.span,
    message: 'the nat table is not intended for filtering: DROP is refused there',
  });
}

const receiving: readonly string[] = ['PREROUTING', 'INPUT'];
const sending: readonly string[] = ['OUTPUT', 'POSTROUTING'];

function checkInterfaces(state: TablesState, rule: DecodedRule, span: Span): void {
  if (rule.outInterface !== undefined && receiving.includes(rule.chain)) {
    state.diagnostics.push({
      code: 'iptables-option',
      span,
      message: `can't use --out-interface with ${rule.chain}`,
    });
  }
  if (rule.inInterface !== undefined && sending.includes(rule.chain)) {
    state.diagnostics.push({
      code: 'iptables-option',
      span,
      message: `can't use --in-interface with ${rule.chain}`,
    });
  }
}

/** xt_check_match() and xt_check_target() of net/netfilter/x_tables.c, and jumps to missing chains. */
function checkKernel(state: TablesState, table: TableState, rule: DecodedRule, span: Span): void {
  const { target } = rule;
  const site = { family: state.options.family, table: table.name, chain: rule.chain };
  for (const address of [rule.source, rule.destination]) {
    if (address?.inverted && address.mask.every((byte) => byte === 0)) {
      state.diagnostics.push({
        code: 'iptables-kernel',
        span,
        message: 'a rule with ! and a mask of 0 can never match',
      });
    }
  }
  if (target?.kind === 'chain') checkJump(state, table, target.chain, span);
  if (target?.kind === 'unknown') {
    state.diagnostics.push({
      code: 'iptables-unknown-extension',
      span,
      message: `target '${target.name}' is not known`,
    });
  }
  for (const part of [...rule.matches, target]) {
    if (part?.kind !== 'match' && part?.kind !== 'target') continue;
    const ruleSite = { ...site, protocol: rule.protocol };
    const refusal = refusalOf(part, ruleSite, () => isBehindVerdict(state, table, rule.chain));
    if (refusal !== undefined)
      state.diagnostics.push({ code: 'iptables-kernel', span, ...refusal });
  }
}

const verdicts: readonly string[] = ['ACCEPT', 'DROP', 'RETURN'];

/** mark_source_chains(): a rule behind one that ends the chain for every packet belongs to no hook in iptables-legacy. */
function isBehindVerdict({ options }: TablesState, table: TableState, chain: string): boolean {
  if (options.loader !== 'iptables-legacy') return false;
  const rules = table.edited?.get(chain) ?? table.appended.filter((rule) => rule.chain === chain);
  return rules.some(
    ({ header, matches, target }) =>
      header.length + matches.length === 0 &&
      target !== undefined &&
      !target.goto &&
      verdicts.includes(target.name),
  );
}

function refusalOf(
  part: KnownMatch | KnownTarget,
  site: RuleSite,
  isUnreached: () => boolean,
): { message: string; hint?: string } | undefined {
  const { protocols, tables, hooks } = part.extension;
  if (protocols !== undefined && !isBoundTo(site, ...protocols)) {
    return {
      message: `'${part.name}' needs -p with its protocol`,
      hint: `-p ${savedProtocol(protocols[0] ?? 0)}`,
    };
  }
  if (tables !== undefined && !tables.includes(site.table)) {
    return {
      message: `'${part.name}' is not for table '${site.table}'`,
      hint: `it works in ${tables.join(' and ')}`,
    };
  }
  const builtIn = builtInChain(site.table, site.chain) !== undefined;
  if (builtIn && hooks !== undefined && !hooks.includes(site.chain) && !isUnreached()) {
    return {
      message: `'${part.name}' is not for chain ${site.chain}`,
      hint: `it works in ${hooks.join(' and ')}`,
    };
  }
  const message =
    part.kind === 'match'
      ? part.extension.refused(part.options, site)
      : part.extension.refused(part.options, site);
  return message === undefined ? undefined : { message };
}

function checkJump(state: TablesState, table: TableState, chain: string, span: Span): void {
  if (!hasChain(table, chain)) {
    state.diagnostics.push({
      code: 'iptables-chain',
      span,
      message: `there is no chain or target '${chain}'`,
      hint: `declare the chain before its use: :${chain} - [0:0]`,
    });
  } else if (table.builtIn.has(chain)) {
    state.diagnostics.push({
      code: 'iptables-chain',
      span,
      message: `cannot jump to the built-in chain '${chain}'`,
    });
  }
}
