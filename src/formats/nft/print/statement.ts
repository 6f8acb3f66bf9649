/** Statements as text. */

import type { Expression } from '../../../ast/nft/expressions.ts';
import type {
  DupStatement,
  FwdStatement,
  MatchStatement,
  ObjectReferenceStatement,
  PerStatement,
  QueueStatement,
  RejectStatement,
  SetUpdateStatement,
  Statement,
  StatementByKind,
  StatementKind,
  SynproxyStatement,
  XtStatement,
} from '../../../ast/nft/statements.ts';
import { type PrintContext, statelessContext } from './context.ts';
import { printExpression, printVerdict } from './expression.ts';
import { printLog } from './log.ts';
import { printNat, printTproxy } from './nat.ts';
import { olderMatch } from './older-match.ts';
import { olderStatement } from './older-values.ts';
import { printRule } from './rule.ts';
import { printCounter, printLast, printLimit, printQuota } from './stateful.ts';

export function printStatement(node: Statement, context: PrintContext): string {
  return dispatch(context.dialect === '1.0.6' ? olderStatement(node) : node, context);
}

function dispatch<Kind extends StatementKind>(
  node: StatementByKind[Kind] & { readonly kind: Kind },
  context: PrintContext,
): string {
  return printers[node.kind](node, context);
}

function printMatch(node: MatchStatement, context: PrintContext): string {
  if (context.dialect === '1.0.6') {
    const text = olderMatch(node, (part) => printExpression(part, context));
    if (text !== undefined) return text;
  }
  const { operator, left, right } = node;
  const between = operator === 'in' ? ' ' : ` ${operator} `;
  return printExpression(left, context) + between + printExpression(right, context);
}

/** Rules of anonymous chains are listed without handles. */
function printAnonymousChain(
  { verdict, rules }: StatementByKind['anonymous-chain'],
  context: PrintContext,
): string {
  const inner = { ...context, handles: false };
  const lines = rules.map((rule) => `\t\t\t${printRule(rule, inner)}\n`);
  return `${verdict} {\n${lines.join('')}\t\t}`;
}

function printReject({ type, code }: RejectStatement, context: PrintContext): string {
  if (type === undefined) return 'reject';
  if (type === 'tcp reset' || code === undefined) return `reject with ${type}`;
  return `reject with ${type} ${printExpression(code, context)}`;
}

function printSetUpdate(node: SetUpdateStatement, context: PrintContext): string {
  const stateless = statelessContext(context);
  const statements = (node.statements ?? []).map(
    (statement) => ` ${printStatement(statement, stateless)}`,
  );
  const key = printExpression(node.element, stateless) + statements.join('');
  const data = node.data === undefined ? '' : ` : ${printExpression(node.data, context)}`;
  return `${node.operation} @${node.set} { ${key}${data} }`;
}

function printDup({ address, device }: DupStatement, context: PrintContext): string {
  const target = address ?? device;
  if (target === undefined) return 'dup';
  const rest = address !== undefined && device !== undefined;
  const suffix = rest ? ` device ${printExpression(device, context)}` : '';
  return `dup to ${printExpression(target, context)}${suffix}`;
}

function printFwd({ device, family, address }: FwdStatement, context: PrintContext): string {
  const name = printExpression(device, context);
  if (address === undefined) return `fwd to ${name}`;
  return `fwd ${family ?? 'ip'} to ${printExpression(address, context)} device ${name}`;
}

function printQueue({ number, flags }: QueueStatement, context: PrintContext): string {
  const words = flags !== undefined && flags.length > 0 ? ` flags ${flags.join(',')}` : '';
  return `queue${words} to ${number === undefined ? '0' : printExpression(number, context)}`;
}

function printSynproxy({ mss, wscale, flags }: SynproxyStatement): string {
  let text = 'synproxy';
  if (mss !== undefined || wscale !== undefined) text += ` mss ${mss ?? 0} wscale ${wscale ?? 0}`;
  if (flags?.includes('timestamp')) text += ' timestamp';
  return flags?.includes('sack-perm') ? `${text} sack-perm` : text;
}

/** Words before the object's name (nft: objref_stmt_print). */
const referenceWords: Readonly<Record<string, string>> = {
  'ct helper': 'ct helper set',
  'ct timeout': 'ct timeout set',
  'ct expectation': 'ct expectation set',
  secmark: 'meta secmark set',
};

function printObjectReference(
  { type, name }: ObjectReferenceStatement,
  context: PrintContext,
): string {
  return `${referenceWords[type] ?? `${type} name`} ${printObjectName(name, context)}`;
}

function printObjectName(name: Expression, context: PrintContext): string {
  return name.kind === 'symbol' ? `"${name.text}"` : printExpression(name, context);
}

function printXt({ type, name, translation }: XtStatement, { dialect }: PrintContext): string {
  if (translation !== undefined) return translation;
  if (name === undefined) return '';
  return dialect === '1.0.6' ? `xt ${type} ${name}` : `xt ${type} "${name}"`;
}

const printers: PerStatement<[PrintContext], string> = {
  match: printMatch,
  verdict: ({ verdict }, context) => printVerdict(verdict, context),
  'anonymous-chain': printAnonymousChain,
  vmap: ({ key, data }, context) =>
    `${printExpression(key, context)} vmap ${printExpression(data, context)}`,
  counter: printCounter,
  quota: printQuota,
  limit: printLimit,
  'ct-count': ({ over, count }) => `ct count ${over ? 'over ' : ''}${count}`,
  last: printLast,
  log: printLog,
  reject: printReject,
  nat: printNat,
  tproxy: printTproxy,
  notrack: () => 'notrack',
  mangle: ({ key, value }, context) =>
    `${printExpression(key, context)} set ${printExpression(value, context)}`,
  'reset-option': ({ option }, context) => `reset ${printExpression(option, context)}`,
  'set-update': printSetUpdate,
  meter: ({ name, size, key, statement }, context) => {
    const inner = printStatement(statement, statelessContext(context));
    const limit = size === undefined ? '' : ` size ${size}`;
    return `meter ${name}${limit} { ${printExpression(key, context)} ${inner} }`;
  },
  dup: printDup,
  fwd: printFwd,
  queue: printQueue,
  synproxy: printSynproxy,
  flow: ({ flowtable }) => `flow add @${flowtable}`,
  'object-reference': printObjectReference,
  xt: printXt,
  invalid: () => '',
};
