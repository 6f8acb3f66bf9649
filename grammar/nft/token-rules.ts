/** The ground of the grammar: tokens straight from the scanner, spans, scopes, and recovery after an error. */

import {
  EmbeddedActionsParser,
  type IToken,
  isRecognitionException,
  type ParserMethod,
  type TokenType,
} from 'chevrotain';
import type { DiagnosticCode } from '../../src/base/diagnostic.ts';
import type { Span } from '../../src/base/span.ts';
import { expectation, messageProvider } from './messages.ts';
import type { ParseContext } from './parse-context.ts';
import { endOfFile, keyword, punctuation, type ScannedToken, vocabulary } from './tokens.ts';
import type { KeywordName, Scope } from './words.ts';

/** nft gives up after so many errors (parser_max_errors). */
const errorLimit = 10;

/** Characters that are passed over in search of a line end after an error: behind a longer line nothing is read. */
const longestSkip = 1_000_000;

/** A mistake that the grammar's actions found and have reported: leaves the statement, as YYERROR does. */
class Abandoned extends Error {
  override readonly name = 'Abandoned';
}

/** Too many errors, or the end of the text while looking for a place to go on. */
class Stopped extends Error {
  override readonly name = 'Stopped';
}

export abstract class TokenRules extends EmbeddedActionsParser {
  protected abstract readonly context: ParseContext;
  private lookahead: ScannedToken | undefined;
  private previous: ScannedToken | undefined;
  private consumed = -1;
  private waitingRules: readonly unknown[] = [];
  private readonly lookaheads = new Map<number, unknown>();

  constructor(skipValidations: boolean) {
    super([...vocabulary], {
      maxLookahead: 1,
      recoveryEnabled: false,
      skipValidations,
      errorMessageProvider: messageProvider,
    });
  }

  /** LA(1) is scanned when it is first asked for: the scopes that are open then decide what it is. */
  protected override LA(distance: number): ScannedToken {
    if (distance === 0) return this.previous ?? this.LA(1);
    this.lookahead ??= this.context.scanner.next();
    return this.lookahead;
  }

  protected override LA_FAST(distance: number): ScannedToken {
    return this.LA(distance);
  }

  /** Chevrotain would compute what may start each alternative of every rule: that is left until a rule is used. */
  preComputeLookaheadFunctions(rules: readonly unknown[]): void {
    this.waitingRules = [...rules];
  }

  setLaFuncCache(key: number, lookahead: unknown): void {
    this.lookaheads.set(key, lookahead);
  }

  getLaFuncFromCache(key: number): unknown {
    const known = this.lookaheads.get(key);
    if (known !== undefined) return known;
    // Rules are numbered from 256 in order of definition; the lower 12 bits tell the place in the rule.
    this.computeLookaheads((key >>> 12) - 256);
    return this.lookaheads.get(key);
  }

  private computeLookaheads(index: number): void {
    const compute: unknown = Reflect.get(
      EmbeddedActionsParser.prototype,
      'preComputeLookaheadFunctions',
    );
    if (typeof compute !== 'function') return;
    Reflect.apply(compute, this, [this.waitingRules.slice(index, index + 1)]);
  }

  consumeToken(): void {
    this.previous = this.lookahead;
    this.lookahead = undefined;
    this.consumed++;
  }

  exportLexerState(): number {
    return this.consumed;
  }

  importLexerState(): void {}

  resetLexerState(): void {
    this.lookahead = undefined;
    this.previous = undefined;
    this.consumed = -1;
  }

  moveToTerminatedState(): void {}

  onBeforeParse(): void {}

  onAfterParse(): void {}

  /** Has the token after the last consumed one been scanned already? */
  protected get scannedAhead(): boolean {
    return this.lookahead !== undefined;
  }

  /** Is this keyword next? Scans it if need be. */
  protected nextIs(type: TokenType): boolean {
    return this.LA(1).tokenTypeIdx === type.tokenTypeIdx;
  }

  /** Defines a rule; unlike RULE it takes the type of its value from where it is declared. */
  protected production<Arguments extends unknown[], Value>(
    name: string,
    implementation: (...rest: Arguments) => Value,
  ): ParserMethod<Arguments, Value> {
    return this.RULE(name, implementation);
  }

  /** Was the optional part there? Never while Chevrotain records the grammar, so that all of it is seen. */
  protected found<Value>(value: Value | undefined): value is Value {
    return value !== undefined && !this.RECORDING_PHASE;
  }

  protected keyword(name: KeywordName): IToken {
    return this.CONSUME(keyword(name));
  }

  protected typeOf(name: KeywordName): TokenType {
    return keyword(name);
  }

  /** From a token, seen as LA(1) earlier, to the last one that was consumed. */
  protected spanFrom(start: ScannedToken): Span {
    return this.ACTION(() => ({
      source: start.source,
      start: start.startOffset,
      end: this.LA(0).endOffset + 1,
    }));
  }

