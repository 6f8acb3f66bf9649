/** Puts the options of a rule line where they belong: to a command, the rule itself, a match or the target. */

import type { LineWord, OptionListener } from '../../../grammar/iptables-save/line.ts';
import type { IptablesFamily, IptablesOption, IptablesRule } from '../../ast/iptables.ts';
import type { DiagnosticCode } from '../../base/diagnostic.ts';
import { type Source, type Span, spanOf } from '../../base/span.ts';
import type { OptionRow } from '../../fields/iptables/extension.ts';
import { savedProtocol } from '../../fields/iptables/protocols.ts';
import { findMatch, findTarget, matchNames } from '../../fields/iptables/registry.ts';
import { readProtocol } from '../../fields/iptables/value-kinds.ts';
import { closestWord } from './closest-word.ts';
import { type BaseOption, type FoundOption, findOption, splitWord } from './option-lookup.ts';

/** A problem with its code and place. */
export interface LineProblem {
  readonly code: DiagnosticCode;
  readonly span: Span;
  readonly message: string;
  readonly hint?: string;
}

export interface RuleCommand {
  /** `-A`, `-I`, … */
  readonly name: string;
  readonly values: readonly string[];
  readonly span: Span;
}

export interface AssembledRule {
  readonly commands: readonly RuleCommand[];
  /** Its chain is the first word of the command. */
  readonly rule: IptablesRule;
  readonly problems: readonly LineProblem[];
}

interface LoadedExtension {
  readonly optionByName: ReadonlyMap<string, OptionRow<unknown>>;
  readonly known: boolean;
  readonly name: string;
  readonly implicit: boolean;
  readonly options: IptablesOption[];
  span: Span;
}

interface Assembly {
  readonly source: Source;
  /** Offset of the line in the source. */
  readonly base: number;
  readonly family: IptablesFamily;
  readonly commands: RuleCommand[];
  readonly header: IptablesOption[];
  readonly loaded: LoadedExtension[];
  target: { extension: LoadedExtension; goto: boolean } | undefined;
  counters: { packets: bigint; bytes: bigint } | undefined;
  protocol: string | undefined;
  /** After `--`, where options end. */
  ended: boolean;
  /** The option before took a `!` for its value. */
  tookNegation: boolean;
  /** What the word at hand was found to be. */
  found: FoundOption<LoadedExtension> | undefined;
  readonly problems: LineProblem[];
}

export interface Assembler extends OptionListener {
  readonly finish: (span: Span) => AssembledRule;
}

const none: ReadonlyMap<string, OptionRow<unknown>> = new Map();

export function assembler(source: Source, base: number, family: IptablesFamily): Assembler {
  const assembly: Assembly = {
    source,
    base,
    family,
    commands: [],
    header: [],
    loaded: [],
    target: undefined,
    counters: undefined,
    protocol: undefined,
    found: undefined,
    ended: false,
    tookNegation: false,
    problems: [],
  };
  return {
    wordsOf: (word, _negated, next) => wordsOf(assembly, word, next),
    option: (word, negation, values) => takeOption(assembly, word, negation, values),
    finish: (span) => finish(assembly, span),
  };
}

function wordSpan({ source, base }: Assembly, first: LineWord, last: LineWord = first): Span {
  return spanOf(source, base + first.start, base + last.end);
}

/** Looks the option up, loads the protocol's match where only that has it, and says how many words it takes. */
function wordsOf(assembly: Assembly, word: LineWord, next: readonly string[]): number {
  const { name, attached } = splitWord(word.text);
  if (assembly.ended || name === '--' || name === '-') {
    assembly.found = undefined;
    return 0;
  }
  assembly.found = lookUp(assembly, name, word);
  const { found } = assembly;
  if (found.kind === 'unknown' && assembly.loaded.at(-1)?.known === false) return freeWords(next);
  const row = found.kind === 'base' ? found.option : found.kind === 'extension' ? found : noWords;
  const more = row.more > 0 ? Math.min(row.more, freeWords(next.slice(row.words))) : 0;
  return Math.max(0, row.words + more - (attached === undefined ? 0 : 1));
}

const noWords = { words: 0, more: 0 } as const;

/** Words up to the next option. */
function freeWords(next: readonly string[]): number {
  const end = next.findIndex((text) => text.startsWith('-') || text === '!');
  return end < 0 ? next.length : end;
}

