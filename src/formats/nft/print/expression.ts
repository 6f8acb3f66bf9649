/** Expressions as text. */

import type {
  BinaryExpression,
  BinaryOperator,
  ElementExpression,
  Expression,
  ExpressionByKind,
  ExpressionKind,
  JhashExpression,
  PerExpression,
  SymbolExpression,
} from '../../../ast/nft/expressions.ts';
import { chainOfVerdict, type Verdict } from '../../../ast/nft/verdict.ts';
import { formatDuration } from '../../../datatypes/format-time.ts';
import { formatValue } from '../../../datatypes/format-value.ts';
import { type PrintContext, rangeContext, spelling } from './context.ts';
import { printMeta, printPayload, printRawPayload, printTcpOption } from './header-field.ts';
import { olderDatatype } from './older-values.ts';
import { printStatement } from './statement.ts';

export function printExpression(node: Expression, context: PrintContext): string {
  return dispatch(node, context);
}

function dispatch<Kind extends ExpressionKind>(
  node: ExpressionByKind[Kind] & { readonly kind: Kind },
  context: PrintContext,
): string {
  return printers[node.kind](node, context);
}

function printAll(nodes: readonly Expression[], delimiter: string, context: PrintContext): string {
  return nodes.map((node) => printExpression(node, context)).join(delimiter);
}

/** Bare words, numbers and strings of the grammar keep their spelling. */
export function printVerdict(verdict: Verdict, context: PrintContext): string {
  if (verdict.kind !== 'jump' && verdict.kind !== 'goto') return verdict.kind;
  const { chain } = verdict;
  if (typeof chain === 'string') return `${verdict.kind} ${chain}`;
  return `${verdict.kind} ${chainOfVerdict(verdict) ?? printExpression(chain, context)}`;
}

const precedence: Readonly<Record<BinaryOperator, number>> = {
  '<<': 1,
  '>>': 1,
  '&': 2,
  '^': 3,
  '|': 4,
};

function printOperand(node: Expression, parent: BinaryOperator, context: PrintContext): string {
  const text = printExpression(node, context);
  const weaker = node.kind === 'binary' && precedence[parent] < precedence[node.operator];
  return weaker ? `(${text})` : text;
}

function printBinary(node: BinaryExpression, context: PrintContext): string {
  const left = printOperand(node.left, node.operator, context);
  const right = printOperand(node.right, node.operator, context);
  return `${left} ${operatorWord(node, context)} ${right}`;
}

/** `and`, `or`, `xor`, `lshift`, `rshift` as they were written (iptables' translations have such words). */
function operatorWord(node: BinaryExpression, context: PrintContext): string {
  const { left, right, operator } = node;
  if (!context.written || left.span.source !== right.span.source) return operator;
  const between = left.span.source.text.slice(left.span.end, right.span.start).trim();
  return /^(and|x?or|[lr]shift)$/.test(between) ? between : operator;
}

/** Statements, timeout, expiry and comment: what stands between an element's key and its data. */
function printElementOptions(node: ElementExpression, context: PrintContext): string {
  let text = '';
  for (const statement of node.statements ?? []) text += ` ${printStatement(statement, context)}`;
  if (node.timeout === 0) text += ' timeout never';
  else if (node.timeout !== undefined) text += ` timeout ${formatDuration(node.timeout)}`;
  if (node.expires !== undefined && !context.stateless && node.timeout !== 0) {
    text += ` expires ${formatDuration(node.expires)}`;
  }
  return node.comment === undefined ? text : `${text} comment "${node.comment}"`;
}

/** The options of a mapping's element stand before the colon. */
function printElement(node: ElementExpression, context: PrintContext): string {
  const options = printElementOptions(node, context);
  if (node.key.kind !== 'mapping') return printExpression(node.key, context) + options;
  const key = printExpression(node.key.key, context);
  return `${key}${options} : ${printExpression(node.key.data, context)}`;
}

function printJhash(node: JhashExpression, context: PrintContext): string {
  const seed = node.seed === undefined ? '' : ` seed 0x${node.seed.toString(16)}`;
  const key = printExpression(node.key, context);
  return `jhash ${key} mod ${node.modulus}${seed}${offsetSuffix(node.offset)}`;
}

function offsetSuffix(offset: number | undefined): string {
  return offset ? ` offset ${offset}` : '';
}

