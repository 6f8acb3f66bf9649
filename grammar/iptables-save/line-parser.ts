/** The grammar of iptables-save text, line by line; how many words an option takes is asked of the option rows. */

import {
  EmbeddedActionsParser,
  type ISerializedGast,
  type IToken,
  Lexer,
  type ParserMethod,
} from 'chevrotain';
import { type Line, type LineWord, type OptionListener, unquote } from './line.ts';
import {
  ChainStart,
  Comment,
  Commit,
  Counters,
  Negation,
  TableStart,
  tokens,
  Word,
} from './tokens.ts';

const nobody: OptionListener = { wordsOf: () => 0, option: () => undefined };

class LineParser extends EmbeddedActionsParser {
  listener: OptionListener = nobody;

  constructor() {
    super([...tokens], { recoveryEnabled: false, maxLookahead: 2 });
    this.performSelfAnalysis();
  }

  // line: comment | table | chain | COMMIT | rule
  readonly line: ParserMethod<[], Line> = this.RULE('line', () =>
    this.OR<Line>([
      { ALT: () => this.SUBRULE(this.comment) },
      { ALT: () => this.SUBRULE(this.commit) },
      { ALT: () => this.SUBRULE(this.table) },
      { ALT: () => this.SUBRULE(this.chain) },
      { ALT: () => this.SUBRULE(this.rule) },
    ]),
  );

  // # text
  private readonly comment: ParserMethod<[], Line> = this.RULE('comment', (): Line => {
    this.CONSUME(Comment);
    return { kind: 'comment' };
  });

  // COMMIT
  private readonly commit: ParserMethod<[], Line> = this.RULE('commit', (): Line => {
    this.CONSUME(Commit);
    return { kind: 'commit' };
  });

  // *TABLE
  private readonly table: ParserMethod<[], Line> = this.RULE('table', (): Line => {
    this.CONSUME(TableStart);
    return { kind: 'table', name: wordOf(this.CONSUME(Word)) };
  });

  // :CHAIN POLICY [packets:bytes]
  private readonly chain: ParserMethod<[], Line> = this.RULE('chain', (): Line => {
    this.CONSUME(ChainStart);
    const name = wordOf(this.CONSUME1(Word));
    const policy = wordOf(this.CONSUME2(Word));
    const counters = this.OPTION(() => this.CONSUME(Counters));
    return { kind: 'chain', name, policy, counters: counters && wordOf(counters) };
  });

  // [packets:bytes] option…
  private readonly rule: ParserMethod<[], Line> = this.RULE('rule', (): Line => {
    const counters = this.OPTION(() => this.CONSUME(Counters));
    this.AT_LEAST_ONE(() => this.SUBRULE(this.ruleOption));
    return { kind: 'rule', counters: counters && wordOf(counters) };
  });

  // [!] --name value…
  private readonly ruleOption: ParserMethod<[], void> = this.RULE('ruleOption', () => {
    const negation = this.OPTION(() => this.CONSUME(Negation));
    const name = this.CONSUME(Word);
    let wanted = this.ACTION(() =>
      this.listener.wordsOf(wordOf(name), negation !== undefined, this.following()),
    );
    const values: LineWord[] = [];
    this.MANY({
      GATE: () => wanted > 0,
      DEF: () => {
        const value = this.SUBRULE(this.anyWord);
        this.ACTION(() => {
          wanted -= 1;
          values.push(value);
        });
      },
    });
    this.ACTION(() => this.listener.option(wordOf(name), negation && wordOf(negation), values));
  });

  // an option takes any word for its value, even `!` and `--name`
  private readonly anyWord: ParserMethod<[], LineWord> = this.RULE('anyWord', () =>
    wordOf(
      this.OR([
        { ALT: () => this.CONSUME(Word) },
        { ALT: () => this.CONSUME(Negation) },
        { ALT: () => this.CONSUME(Counters) },
      ]),
    ),
  );

  private following(): string[] {
    return [1, 2, 3].flatMap((distance) => {
      const token = this.LA(distance);
      return Number.isNaN(token.startOffset) ? [] : [token.image];
    });
  }
}

let lexer: Lexer | undefined;
let parser: LineParser | undefined;

/** What the grammar's page is drawn from. */
export function lineProductions(): readonly ISerializedGast[] {
  parser ??= new LineParser();
  return parser.getSerializedGastProductions();
}

/** Reads one line, without its line break; offsets are those of the line. Never throws. */
export function parseLine(text: string, listener: OptionListener): Line {
  lexer ??= new Lexer([...tokens], { positionTracking: 'onlyOffset' });
  parser ??= new LineParser();
  const { tokens: lexed } = lexer.tokenize(text);
  if (lexed.length === 0) return { kind: 'blank' };
  parser.input = lexed;
  parser.listener = listener;
  const line = parser.line();
  const [error] = parser.errors;
  if (error === undefined) return line;
  const at = Number.isNaN(error.token.startOffset)
    ? { text: '', start: text.length, end: text.length }
    : wordOf(error.token);
  return { kind: 'error', at, expected: error.message };
}

/** The words of a line, without quotes and escapes. */
export function splitWords(text: string): string[] {
  lexer ??= new Lexer([...tokens], { positionTracking: 'onlyOffset' });
  return lexer.tokenize(text).tokens.map(({ image }) => unquote(image));
}

/** The word without its quotes and escapes, and with the place that it takes. */
function wordOf(token: IToken): LineWord {
  // Without an image while Chevrotain records the grammar.
  const { image = '', startOffset } = token;
  return { text: unquote(image), start: startOffset, end: startOffset + image.length };
}
