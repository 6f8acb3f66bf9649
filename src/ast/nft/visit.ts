/** The children of every node of the nft tree, once: passes that care for two kinds name two kinds. */

import type { Expression, ExpressionByKind, PerExpression } from './expressions.ts';
import type { Rule } from './ruleset.ts';
import type { PerStatement, Statement, StatementByKind } from './statements.ts';
import { chainOfVerdict, type Verdict } from './verdict.ts';

type Mapper = (child: Expression) => Expression;

const none: readonly Expression[] = [];
const leaf = () => none;

function present(...nodes: readonly (Expression | undefined)[]): readonly Expression[] {
  return nodes.filter((node) => node !== undefined);
}

function ofVerdict(verdict: Verdict): readonly Expression[] {
  if (!('chain' in verdict) || typeof verdict.chain === 'string') return none;
  return chainOfVerdict(verdict) === undefined ? [verdict.chain] : none;
}

const expressionChildren: PerExpression<[], readonly Expression[]> = {
  symbol: leaf,
  string: leaf,
  value: leaf,
  variable: leaf,
  prefix: (node) => [node.address],
  range: (node) => [node.from, node.to],
  concat: (node) => node.parts,
  list: (node) => node.items,
  set: (node) => node.items,
  'set-reference': leaf,
  element: (node) => [node.key],
  wildcard: leaf,
  mapping: (node) => [node.key, node.data],
  verdict: (node) => ofVerdict(node.verdict),
  map: (node) => [node.key, node.data],
  payload: leaf,
  'raw-payload': leaf,
  exthdr: leaf,
  'tcp-option': leaf,
  'ip-option': leaf,
  'sctp-chunk': leaf,
  'dccp-option': leaf,
  meta: leaf,
  ct: leaf,
  rt: leaf,
  fib: leaf,
  socket: leaf,
  osf: leaf,
  ipsec: leaf,
  tunnel: leaf,
  numgen: leaf,
  jhash: (node) => [node.key],
  symhash: leaf,
  binary: (node) => [node.left, node.right],
  'flags-mask': (node) => [node.value, node.mask],
  boolean: leaf,
};

const statementChildren: PerStatement<[], readonly Expression[]> = {
  match: (node) => [node.left, node.right],
  verdict: (node) => ofVerdict(node.verdict),
  'anonymous-chain': leaf,
  vmap: (node) => [node.key, node.data],
  counter: leaf,
  quota: leaf,
  limit: leaf,
  'ct-count': leaf,
  last: leaf,
  log: (node) => present(node.prefix),
  reject: (node) => present(node.code),
  nat: (node) => present(node.address, node.port),
  tproxy: (node) => present(node.address, node.port),
  notrack: leaf,
  mangle: (node) => [node.key, node.value],
  'reset-option': (node) => [node.option],
  'set-update': (node) => present(node.element, node.data),
  meter: (node) => [node.key],
  dup: (node) => present(node.address, node.device),
  fwd: (node) => present(node.device, node.address),
  queue: (node) => present(node.number),
  synproxy: leaf,
  flow: leaf,
  'object-reference': (node) => [node.name],
  xt: leaf,
  invalid: leaf,
};

/** The expressions directly inside an expression, in order of writing. */
export function children<Kind extends keyof ExpressionByKind>(
  node: ExpressionByKind[Kind] & { readonly kind: Kind },
): readonly Expression[] {
  return expressionChildren[node.kind](node);
}

/** The expressions directly inside a statement, in order of writing. */
export function operands<Kind extends keyof StatementByKind>(
  node: StatementByKind[Kind] & { readonly kind: Kind },
): readonly Expression[] {
  return statementChildren[node.kind](node);
}

/** Statements inside a statement: of `meter`, of set updates and of the elements, of anonymous chains. */
export function innerStatements(node: Statement): readonly Statement[] {
  if (node.kind === 'meter') return [node.statement];
  if (node.kind === 'set-update') return node.statements ?? [];
  return node.kind === 'anonymous-chain' ? node.rules.flatMap((rule) => rule.statements) : [];
}

/** An expression and every one inside it, outer ones first. */
export function* everyExpression(node: Expression): Iterable<Expression> {
  const pending: Expression[] = [node];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    yield next;
    const inner = children(next);
    for (let index = inner.length - 1; index >= 0; index--) {
      const child = inner[index];
      if (child !== undefined) pending.push(child);
    }
  }
}

/** Every expression of a statement, outer ones first; not those of statements inside it. */
export function* everyOperand(statement: Statement): Iterable<Expression> {
  for (const operand of operands(statement)) yield* everyExpression(operand);
}

/** Every statement of a list, with the ones inside others. */
export function* everyStatement(statements: readonly Statement[]): Iterable<Statement> {
  for (const statement of statements) {
    yield statement;
    yield* everyStatement(innerStatements(statement));
  }
}

/** Every statement of a rule, with the ones inside others. */
export function statementsOf(rule: Rule): Iterable<Statement> {
  return everyStatement(rule.statements);
}

function mapAll(nodes: readonly Expression[], map: Mapper): readonly Expression[] {
  let changed = false;
  const mapped = nodes.map((node) => {
    const next = map(node);
    if (next !== node) changed = true;
    return next;
  });
  return changed ? mapped : nodes;
}

/** The node with its direct children replaced; the same node when none changes. */
export function mapChildren(node: Expression, map: Mapper): Expression {
  switch (node.kind) {
    case 'prefix': {
      const address = map(node.address);
      return address === node.address ? node : { ...node, address };
    }
    case 'range': {
      const from = map(node.from);
      const to = map(node.to);
      return from === node.from && to === node.to ? node : { ...node, from, to };
    }
    case 'concat': {
      const parts = mapAll(node.parts, map);
      return parts === node.parts ? node : { ...node, parts };
    }
    case 'list':
    case 'set': {
      const items = mapAll(node.items, map);
      return items === node.items ? node : { ...node, items };
    }
    case 'element':
    case 'jhash': {
      const key = map(node.key);
      return key === node.key ? node : { ...node, key };
    }
    case 'mapping':
    case 'map': {
      const key = map(node.key);
      const data = map(node.data);
      return key === node.key && data === node.data ? node : { ...node, key, data };
    }
    case 'binary': {
      const left = map(node.left);
      const right = map(node.right);
      return left === node.left && right === node.right ? node : { ...node, left, right };
    }
    case 'flags-mask': {
      const value = map(node.value);
      const mask = map(node.mask);
      return value === node.value && mask === node.mask ? node : { ...node, value, mask };
    }
    default:
      return node;
  }
}
