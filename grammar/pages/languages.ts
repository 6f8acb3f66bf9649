/** The languages that have a grammar, as their pages show them. */

import { selectorProductions } from '../calico-selector/parser.ts';
import { lineProductions } from '../iptables-save/line-parser.ts';
import { NftParser } from '../nft/nft-parser.ts';
import { optionRules } from './option-rules.ts';
import { type Syntax, type SyntaxRule, syntaxRules, type Terminals } from './syntax.ts';

export interface Language {
  /** Its folder below `grammar/`. */
  readonly folder: string;
  /** Its pages are called `NAME.ebnf` and `NAME.railroad.html`. */
  readonly name: string;
  readonly title: string;
  /** What a reader of the grammar must know besides it; whole sentences. */
  readonly notes: readonly string[];
  /** Token classes and what they stand for. */
  readonly classes: readonly (readonly [name: string, meaning: string])[];
  readonly rules: readonly SyntaxRule[];
}

function word(text: string): Syntax {
  return { kind: 'word', text };
}

/** A table of token classes; everything else is a word as written. */
function terminalsOf(table: Readonly<Record<string, Syntax>>): Terminals {
  return (label) => table[label] ?? word(label);
}

function classes(names: readonly string[]): Record<string, Syntax> {
  return Object.fromEntries(names.map((name) => [name, { kind: 'class', text: name }]));
}

function nft(): Language {
  const names = {
    string: 'WORD',
    'quoted string': 'QUOTED',
    'wildcard string': 'WILDCARD',
    number: 'NUMBER',
    newline: 'NEWLINE',
    'end of file': 'END',
  };
  const table = Object.fromEntries(
    Object.entries(names).map(([label, text]) => [label, { kind: 'class', text } as const]),
  );
  return {
    folder: 'nft',
    name: 'nft',
    title: 'nft',
    notes: [
      'Words are keywords only where the scanner expects them, so that most can also be names.',
      'Commands end at a line end or ;.',
    ],
    classes: [
      [
        'WORD',
        'a name or value: letters, digits and / . - _ : where they make a word, an address, a time',
      ],
      ['QUOTED', 'text in double quotes, without escapes'],
      ['WILDCARD', 'a word or text that ends in *'],
      ['NUMBER', 'decimal, 0x hexadecimal or 0 octal'],
      ['NEWLINE', 'the end of a line that no \\ continues'],
      ['END', 'the end of the text'],
    ],
    rules: syntaxRules(
      new NftParser().getSerializedGastProductions(),
      'script',
      terminalsOf(table),
    ),
  };
}

function iptablesSave(): Language {
  const table = {
    ...classes(['WORD']),
    Comment: { kind: 'class', text: 'COMMENT' },
    TableStart: word('*'),
    ChainStart: word(':'),
    Commit: word('COMMIT'),
    Counters: { kind: 'class', text: 'COUNTERS' },
    Negation: word('!'),
    Word: { kind: 'class', text: 'WORD' },
  } as const;
  return {
    folder: 'iptables-save',
    name: 'iptables-save',
    title: 'iptables-save and iptables-restore',
    notes: [
      'A text is read line by line.',
      'How many values an option takes is told by the rows of src/fields/iptables, which are listed below the grammar: options of rules, of matches (-m NAME) and of targets (-j NAME).',
    ],
    classes: [
      [
        'WORD',
        'characters up to a blank; double quotes hold blanks, inside them \\ takes the next character as it is',
      ],
      ['COUNTERS', '[packets:bytes]'],
      ['COMMENT', '# and the rest of the line'],
    ],
    rules: [...syntaxRules(lineProductions(), 'line', terminalsOf(table)), ...optionRules()],
  };
}

function calicoSelector(): Language {
  const table = {
    Text: { kind: 'class', text: 'TEXT' },
    Label: { kind: 'class', text: 'LABEL' },
    Has: { kind: 'class', text: 'HAS' },
    LeftBrace: word('{'),
    RightBrace: word('}'),
    LeftParenthesis: word('('),
    RightParenthesis: word(')'),
    Comma: word(','),
    Equal: word('=='),
    NotEqual: word('!='),
    Not: word('!'),
    And: word('&&'),
    Or: word('||'),
    Contains: word('contains'),
    StartsWith: word('starts with'),
    EndsWith: word('ends with'),
    NotIn: word('not in'),
    In: word('in'),
    All: word('all()'),
    Global: word('global()'),
  } as const;
  return {
    folder: 'calico-selector',
    name: 'calico-selector',
    title: 'Calico selectors',
    notes: ['Words are operators only right behind a label. A blank text selects everything.'],
    classes: [
      ['LABEL', 'letters, digits and _ . / -'],
      ['TEXT', 'text in single or double quotes, without escapes'],
      ['HAS', 'has(LABEL)'],
    ],
    rules: syntaxRules(selectorProductions(), 'selector', terminalsOf(table)),
  };
}

export function languages(): readonly Language[] {
  return [nft(), iptablesSave(), calicoSelector()];
}