  /** The last token that was consumed. */
  protected lastSpan(): Span {
    const { source, startOffset, endOffset } = this.LA(0);
    return { source, start: startOffset, end: endOffset + 1 };
  }

  protected closeScope(scope: Scope): void {
    this.ACTION(() => this.context.scanner.closeScope(scope));
  }

  protected report(code: DiagnosticCode, span: Span, message: string, hint?: string): void {
    this.context.diagnostics.push({
      code,
      span,
      message,
      ...(hint === undefined ? {} : { hint }),
    });
  }

  /** Reports a mistake and leaves the statement. */
  protected abandon(code: DiagnosticCode, span: Span, message: string, hint?: string): never {
    this.report(code, span, message, hint);
    throw new Abandoned();
  }

  /** NFT_WSCALE_MAX: checked where it is read; the number is the last token. */
  protected checkWindowScale(value: number): void {
    if (value <= 14) return;
    this.abandon('value-out-of-range', this.lastSpan(), 'wscale must be in range 0-14');
  }

  /** The next token cannot stand here. */
  protected unexpected(expected: readonly TokenType[]): never {
    this.reportUnexpected(this.LA(1), expected);
    throw new Abandoned();
  }

  private reportUnexpected(token: ScannedToken, expected: readonly TokenType[]): void {
    const { source, startOffset, endOffset } = token;
    const span = { source, start: startOffset, end: Math.max(endOffset, startOffset) + 1 };
    const { message, hint } = expectation(token, expected);
    this.report('syntax-error', span, message, hint);
  }

  /** Runs one item of a block; after an error goes on behind the next line end or semicolon, as nft does. */
  protected recovering(item: () => void): void {
    if (this.RECORDING_PHASE) {
      item();
      return;
    }
    try {
      item();
    } catch (error) {
      this.recover(error);
    }
  }

  /** A block ended: unless one of `ends` follows, that is an error, and the block goes on. */
  protected blockGoesOn(ends: TokenType, expected: readonly TokenType[]): boolean {
    const goesOn = this.ACTION(() => {
      const next = this.LA(1);
      if (next.tokenTypeIdx === ends.tokenTypeIdx) return false;
      this.reportUnexpected(next, expected);
      this.recover(new Abandoned());
      return true;
    });
    return goesOn === true;
  }

  private recover(error: unknown): void {
    if (!(error instanceof Error) || error instanceof Stopped) throw error;
    if (error instanceof RangeError) {
      // The call stack is used up: only nesting thousands deep does that.
      const { source, startOffset } = this.LA(0);
      const span = { source, start: startOffset, end: startOffset + 1 };
      this.report('syntax-error', span, 'this is nested too deep to be read');
      throw new Stopped();
    }
    if (isRecognitionException(error)) this.reportRecognition();
    else if (!(error instanceof Abandoned)) throw error;
    const { startOffset: from } = this.LA(1);
    for (;;) {
      const token = this.LA(1);
      if (token.tokenType === endOfFile || token.startOffset - from > longestSkip) {
        throw new Stopped();
      }
      this.consumeToken();
      if (token.tokenType === punctuation.newline || token.tokenType === punctuation.semicolon)
        break;
    }
    this.countError();
  }

  /** Gives up after as many errors as nft does. */
  protected countError(): void {
    this.context.errorCount++;
    if (this.context.errorCount >= errorLimit) throw new Stopped();
  }

  /** Passes over empty lines between commands without troubling the grammar. */
  protected skipEmptyLines(): void {
    if (this.scannedAhead) return;
    const { scanner } = this.context;
    const { text } = scanner.source;
    let { position } = scanner;
    while (text.charCodeAt(position) === 10) position++;
    scanner.skipTo(position);
  }

  private reportRecognition(): void {
    this.reportUnexpected(this.LA(1), messageProvider.takeExpected());
    this.errors = [];
  }

  /** Runs another parse in the midst of this one; `undefined` when it fails. */
  protected nested<Value>(rule: () => Value): Value | undefined {
    const { lookahead, previous, consumed, errors } = this;
    this.lookahead = undefined;
    this.previous = undefined;
    try {
      return rule();
    } catch (error) {
      if (error instanceof Stopped || error instanceof Abandoned) return undefined;
      throw error;
    } finally {
      this.lookahead = lookahead;
      this.previous = previous;
      this.consumed = consumed;
      this.errors = errors;
    }
  }

  /** Runs an entry rule on the context; `undefined` when it could not be finished. */
  protected run<Value>(rule: () => Value): Value | undefined {
    this.reset();
    this.resetLexerState();
    try {
      return rule();
    } catch (error) {
      if (error instanceof Stopped || error instanceof Abandoned) return undefined;
      throw error;
    } finally {
      this.reset();
    }
  }
}