/** The grammar reads numbers to decimal; the input tells how one was written. */
function printSymbol(node: SymbolExpression, context: PrintContext): string {
  const { text } = node;
  if (!context.written || !/^\d+$/.test(text)) return text;
  const written = spelling(node, context);
  return /^0x[0-9a-f]+$/i.test(written) && BigInt(written) === BigInt(text) ? written : text;
}

/** Does the map give verdicts, so that it is written `vmap`? */
function isVerdictMap(data: Expression): boolean {
  if (data.kind !== 'set') return false;
  const [first] = data.items;
  const item = first?.kind === 'element' ? first.key : first;
  return item?.kind === 'mapping' && item.data.kind === 'verdict';
}

const printers: PerExpression<[PrintContext], string> = {
  symbol: printSymbol,
  string: ({ text }) => `"${text}"`,
  value: ({ type, value, bits }, context) => {
    const shown = context.dialect === '1.0.6' ? olderDatatype(type) : type;
    return formatValue(shown, value, bits, context.format);
  },
  variable: ({ name }) => `$${name}`,
  prefix: ({ address, length }, context) => `${printExpression(address, context)}/${length}`,
  range: ({ from, to }, context) => {
    const numeric = rangeContext(context);
    return `${printExpression(from, numeric)}-${printExpression(to, numeric)}`;
  },
  concat: ({ parts }, context) => printAll(parts, ' . ', context),
  list: ({ items }, context) => printAll(items, ',', context),
  set: ({ items }, context) =>
    items.length === 0 ? '{ }' : `{ ${printAll(items, ', ', context)} }`,
  'set-reference': ({ name }) => `@${name}`,
  element: printElement,
  wildcard: () => '*',
  mapping: ({ key, data }, context) =>
    `${printExpression(key, context)} : ${printExpression(data, context)}`,
  verdict: ({ verdict }, context) => printVerdict(verdict, context),
  map: ({ key, data }, context) =>
    `${printExpression(key, context)} ${isVerdictMap(data) ? 'vmap' : 'map'} ${printExpression(data, context)}`,
  payload: printPayload,
  'raw-payload': printRawPayload,
  exthdr: ({ header, field, index }) => {
    if (field === undefined) return `exthdr ${header}`;
    return `${header} ${field}${index === undefined ? '' : `[${index}]`}`;
  },
  'tcp-option': printTcpOption,
  'ip-option': ({ option, field }) => `ip option ${option}${field ? ` ${field}` : ''}`,
  'sctp-chunk': ({ chunk, field }) => `sctp chunk ${chunk}${field ? ` ${field}` : ''}`,
  'dccp-option': ({ type }) => `dccp option ${type}`,
  meta: printMeta,
  ct: ({ key, direction, family }) =>
    `ct ${direction ? `${direction} ` : ''}${family ? `${family} ` : ''}${key}`,
  rt: ({ key, family }) => `rt ${family ? `${family} ` : ''}${key}`,
  fib: ({ flags, result }, context) => {
    const word = result === 'check' && context.dialect === '1.0.6' ? 'oif' : result;
    return `fib ${flags.join(' . ')} ${word}`;
  },
  socket: ({ key, level }) => `socket ${key}${level === undefined ? '' : ` level ${level}`}`,
  osf: ({ key, ttl }) => `osf ${ttl ? `ttl ${ttl} ` : ''}${key}`,
  ipsec: ({ direction, spnum, key, family }) =>
    `ipsec ${direction}${spnum ? ` spnum ${spnum}` : ''}${family ? ` ${family}` : ''} ${key}`,
  tunnel: ({ key }) => `tunnel ${key}`,
  numgen: ({ mode, modulus, offset }) => `numgen ${mode} mod ${modulus}${offsetSuffix(offset)}`,
  jhash: printJhash,
  symhash: ({ modulus, offset }) => `symhash mod ${modulus}${offsetSuffix(offset)}`,
  binary: printBinary,
  'flags-mask': ({ value, mask }, context) =>
    `${printFlags(value, context)} / ${printFlags(mask, context)}`,
  boolean: ({ value }) => (value ? 'exists' : 'missing'),
};

/** Flags beside a slash are separated by commas. */
function printFlags(node: Expression, context: PrintContext): string {
  if (node.kind !== 'binary' || node.operator !== '|') return printExpression(node, context);
  return `${printFlags(node.left, context)},${printFlags(node.right, context)}`;
}
