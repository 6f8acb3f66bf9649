/** The grammar of Calico selectors, and its reader which never throws. */

import {
  EmbeddedActionsParser,
  type ISerializedGast,
  type IToken,
  type ParserMethod,
  type TokenType,
} from 'chevrotain';
import type { Diagnostic, Result } from '../../src/base/diagnostic.ts';
import { joinSpans, type Source, type Span, spanOf } from '../../src/base/span.ts';
import type { ComparisonOperator, Selector } from './selector.ts';
import {
  All,
  And,
  Comma,
  Contains,
  EndsWith,
  Equal,
  Global,
  Has,
  In,
  Label,
  LeftBrace,
  LeftParenthesis,
  Not,
  NotEqual,
  NotIn,
  Or,
  RightBrace,
  RightParenthesis,
  StartsWith,
  selectorLexer,
  selectorTokens,
  Text,
} from './tokens.ts';

const unknownSource: Source = { name: '', text: '' };

const comparisons: readonly (readonly [TokenType, ComparisonOperator])[] = [
  [Equal, '=='],
  [NotEqual, '!='],
  [Contains, 'contains'],
  [StartsWith, 'starts with'],
  [EndsWith, 'ends with'],
];

function textValue(token: IToken): string {
  return token.image.slice(1, -1);
}

function listOf(kind: 'and' | 'or', operands: readonly Selector[]): Selector | undefined {
  const [first] = operands;
  const last = operands.at(-1);
  if (first === undefined || last === undefined || operands.length === 1) return first;
  return { kind, operands, span: joinSpans(first.span, last.span) };
}

class SelectorParser extends EmbeddedActionsParser {
  source: Source = unknownSource;

  constructor() {
    super(selectorTokens, { recoveryEnabled: false, maxLookahead: 1 });
    this.performSelfAnalysis();
  }

  // a == 'b' || has(c) && !d in { 'e' }
  readonly selector: ParserMethod<[], Selector | undefined> = this.RULE('selector', () => {
    const operands: Selector[] = [];
    const add = (operand: Selector | undefined): void => {
      if (operand !== undefined) operands.push(operand);
    };
    add(this.SUBRULE(this.conjunction));
    this.MANY(() => {
      this.CONSUME(Or);
      add(this.SUBRULE1(this.conjunction));
    });
    return this.ACTION(() => listOf('or', operands));
  });

  // a == 'b' && has(c)
  private readonly conjunction: ParserMethod<[], Selector | undefined> = this.RULE(
    'conjunction',
    () => {
      const operands: Selector[] = [];
      const add = (operand: Selector | undefined): void => {
        if (operand !== undefined) operands.push(operand);
      };
      add(this.SUBRULE(this.negation));
      this.MANY(() => {
        this.CONSUME(And);
        add(this.SUBRULE1(this.negation));
      });
      return this.ACTION(() => listOf('and', operands));
    },
  );

  // !! has(c): a run of marks counts modulo two
  private readonly negation: ParserMethod<[], Selector | undefined> = this.RULE('negation', () => {
    let first: IToken | undefined;
    let marks = 0;
    this.MANY(() => {
      const mark = this.CONSUME(Not);
      first ??= mark;
      marks++;
    });
    const operand = this.SUBRULE(this.term);
    return this.ACTION((): Selector | undefined => {
      if (operand === undefined || first === undefined || marks % 2 === 0) return operand;
      return { kind: 'not', operand, span: joinSpans(this.spanAt(first), operand.span) };
    });
  });

  // (selector), all(), global(), has(c), or a condition on a label
  private readonly term: ParserMethod<[], Selector | undefined> = this.RULE('term', () =>
    this.OR<Selector | undefined>([
      {
        ALT: () => {
          this.CONSUME(LeftParenthesis);
          const inner = this.SUBRULE(this.selector);
          this.CONSUME(RightParenthesis);
          return inner;
        },
      },
      { ALT: () => ({ kind: 'all', span: this.spanAt(this.CONSUME(All)) }) },
      { ALT: () => ({ kind: 'global', span: this.spanAt(this.CONSUME(Global)) }) },
      {
        ALT: () => {
          const token = this.CONSUME(Has);
          const label = this.ACTION(() => token.image.slice(4, -1).trim());
          return { kind: 'has', label, span: this.spanAt(token) };
        },
      },
      { ALT: () => this.SUBRULE(this.condition) },
    ]),
  );

