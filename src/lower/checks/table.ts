/** What a table declares besides sets and rules: objects, and hooks of base chains. */

import type { Chain } from '../../ast/nft/ruleset.ts';
import { joinSpans, type Span } from '../../base/span.ts';
import type { Family } from '../../fields/families.ts';
import { chainTypeHooks, familyHooks } from '../../fields/hooks.ts';
import type { RuleScope } from '../rule.ts';
import { wordSpan } from '../word-span.ts';
import { objectProblem } from './object.ts';

/** Chains and objects: nft evaluates them before the sets and the rules of a table (nft_cmd_expand()). */
export function checkDeclarations(scope: RuleScope): void {
  const { table } = scope.table;
  for (const chain of table.chains) checkBase(scope, chain);
  for (const object of table.objects) {
    const problem = objectProblem(table.family, object);
    if (problem !== undefined) scope.diagnostics.push(problem);
  }
}

/** nft: chain_evaluate(); kernel: nft_chain_parse_hook() */
function checkBase(scope: RuleScope, chain: Chain): void {
  const { base } = chain;
  if (base === undefined) return;
  const { family } = scope.table.table;
  if (!hookWords(family).includes(base.hook)) {
    scope.diagnostics.push({
      code: 'invalid-context',
      span: wordSpan(chain.span, base.hook),
      message: `the ${family} family does not support the hook ${base.hook}`,
    });
    return;
  }
  const bound = family === 'netdev' || (family === 'inet' && base.hook === 'ingress');
  if (!bound && (base.devices ?? []).length > 0) {
    scope.diagnostics.push({
      code: 'invalid-context',
      span: deviceSpan(chain.span),
      message: 'this chain type cannot be bound to a device',
    });
  }
  if (!(chainTypeHooks[base.type][family]?.includes(base.hook) ?? false)) {
    scope.diagnostics.push({
      code: 'kernel-refused',
      span: joinSpans(wordSpan(chain.span, 'type'), wordSpan(chain.span, base.hook)),
      message: `chains of type ${base.type} cannot hook at ${base.hook} in the ${family} family: operation not supported`,
    });
  }
}

/** `device eth0`, or the list behind `devices =`. */
function deviceSpan(chain: Span): Span {
  const { source, start, end } = chain;
  const list = /\bdevices\s*=\s*/g;
  list.lastIndex = start;
  const found = list.exec(source.text);
  if (found === null || list.lastIndex >= end) return wordSpan(chain, 'device');
  const brace = source.text.indexOf('}', list.lastIndex);
  return { source, start: list.lastIndex, end: brace < 0 || brace > end ? end : brace + 1 };
}

/** What nft itself takes for hooks; it knows one of arp that the kernel does not have. */
function hookWords(family: Family): readonly string[] {
  return family === 'arp' ? [...familyHooks.arp, 'forward'] : familyHooks[family];
}
