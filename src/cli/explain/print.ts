/** Explanations as text. */

import type { Family } from '../../fields/families.ts';
import { familyHooks, type HookWord } from '../../fields/hooks.ts';
import { datatypeLine, symbolLines } from './datatype-info.ts';
import type { ExpressionInfo } from './describe.ts';
import type { DatatypeExplanation, Explanation } from './explain.ts';
import type { RuleInfo } from './explain-rule.ts';
import type { InFamily } from './in-family.ts';
import type { Overview } from './overview.ts';

export function explanationLines(explanation: Explanation): readonly string[] {
  switch (explanation.kind) {
    case 'datatype':
      return datatypeLines(explanation);
    case 'overview':
      return overviewLines(explanation);
    case 'expression':
      return expressionLines(explanation);
    case 'rule':
      return ruleLines(explanation);
  }
}

function fact(name: string, text: string | undefined): readonly string[] {
  return text === undefined || text === '' ? [] : [`  ${name.padEnd(10)}${text}`];
}

const orders = { big: 'network byte order', host: 'host byte order', none: '' } as const;

function orderText({
  datatype,
  bits,
  byteOrder,
}: Pick<ExpressionInfo, 'datatype' | 'bits' | 'byteOrder'>): string {
  const text = datatype.name === 'string' || datatype.basetypes.includes('string');
  return text || bits <= 8 ? '' : orders[byteOrder];
}

function datatypeLines({ datatype, values, usedBy }: DatatypeExplanation): readonly string[] {
  const { symbols, bits, byteOrder } = datatype;
  return [
    datatypeLine(datatype, bits),
    '',
    ...fact('order', orderText({ datatype, bits, byteOrder })),
    ...fact('values', values),
    ...fact('used by', usedBy.join(', ')),
    ...(symbols === undefined ? [] : ['', ...symbolLines(symbols)]),
  ];
}

function expressionLines(info: ExpressionInfo): readonly string[] {
  const { symbols } = info.datatype;
  return [
    headLine(info),
    '',
    ...factLines(info),
    ...(info.parts ?? []).flatMap((part, index) => [
      `  field ${index + 1}   ${part.expression}: ${headLine(part)}`,
    ]),
    ...(symbols === undefined ? [] : ['', ...symbolLines(symbols)]),
  ];
}

function headLine({ sort, datatype, bits }: ExpressionInfo): string {
  return `${sort} expression, ${datatypeLine(datatype, bits)}`;
}

function factLines(info: ExpressionInfo): readonly string[] {
  const { meaning, place, values, settable, expression, families } = info;
  return [
    ...fact('means', meaning),
    ...fact('lies in', place),
    ...fact('order', orderText(info)),
    ...fact('values', values),
    ...fact('sets', settable ? `${expression} set VALUE` : ''),
    ...grouped('implies', families.filter(isUsable), ({ implies }) => implies.join(', ')),
    ...grouped('kernel', families.filter(isUsable), ({ load }) =>
      load.map((line) => `[ ${line} ]`).join(' '),
    ),
    ...grouped('hooks', families.filter(isUsable), hooksText),
    ...grouped('not in', families, ({ refused }) => refused ?? ''),
  ];
}

function isUsable({ refused }: { readonly refused?: string }): boolean {
  return refused === undefined;
}

/** Families that say the same share a line; what is the same for all needs no name. */
function grouped<Row extends { readonly family: Family }>(
  name: string,
  rows: readonly Row[],
  text: (row: Row) => string,
): readonly string[] {
  const groups = new Map<string, Family[]>();
  for (const row of rows) {
    const key = text(row);
    groups.set(key, [...(groups.get(key) ?? []), row.family]);
  }
  let label = name;
  const lines: string[] = [];
  for (const [key, families] of groups) {
    if (key === '') continue;
    const all = families.length === rows.length && name !== 'not in';
    lines.push(...fact(label, all ? key : `${families.join(', ')}: ${key}`));
    label = '';
  }
  return lines;
}

/** Nothing where every hook of the family will do. */
function hooksText({
  family,
  hooks,
}: {
  readonly family: Family;
  readonly hooks: readonly HookWord[];
}): string {
  return hooks.length === familyHooks[family].length ? '' : hooks.join(', ') || 'none';
}

function ruleLines({ text, shown, families, expressions }: RuleInfo): readonly string[] {
  return [
    text,
    '',
    ...fact('listed as', shown.listing),
    ...fact('family', `${shown.family}${restOf(families, shown.family)}`),
    ...grouped('hooks', families.filter(isUsable), hooksText),
    ...grouped('not in', families, ({ refused }) => refused ?? ''),
    '',
    ...shown.bytecode.map((line) => `  ${line}`),
    ...expressions.flatMap((info) => [
      '',
      `${info.expression}: ${headLine(info)}`,
      ...briefLines(info),
    ]),
  ];
}

function briefLines({ meaning, place, values }: ExpressionInfo): readonly string[] {
  return [...fact('means', meaning), ...fact('lies in', place), ...fact('values', values)];
}

function restOf(families: RuleInfo['families'], shown: Family): string {
  const others = families.filter((one) => isUsable(one) && one.family !== shown);
  return others.length === 0
    ? ''
    : ` (also works in ${others.map(({ family }) => family).join(', ')})`;
}

function overviewLines({ name, meaning, rows }: Overview): readonly string[] {
  const width = Math.max(...rows.map(({ expression }) => expression.length));
  const type = Math.max(...rows.map((row) => row.type.length));
  return [
    `${name}: ${meaning}`,
    '',
    ...rows.map((row) => {
      const bits = `${row.bits} bit${row.bits === 1 ? '' : 's'}`.padEnd(9);
      const at = row.offset === undefined ? (row.meaning ?? '') : `from bit ${row.offset}`;
      return `  ${row.expression.padEnd(width)}  ${row.type.padEnd(type)}  ${bits} ${at}`.trimEnd();
    }),
  ];
}

export type { InFamily };
