/** Tells the language of a ruleset file from its content; the name is looked at only for what content cannot say. */

export type RulesetKind = 'nft' | 'nft-json' | 'iptables-save' | 'ipset-save' | 'not-text';

const sampleLength = 65536;

/** The first lines that are neither empty nor comments. */
function firstLines(text: string, count: number): readonly string[] {
  const lines: string[] = [];
  for (const line of text.slice(0, sampleLength).split('\n')) {
    const trimmed = line.trim();
    if (trimmed === '' || trimmed.startsWith('#')) continue;
    lines.push(trimmed);
    if (lines.length === count) break;
  }
  return lines;
}

/** Binary data shows in its first bytes: NULs, or many characters that are no text. */
function isBinary(text: string): boolean {
  const sample = text.slice(0, sampleLength);
  if (sample.includes('\0')) return true;
  let odd = 0;
  for (const character of sample) {
    const code = character.charCodeAt(0);
    if (code === 0xfffd || (code < 32 && code !== 9 && code !== 10 && code !== 13)) odd += 1;
  }
  return odd > 16 && odd * 20 > sample.length;
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
