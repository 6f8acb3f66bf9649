/** Translates iptables-save text line by line, as iptables-restore-translate does, and single commands. */

import { parseLine, splitWords } from '../../../grammar/iptables-save/line-parser.ts';
import type { IptablesFamily, IptablesRule } from '../../ast/iptables.ts';
import { catalogue } from '../../base/catalogue.ts';
import type { Diagnostic } from '../../base/diagnostic.ts';
import { type Source, spanOf } from '../../base/span.ts';
import { decodeRule } from '../../fields/iptables/decode.ts';
import { type AssembledRule, assembler } from '../iptables-save/assemble-rule.ts';
import { chainCommand, ruleCommands } from './translate.ts';
import { joined, type SetNumbering } from './translation.ts';

export interface TranslatedText {
  readonly lines: readonly string[];
  /** The mistake at which the translation ended. */
  readonly error?: Diagnostic;
}

/** Keeps the commands of the text in their order: inserted rules, flushed chains. */
export function translateIptablesSave(
  input: string | Source,
  family: IptablesFamily,
): TranslatedText {
  const source: Source = typeof input === 'string' ? { name: '-', text: input } : input;
  const lines: string[] = [];
  const numbering: SetNumbering = { connlimit: 0 };
  let table = '';
  let start = 0;
  for (const text of source.text.split('\n')) {
    const listener = assembler(source, start, family);
    const line = text === '' || text.startsWith('#') ? undefined : parseLine(text, listener);
    if (line?.kind === 'table') {
      table = line.name.text;
      lines.push(`add table ${family} ${table}`);
    } else if (line?.kind === 'chain') {
      lines.push(chainCommand({ name: line.name.text, policy: line.policy.text }, family, table));
    } else if (line?.kind === 'rule') {
      const assembled = listener.finish(spanOf(source, start, start + text.length));
      const words = wordsOf(text);
      const translated = translateLine(assembled, { family, table, words, numbering });
      lines.push(...translated.lines);
      if (translated.error !== undefined) return { lines, error: translated.error };
    }
    start += text.length + 1;
  }
  return { lines };
}

/** One `iptables-translate` command, without the program's name. */
export function translateIptablesCommand(text: string, family: IptablesFamily): TranslatedText {
  const source: Source = { name: '-', text };
  const listener = assembler(source, 0, family);
  parseLine(text, listener);
  const assembled = listener.finish(spanOf(source));
  const table = assembled.commands.find(({ name }) => name === '-t')?.values[0] ?? 'filter';
  return translateLine(assembled, {
    family,
    table,
    words: wordsOf(text),
    numbering: { connlimit: 0 },
    single: true,
  });
}

/** What is left of the words once 1.8.13 has read them: `!` is taken out, some lists are cut after their first item. */
function wordsOf(text: string): string[] {
  const words = splitWords(text.replace(/^\[\d+:\d+\]\s*/, ''));
  return words.map((word, place) => {
    if (word === '!') return '';
    return words[place - 1] === '--strip-options' ? word.replace(/,.*/, '') : word;
  });
}

interface LineSite {
  readonly family: IptablesFamily;
  readonly table: string;
  readonly words: readonly string[];
  readonly numbering: SetNumbering;
  /** A command of its own may name the table. */
  readonly single?: boolean;
}

function translateLine(
  { commands, rule, problems }: AssembledRule,
  { family, table, words, numbering, single = false }: LineSite,
): TranslatedText {
  const other = family === 'ip' ? '-6' : '-4';
  if (rule.header.some(({ name }) => name === other)) return { lines: [] };
  const error =
    problems.find(({ code }) => catalogue[code].severity === 'error') ??
    valueError(rule, family, table);
  if (error !== undefined) return { lines: [], error };
  const command = commands.find(({ name }) => name !== '-t' || !single);
  const [chain = '', number = '1'] = command?.values ?? [];
  const place = number === '1' ? '' : `index ${number} `;
  switch (command?.name) {
    case '-A':
      return { lines: ruleCommands(rule, family, table, 'add', words, numbering) };
    case '-I':
      return { lines: ruleCommands(rule, family, table, 'insert', words, numbering, place) };
    case '-N':
      return { lines: [`add chain ${family} ${table} ${chain}`] };
    case '-F':
      return { lines: [joined(['flush', chain === '' ? 'table' : 'chain', family, table, chain])] };
    case '-X':
      return { lines: [`delete chain ${family} ${table} ${chain === '' ? '(null)' : chain}`] };
    default:
      return {
        lines: [],
        error: {
          code: 'iptables-command',
          span: rule.span,
          message: `command ${command?.name ?? ''} has no translation`,
        },
      };
  }
}

function valueError(
  rule: IptablesRule,
  family: IptablesFamily,
  table: string,
): Diagnostic | undefined {
  const found: Diagnostic[] = [];
  decodeRule(rule, {
    family,
    table,
    chains: { has: () => false },
    report: ({ message }) => {
      found.push({ code: 'iptables-option', span: rule.span, message });
    },
  });
  return found[0];
}
