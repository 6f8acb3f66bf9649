/** Tells the language of a ruleset file from its content; the name is looked at only for what content cannot say. */

export type RulesetKind = 'nft' | 'nft-json' | 'iptables-save' | 'ipset-save' | 'not-text';

const sampleLength = 65536;

/** The first lines that are neither empty nor comments. */
function firstLines(text: string, count: number): readonly string[] {
  const lines: string[] = [];
  const sample = text.slice(0, sampleLength);
  for (let start = 0; start < sample.length; ) {
    const newline = sample.indexOf('\n', start);
    const end = newline < 0 ? sample.length : newline;
    const trimmed = sample.slice(start, end).trim();
    start = end + 1;
    if (trimmed === '' || trimmed.startsWith('#')) continue;
    lines.push(trimmed);
    if (lines.length === count) break;
  }
  return lines;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they tell binary data from text
const odd = /[\0-\x08\x0b\x0c\x0e-\x1f\ufffd]/g;

/** Binary data shows in its first bytes: NULs, or many characters that are no text. */
function isBinary(text: string): boolean {
  const sample = text.slice(0, sampleLength);
  if (sample.includes('\0')) return true;
  const found = sample.match(odd)?.length ?? 0;
  return found > 16 && found * 20 > sample.length;
}

/** An empty text is an empty nft ruleset. */
export function rulesetKind(text: string): RulesetKind {
  if (isBinary(text)) return 'not-text';
  const [first = ''] = firstLines(text, 1);
  if (first.startsWith('{') && /^\{\s*("nftables"|$)/.test(first)) return 'nft-json';
  if (/^\*[a-z]+$/.test(first)) return 'iptables-save';
  if (/^create \S+ [a-z]+:[a-z,]+/.test(first)) return 'ipset-save';
  return 'nft';
}
