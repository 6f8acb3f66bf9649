/** Puts annotations as comment lines above the chains of a printed ruleset. */

import type { Annotations } from './annotate.ts';

/** Understands iptables-save text, `nft list` text and scripts of `add` commands. */
export function annotateText(text: string, annotations: Annotations): string {
  const said = new Set<string>();
  const result: string[] = [];
  let table = '';
  for (const line of text.split('\n')) {
    table = tableOf(line) ?? table;
    const place = placeOf(line, table);
    const note = place === undefined ? undefined : annotations.get(place);
    if (place !== undefined && note !== undefined && !said.has(place)) {
      said.add(place);
      result.push(`${/^\s*/.exec(line)?.[0] ?? ''}# ${note}`);
    }
    result.push(line);
  }
  return result.join('\n');
}

function tableOf(line: string): string | undefined {
  return /^\*(\S+)$/.exec(line)?.[1] ?? /^table \S+ (\S+) \{$/.exec(line)?.[1];
}

function placeOf(line: string, table: string): string | undefined {
  const listed = /^-A (\S+)/.exec(line)?.[1] ?? /^\tchain (\S+) \{$/.exec(line)?.[1];
  if (listed !== undefined) return `${table}/${listed}`;
  const [, tableName, chain] = /^add chain \S+ (\S+) (\S+)/.exec(line) ?? [];
  return chain === undefined ? undefined : `${tableName}/${chain}`;
}
