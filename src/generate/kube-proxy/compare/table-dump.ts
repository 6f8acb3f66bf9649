/** The nftables table of kube-proxy in a listing, as text by chain, set and map. */

import type { RuleDump } from './rule-dump.ts';

/** The lines of a listing that belong to `table FAMILY kube-proxy`; empty when it is not there. */
export function kubeProxyTable(listing: string, family: string): string {
  const lines = listing.split('\n');
  const start = lines.indexOf(`table ${family} kube-proxy {`);
  if (start < 0) return '';
  const length = lines.slice(start).indexOf('}');
  return length < 0 ? '' : `${lines.slice(start, start + length + 1).join('\n')}\n`;
}

/**
 * A stateless listing as printed by this program. Elements are lines of their own, sorted; those of dynamic sets are
 * state and left out. Names are `chain NAME`, `set NAME`, `map NAME`.
 */
export function dumpOfTable(listing: string, family: string): RuleDump {
  const objects = new Map<string, string[]>();
  const joined = listing.replaceAll(/,\n\s+/g, ', ');
  for (const [, name = '', body = ''] of joined.matchAll(/^\t(\S.*) \{\n([\s\S]*?)^\t\}$/gm)) {
    const lines = body.split('\n').map((line) => line.trim());
    const isDynamic = lines.some((line) => /^flags .*dynamic/.test(line));
    objects.set(
      name,
      lines.filter((line) => line !== '').flatMap((line) => objectLines(line, isDynamic)),
    );
  }
  return { tables: new Map([[`${family} kube-proxy`, objects]]) };
}

function objectLines(line: string, isDynamic: boolean): readonly string[] {
  const [, elements] = /^elements = \{ (.*) \}$/.exec(line) ?? [];
  if (elements === undefined) return [line];
  return isDynamic ? [] : elements.split(', ').sort();
}