  // a == 'b', a in { 'b', 'c' }
  private readonly condition: ParserMethod<[], Selector | undefined> = this.RULE(
    'condition',
    () => {
      const label = this.CONSUME(Label);
      return this.OR<Selector>([
        ...comparisons.map(([token, operator], index) => ({
          ALT: (): Selector => {
            this.consume(0, token);
            const value = this.consume(index, Text);
            const span = this.ACTION(() => joinSpans(this.spanAt(label), this.spanAt(value)));
            return {
              kind: 'comparison',
              label: label.image,
              operator,
              value: textValue(value),
              span,
            };
          },
        })),
        { ALT: () => this.membership(label, this.CONSUME(In), false) },
        { ALT: () => this.membership(label, this.CONSUME(NotIn), true) },
      ]);
    },
  );

  // { 'b', 'c' }: may be empty and may end in a comma
  private readonly values: ParserMethod<[], { texts: string[]; end: IToken }> = this.RULE(
    'values',
    () => {
      const texts: string[] = [];
      let open = true;
      this.CONSUME(LeftBrace);
      this.MANY({
        GATE: () => open,
        DEF: () => {
          texts.push(textValue(this.CONSUME(Text)));
          open = this.OPTION(() => this.CONSUME(Comma)) !== undefined;
        },
      });
      return { texts, end: this.CONSUME(RightBrace) };
    },
  );

  private membership(label: IToken, _operator: IToken, negated: boolean): Selector {
    const { texts, end } = negated ? this.SUBRULE2(this.values) : this.SUBRULE1(this.values);
    const values = [...new Set(texts)].sort();
    const span = this.ACTION(() => joinSpans(this.spanAt(label), this.spanAt(end)));
    return { kind: 'membership', label: label.image, negated, values, span };
  }

  private spanAt(token: IToken): Span {
    return spanOf(this.source, token.startOffset, token.startOffset + token.image.length);
  }
}

let shared: SelectorParser | undefined;

function theParser(): SelectorParser {
  shared ??= new SelectorParser();
  return shared;
}

/** What the grammar's page is drawn from. */
export function selectorProductions(): readonly ISerializedGast[] {
  return theParser().getSerializedGastProductions();
}

function syntaxError(span: Span, message: string): Diagnostic {
  return {
    code: 'selector-syntax-error',
    span,
    message,
    hint: "a selector looks like app == 'web' && tier in { 'a', 'b' }, has(label), !has(label) or all()",
  };
}

/** What follows the first mistake is seldom one of its own, so only that is reported. */
function lexicalErrors(source: Source): { tokens: IToken[]; errors: Diagnostic[] } {
  const { tokens, errors } = selectorLexer.tokenize(source.text);
  const [first] = errors;
  if (first === undefined) return { tokens, errors: [] };
  const { offset, length } = first;
  const text = source.text.slice(offset, offset + length);
  if (text.startsWith('"') || text.startsWith("'")) {
    return { tokens, errors: [syntaxError(spanOf(source, offset), 'the text is not closed')] };
  }
  const span = spanOf(source, offset, offset + length);
  return { tokens, errors: [syntaxError(span, `unexpected characters '${text}'`)] };
}

// A recursive parser needs a bound; no selector that a person writes comes near it.
const maximumDepth = 200;

function tooDeep(tokens: readonly IToken[]): IToken | undefined {
  let depth = 0;
  return tokens.find(({ tokenType }) => {
    if (tokenType === LeftParenthesis) depth++;
    if (tokenType === RightParenthesis) depth--;
    return depth > maximumDepth;
  });
}

/** Reads a selector; blank text is `all()`. The value is undefined when the text is not a selector. */
export function parseBySelectorGrammar(source: Source): Result<Selector | undefined> {
  const { tokens, errors } = lexicalErrors(source);
  if (errors.length > 0) return { value: undefined, diagnostics: errors };
  if (tokens.length === 0) {
    return { value: { kind: 'all', span: spanOf(source) }, diagnostics: [] };
  }
  const deep = tooDeep(tokens);
  if (deep !== undefined) {
    const span = spanOf(source, deep.startOffset, deep.startOffset + 1);
    const error = syntaxError(span, `parentheses are nested more than ${maximumDepth} deep`);
    return { value: undefined, diagnostics: [error] };
  }
  const parser = theParser();
  parser.source = source;
  parser.input = tokens;
  const value = parser.selector();
  const diagnostics = parser.errors.map(({ token }) => {
    const atEnd = Number.isNaN(token.startOffset) || token.image === '';
    const span = atEnd
      ? spanOf(source, source.text.length)
      : spanOf(source, token.startOffset, token.startOffset + token.image.length);
    return syntaxError(span, atEnd ? 'the selector ends too early' : `unexpected '${token.image}'`);
  });
  return { value: diagnostics.length > 0 ? undefined : value, diagnostics };
}