function lookUp(assembly: Assembly, name: string, word: LineWord): FoundOption<LoadedExtension> {
  const { family, loaded, protocol } = assembly;
  const found = findOption(name, family, loaded);
  if (found.kind !== 'unknown' || protocol === undefined) return found;
  const extension = findMatch(protocol, family);
  if (
    extension === undefined ||
    loaded.some((owner) => owner.name === extension.name && owner.implicit)
  ) {
    return found;
  }
  const implicit: LoadedExtension = {
    optionByName: extension.optionByName,
    known: true,
    name: extension.name,
    implicit: true,
    options: [],
    span: wordSpan(assembly, word),
  };
  const again = findOption(name, family, [implicit]);
  if (again.kind === 'extension') insertMatch(assembly, implicit);
  return again.kind === 'unknown' ? found : again;
}

/** Matches stand before the target, also when they come after it in the text. */
function insertMatch(assembly: Assembly, extension: LoadedExtension): void {
  assembly.loaded.push(extension);
}

function takeOption(
  assembly: Assembly,
  word: LineWord,
  negation: LineWord | undefined,
  values: readonly LineWord[],
): void {
  const { found } = assembly;
  const { name, attached } = splitWord(word.text);
  const span = wordSpan(assembly, negation ?? word, values.at(-1) ?? word);
  const texts = values.map(({ text }) => text);
  const all = attached === undefined ? texts : [attached, ...texts];
  const negated = negation !== undefined;
  const before = assembly.tookNegation;
  assembly.tookNegation = texts.at(-1) === '!';
  if (found?.kind === 'extension') {
    found.owner.options.push({ name: found.name, negated, values: all, span });
    found.owner.span = { ...found.owner.span, end: Math.max(found.owner.span.end, span.end) };
    checkWords(assembly, found.name, all, found.words, span);
    return;
  }
  if (found?.kind === 'base') {
    takeBaseOption(assembly, found.option, negated, all, span, values[0]);
    return;
  }
  if (word.text === '--' && !assembly.ended && !negated) {
    assembly.ended = true;
    return;
  }
  const owner = assembly.loaded.at(-1);
  if (owner?.known === false && !assembly.ended && word.text !== '-' && word.text.startsWith('-')) {
    owner.options.push({ name: word.text, negated, values: all, span });
    return;
  }
  assembly.tookNegation = before;
  complainAboutWord(assembly, word, name, span);
}

function complainAboutWord(assembly: Assembly, word: LineWord, name: string, span: Span): void {
  const { problems, found, loaded } = assembly;
  if (!word.text.startsWith('-') || word.text === '-' || assembly.ended) {
    const hint = assembly.tookNegation ? { hint: 'write the ! before the option' } : {};
    problems.push({
      code: 'iptables-option',
      span,
      message: `bad argument '${word.text}'`,
      ...hint,
    });
    return;
  }
  if (found?.kind === 'ambiguous') {
    problems.push({ code: 'iptables-option', span, message: `option '${name}' is ambiguous` });
    return;
  }
  const candidates = loaded.flatMap(({ optionByName }) => [...optionByName.keys()]);
  const close = closestWord(name, candidates);
  const hint =
    close === undefined ? 'is its match loaded with -m before it?' : `did you mean ${close}?`;
  problems.push({ code: 'iptables-option', span, message: `unknown option '${name}'`, hint });
}

function checkWords(
  { problems }: Assembly,
  name: string,
  values: readonly string[],
  words: number,
  span: Span,
): void {
  if (values.length >= words) return;
  const message = `option '${name}' requires ${words === 1 ? 'an argument' : `${words} arguments`}`;
  problems.push({ code: 'iptables-option', span, message });
}

function takeBaseOption(
  assembly: Assembly,
  option: BaseOption,
  negated: boolean,
  values: readonly string[],
  span: Span,
  value: LineWord | undefined,
): void {
  const { name } = option;
  if (negated && !option.invert) {
    assembly.problems.push({
      code: 'iptables-option',
      span,
      message: `unexpected ! before '${name}'`,
    });
  }
  checkWords(assembly, name, values, option.words, span);
  const [first] = values;
  if (first === undefined && option.words > 0) return;
  if (option.kind === 'command') {
    assembly.commands.push({ name, values, span });
  } else if (name === '-m') {
    loadMatch(assembly, first ?? '', span, value);
  } else if (name === '-j' || name === '-g') {
    loadTarget(assembly, first ?? '', name === '-g', span);
  } else if (name === '-c') {
    takeCounters(assembly, values, span);
    assembly.header.push({ name, negated, values, span });
  } else {
    takeHeaderOption(assembly, { name, negated, values, span });
  }
}

