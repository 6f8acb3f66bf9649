/** libnftables JSON as lines that can be compared. */

import type { Json } from '../../src/formats/nft-json/json.ts';

/** One line per entry, without what is said of the tool. */
export function jsonEntries(text: string): string {
  const { nftables }: { nftables: readonly Json[] } = JSON.parse(text);
  return nftables.slice(1).map(canonical).join('\n');
}

/** Members in order of name; handles and ages are chance. */
export function canonical(json: Json): string {
  return JSON.stringify(json, (key, value: Json) => {
    if (key === 'handle' || key === 'expires') return undefined;
    if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
    return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
