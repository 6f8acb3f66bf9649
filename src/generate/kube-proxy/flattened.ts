/** Keeps large texts cheap to hold. */

/**
 * The same text in one piece. V8 keeps a concatenation as a tree of its parts until a character is read; for texts
 * that are kept, the trees of many rules cost the garbage collector more than making the rules.
 */
export function flattened(text: string): string {
  text.charCodeAt(0);
  return text;
}