function takeHeaderOption(assembly: Assembly, option: IptablesOption): void {
  const { header, problems } = assembly;
  if (header.some(({ name }) => name === option.name)) {
    problems.push({
      code: 'iptables-option',
      span: option.span,
      message: `multiple '${option.name}' options are not allowed`,
    });
  }
  header.push(option);
  if (option.name !== '-p') return;
  const number = readProtocol(option.values[0] ?? '');
  if (number !== undefined) assembly.protocol = savedProtocol(number);
}

function takeCounters(
  assembly: Assembly,
  [packets = '', bytes = '']: readonly string[],
  span: Span,
): void {
  if (/^\d+$/.test(packets) && /^\d+$/.test(bytes)) {
    assembly.counters = { packets: BigInt(packets), bytes: BigInt(bytes) };
  } else {
    assembly.problems.push({
      code: 'iptables-option',
      span,
      message: '-c needs two numbers: packets and bytes',
    });
  }
}

/** XT_EXTENSION_MAXNAMELEN without its terminator. */
const longestName = 28;

/** Names of matches, targets and chains alike. */
function checkName({ problems }: Assembly, what: string, name: string, span: Span): void {
  if (name.length <= longestName) return;
  const message = `invalid ${what} name '${name}' (${longestName} characters at most)`;
  problems.push({ code: 'iptables-option', span, message });
}

function loadMatch(assembly: Assembly, name: string, span: Span, word: LineWord | undefined): void {
  const { family, loaded, problems } = assembly;
  checkName(assembly, 'match', name, span);
  const extension = findMatch(name, family);
  const place = word === undefined ? span : wordSpan(assembly, word);
  if (extension === undefined) {
    const other = family === 'ip' ? 'ip6' : 'ip';
    const close = closestWord(name, matchNames(family));
    const hint = close === undefined ? {} : { hint: `did you mean '${close}'?` };
    problems.push(
      findMatch(name, other) === undefined
        ? {
            code: 'iptables-unknown-extension',
            span: place,
            message: `match '${name}' is not known`,
            ...hint,
          }
        : {
            code: 'iptables-extension',
            span: place,
            message: `${programs[family]} has no match '${name}'`,
            ...hint,
          },
    );
  }
  loaded.push({
    optionByName: extension?.optionByName ?? none,
    known: extension !== undefined,
    name: extension?.name ?? name,
    implicit: false,
    options: [],
    span,
  });
}

const programs = { ip: 'iptables', ip6: 'ip6tables' } as const;

function loadTarget(assembly: Assembly, name: string, goto: boolean, span: Span): void {
  const { family, loaded, problems } = assembly;
  checkName(assembly, 'target', name, span);
  if (assembly.target !== undefined) {
    problems.push({
      code: 'iptables-option',
      span,
      message: 'multiple targets (-j, -g) are not allowed',
    });
  }
  const extension = goto ? undefined : findTarget(name, family);
  const target: LoadedExtension = {
    optionByName: extension?.optionByName ?? none,
    known: extension !== undefined || goto || isStandard(name),
    name,
    implicit: false,
    options: [],
    span,
  };
  assembly.target = { extension: target, goto };
  loaded.push(target);
}

function isStandard(name: string): boolean {
  return name === 'ACCEPT' || name === 'DROP' || name === 'RETURN' || name === 'QUEUE';
}

function finish(assembly: Assembly, span: Span): AssembledRule {
  const { loaded, target, header, counters, commands, problems } = assembly;
  const place = commands.find(({ name }) => name !== '-t' && name !== '-v');
  const matches = loaded.filter((extension) => extension !== target?.extension);
  return {
    commands,
    problems,
    rule: {
      chain: place?.values[0] ?? '',
      ...(counters && { counters }),
      header,
      matches: matches.map(({ name, implicit, options, span: matchSpan }) => ({
        name,
        ...(implicit && { implicit }),
        options,
        span: matchSpan,
      })),
      ...(target && {
        target: {
          name: target.extension.name,
          goto: target.goto,
          options: target.extension.options,
          span: target.extension.span,
        },
      }),
      span,
    },
  };
}
