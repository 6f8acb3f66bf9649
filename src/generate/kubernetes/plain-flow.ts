/** Flow collections of YAML on one line, as people write them: `{ app: web, ports: [80, 443] }`. */

import { scalarValue } from './plain-scalar.ts';

const piece = / *(?:([\w./@+-]+(?::[\w./@+-]+)*)|"([^"\\]*)"|'([^']*)')(?= *[,\]}]| *$|:)/y;
const colon = /: +|:$/y;
const plainKey = /^[A-Za-z_][\w./-]*$/;
const wordsWithMeaning = /^(?:null|true|false)$/i;
const mostDepth = 50;

/** Undefined when the text is not such a collection, whole. */
export function flowValue(text: string): unknown {
  const reader = new FlowReader(text);
  const value = reader.value(0);
  return reader.atEnd ? value : undefined;
}

class FlowReader {
  private at = 0;
  private readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  get atEnd(): boolean {
    this.skipBlanks();
    return this.at === this.text.length;
  }

  private skipBlanks(): void {
    while (this.text.charCodeAt(this.at) === 32) this.at++;
  }

  private takes(sign: string): boolean {
    this.skipBlanks();
    if (!this.text.startsWith(sign, this.at)) return false;
    this.at++;
    return true;
  }

  value(depth: number): unknown {
    if (depth > mostDepth) return undefined;
    if (this.takes('{')) return this.mapping(depth);
    if (this.takes('[')) return this.sequence(depth);
    const { plain, quoted } = this.scalar();
    return plain === undefined ? quoted : scalarValue(plain);
  }

  private scalar(): { readonly plain?: string | undefined; readonly quoted?: string | undefined } {
    piece.lastIndex = this.at;
    const [all = '', plain, double, single] = piece.exec(this.text) ?? [];
    this.at += all.length;
    return { plain, quoted: double ?? single };
  }

  private sequence(depth: number): unknown[] | undefined {
    const items: unknown[] = [];
    if (this.takes(']')) return items;
    for (;;) {
      const item = this.value(depth + 1);
      if (item === undefined) return undefined;
      items.push(item);
      if (this.takes(']')) return items;
      if (!this.takes(',')) return undefined;
    }
  }

  private mapping(depth: number): Record<string, unknown> | undefined {
    const entries: Record<string, unknown> = {};
    if (this.takes('}')) return entries;
    for (;;) {
      const { plain, quoted } = this.scalar();
      const key = plain ?? quoted;
      if (key === undefined || key === '__proto__' || Object.hasOwn(entries, key)) return undefined;
      if (plain !== undefined && (!plainKey.test(plain) || wordsWithMeaning.test(plain))) {
        return undefined;
      }
      colon.lastIndex = this.at;
      if (!colon.test(this.text)) return undefined;
      this.at = colon.lastIndex;
      const value = this.value(depth + 1);
      if (value === undefined) return undefined;
      entries[key] = value;
      if (this.takes('}')) return entries;
      if (!this.takes(',')) return undefined;
    }
  }
}
