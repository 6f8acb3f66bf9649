/** What an expression becomes in a table of one family: what it implies, where it works, how the kernel loads it. */

import type { Expression } from '../../ast/nft/expressions.ts';
import type { Table } from '../../ast/nft/ruleset.ts';
import type { Diagnostic } from '../../base/diagnostic.ts';
import type { NameEnvironment } from '../../datatypes/environment.ts';
import { formatValue } from '../../datatypes/format-value.ts';
import type { Family } from '../../fields/families.ts';
import { headerByName } from '../../fields/headers.ts';
import { familyHooks, type HookWord } from '../../fields/hooks.ts';
import { printOperation } from '../../formats/bytecode/operation.ts';
import { hookNeed, worksInFamily } from '../../lower/checks/hooks.ts';
import type { LoweringContext, RuleItem } from '../../lower/context.ts';
import { evaluateExpression } from '../../lower/evaluate/expression.ts';
import { newEmitter } from '../../lower/generate/emitter.ts';
import { generateLoad } from '../../lower/generate/load.ts';
import { newContext } from '../../lower/rule.ts';
import { newTableScope } from '../../lower/table-scope.ts';
import type { TypedExpression } from '../../lower/typed.ts';
import type { Operation } from '../../model/operations.ts';

export interface InFamily {
  readonly family: Family;
  /** Why it cannot be used; what follows is empty then. */
  readonly refused?: string;
  /** Matches that nft puts before it, as one would write them. */
  readonly implies: readonly string[];
  /** Hooks of base chains that may use it. */
  readonly hooks: readonly HookWord[];
  /** How the kernel loads it, as `nft --debug=netlink` prints it. */
  readonly load: readonly string[];
}

export const families: readonly Family[] = ['ip', 'ip6', 'inet', 'arp', 'bridge', 'netdev'];

/** A table of the family without anything in it. */
export function emptyTable(family: Family, expression: Pick<Expression, 'span'>): Table {
  return {
    kind: 'table',
    family,
    name: 't',
    flags: [],
    objects: [],
    sets: [],
    flowtables: [],
    chains: [],
    span: expression.span,
  };
}

export function contextFor(
  family: Family,
  expression: Expression,
  environment: NameEnvironment,
): LoweringContext & { readonly diagnostics: Diagnostic[] } {
  const table = newTableScope(emptyTable(family, expression));
  return newContext({ table, environment, diagnostics: [] });
}

export function expressionInFamily(
  family: Family,
  expression: Expression,
  environment: NameEnvironment,
): InFamily {
  const context = contextFor(family, expression, environment);
  const below = carrierOf(expression);
  if (below !== undefined) evaluateExpression(context, below);
  const written = context.items.length;
  const typed = evaluateExpression(context, expression);
  const [problem] = context.diagnostics;
  if (typed === undefined || problem !== undefined) {
    return refused(family, problem?.message ?? 'it cannot stand in a match');
  }
  const emitter = newEmitter();
  generateLoad(emitter, typed, 0);
  const { operations } = emitter;
  if (!operations.every((operation) => worksInFamily(operation, family))) {
    return refused(family, 'the kernel does not have it in this family');
  }
  const implies = context.items.slice(written).flatMap((item) => impliedText(item, environment));
  return {
    family,
    implies: below === undefined ? implies : ['(a match of udp dport before it)', ...implies],
    hooks: usableHooks(operations, family),
    load: operations.map(printOperation),
  };
}

/** VXLAN and GENEVE travel in UDP; nft wants that matched by the rule itself. */
function carrierOf(node: Expression): Expression | undefined {
  if (node.kind !== 'payload') return undefined;
  const tunnel = node.tunnel ?? node.protocol;
  if (headerByName(tunnel)?.layer !== 'inner') return undefined;
  return { kind: 'payload', protocol: 'udp', field: 'dport', span: node.span };
}

function refused(family: Family, reason: string): InFamily {
  return { family, refused: reason, implies: [], hooks: [], load: [] };
}

/** The hooks of a family where all operations work. */
export function usableHooks(operations: readonly Operation[], family: Family): readonly HookWord[] {
  const needs = operations.flatMap((operation) => {
    const inner = operation.kind === 'inner' ? operation.operation : operation;
    return hookNeed(inner, family) ?? [];
  });
  return familyHooks[family].filter((hook) => needs.every(({ hooks }) => hooks.includes(hook)));
}

function impliedText(item: RuleItem, environment: NameEnvironment): readonly string[] {
  if (item.kind !== 'match') return [];
  const operator = item.operator === '==' || item.operator === 'in' ? '' : `${item.operator} `;
  return [`${leftText(item.left)} ${operator}${rightText(item.right, environment)}`];
}

function leftText(typed: TypedExpression): string {
  switch (typed.kind) {
    case 'meta':
      return `${tunnelWord(typed)}meta ${typed.key.name}`;
    case 'payload':
      return `${tunnelWord(typed)}${typed.protocol?.name ?? '@'} ${typed.field?.name ?? ''}`;
    case 'exthdr':
      return 'rt type';
    case 'binary':
      return leftText(typed.left);
    default:
      return typed.kind;
  }
}

function tunnelWord({ tunnel }: { readonly tunnel?: { readonly protocol: string } }): string {
  return tunnel === undefined ? '' : `${tunnel.protocol} `;
}

function rightText(typed: TypedExpression, environment: NameEnvironment): string {
  if (typed.kind === 'set-reference') {
    const keys = typed.set.elements.map(({ key = new Uint8Array() }) =>
      formatValue(typed.type, BigInt(key[0] ?? 0), typed.bits, { environment }),
    );
    return `{ ${keys.join(', ')} }`;
  }
  if (typed.kind !== 'value') return typed.kind;
  return formatValue(typed.type, typed.text ?? typed.value, typed.bits, { environment });
}
