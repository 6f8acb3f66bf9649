/** What a line of iptables-save text consists of, told without the grammar. */

/**
 * A word as iptables-restore splits lines (add_param_to_argv): a quote may begin inside a word and its end ends the
 * word; inside quotes a backslash takes the next character as it is.
 */
export const wordPattern = /[^\s"]*"(?:[^"\\]|\\[\s\S])*(?:"|(?![\s\S]))|[^\s"]+/;

/** A word with its place in the line. */
export interface LineWord {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** What the options of a rule line are given to, in the order of the line. */
export interface OptionListener {
  /** How many words belong to the option; `next` are the texts of the words that follow, at most three. */
  readonly wordsOf: (option: LineWord, negated: boolean, next: readonly string[]) => number;
  readonly option: (
    option: LineWord,
    negation: LineWord | undefined,
    values: readonly LineWord[],
  ) => void;
}

export type Line =
  | { readonly kind: 'blank' }
  | { readonly kind: 'comment' }
  | { readonly kind: 'commit' }
  | { readonly kind: 'table'; readonly name: LineWord }
  | {
      readonly kind: 'chain';
      readonly name: LineWord;
      readonly policy: LineWord;
      readonly counters: LineWord | undefined;
    }
  | { readonly kind: 'rule'; readonly counters: LineWord | undefined }
  | { readonly kind: 'error'; readonly at: LineWord; readonly expected: string };

/** Without its quote and escapes. */
export function unquote(image: string): string {
  const quote = image.indexOf('"');
  if (quote < 0) return image;
  const closed = image.endsWith('"') && image.length > quote + 1 && !endsEscaped(image);
  const inner = image.slice(quote + 1, closed ? -1 : undefined);
  return (
    image.slice(0, quote) + (inner.includes('\\') ? inner.replaceAll(/\\([\s\S])/g, '$1') : inner)
  );
}

/** Is the last quote escaped by an odd number of backslashes? */
function endsEscaped(image: string): boolean {
  const [backslashes = ''] = /\\*(?="$)/.exec(image) ?? [];
  return backslashes.length % 2 === 1;
}
