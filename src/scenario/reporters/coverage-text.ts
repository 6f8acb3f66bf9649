/** Coverage as text, lcov and HTML. */

import { printable } from '../../base/text.ts';
import type { CoverageItem, CoverageKind } from '../coverage.ts';

const kinds: readonly CoverageKind[] = ['rule', 'chain', 'element'];
const plural: Readonly<Record<CoverageKind, string>> = {
  rule: 'rules',
  chain: 'chains',
  element: 'set elements',
};

/** More lines than this help nobody in a terminal; lcov and HTML hold all. */
const shownAtMost = 200;

function shareLine(items: readonly CoverageItem[], kind: CoverageKind): string {
  const all = items.filter((item) => item.kind === kind);
  const hit = all.filter(({ hits }) => hits > 0).length;
  const share = all.length === 0 ? 100 : (100 * hit) / all.length;
  return `${hit} of ${all.length} ${plural[kind]} reached (${share.toFixed(1)} %)`;
}

const missed = (items: readonly CoverageItem[]) => items.filter(({ hits }) => hits === 0);

/** The shares, then what no test reached. */
export function coverageText(items: readonly CoverageItem[]): string {
  const lines = missed(items).map(
    ({ kind, name, file, line, text }) =>
      `  not reached  ${printable(file)}:${line}  ${kind} ${printable(name)}${kind === 'rule' ? `  ${text}` : ''}`,
  );
  const rest = lines.length - shownAtMost;
  return [
    ...kinds.map((kind) => shareLine(items, kind)),
    ...lines.slice(0, shownAtMost),
    ...(rest > 0 ? [`  … and ${rest} more`] : []),
    '',
  ].join('\n');
}

function byFile(items: readonly CoverageItem[]): ReadonlyMap<string, readonly CoverageItem[]> {
  const files = new Map<string, CoverageItem[]>();
  for (const item of items) {
    const list = files.get(item.file) ?? [];
    files.set(item.file, list);
    list.push(item);
  }
  return files;
}

/** Hits by line: rules and elements; several on a line add up. */
function lineHits(items: readonly CoverageItem[]): ReadonlyMap<number, number> {
  const lines = new Map<number, number>();
  for (const { kind, line, hits } of items) {
    if (kind !== 'chain') lines.set(line, (lines.get(line) ?? 0) + hits);
  }
  return new Map([...lines].sort(([a], [b]) => a - b));
}

function lcovRecord(file: string, items: readonly CoverageItem[]): string {
  const chains = items.filter(({ kind }) => kind === 'chain');
  const lines = lineHits(items);
  const hitLines = [...lines.values()].filter((hits) => hits > 0).length;
  return [
    `SF:${file}`,
    ...chains.map(({ line, name }) => `FN:${line},${name}`),
    ...chains.map(({ hits, name }) => `FNDA:${hits},${name}`),
    `FNF:${chains.length}`,
    `FNH:${chains.filter(({ hits }) => hits > 0).length}`,
    ...[...lines].map(([line, hits]) => `DA:${line},${hits}`),
    `LF:${lines.size}`,
    `LH:${hitLines}`,
    'end_of_record',
  ].join('\n');
}

/** The tracefile format of lcov's geninfo(1): chains are functions, rules and elements are lines. */
export function coverageLcov(items: readonly CoverageItem[]): string {
  const records = [...byFile(items)].map(([file, list]) => lcovRecord(file, list));
  return `TN:\n${records.join('\n')}\n`;
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};
const html = (text: string) => printable(text).replace(/[&<>"]/g, (sign) => entities[sign] ?? sign);

const styleSheet =
  'body{font:14px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:80rem;padding:0 1rem}' +
  'td{font:13px/1.4 ui-monospace,monospace;padding:.1rem .6rem;white-space:pre-wrap;vertical-align:top}' +
  'td.n{text-align:right;color:#666}tr.hit{background:#e6f4e6}tr.miss{background:#fbe4e4}' +
  '@media(prefers-color-scheme:dark){body{background:#111;color:#ddd}tr.hit{background:#12331a}tr.miss{background:#3a1717}}';

function htmlRow({ kind, name, line, text, hits }: CoverageItem): string {
  const state = hits > 0 ? 'hit' : 'miss';
  const words = kind === 'chain' ? `chain ${name}` : `${name}  ${text}`;
  return `<tr class="${state}"><td class="n">${line}</td><td class="n">${hits}</td><td>${html(words)}</td></tr>`;
}

/** One page, no scripts, no other files. */
export function coverageHtml(items: readonly CoverageItem[]): string {
  const shares = kinds.map((kind) => `<li>${shareLine(items, kind)}</li>`).join('');
  const files = [...byFile(items)].map(([file, list]) => {
    const rows = [...list].sort((a, b) => a.line - b.line).map(htmlRow);
    const head = '<tr><th>line</th><th>hits</th><th>chain, rule or element</th></tr>';
    return `<h2>${html(file)}</h2>\n<table>${head}\n${rows.join('\n')}\n</table>`;
  });
  return `<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>Coverage of rules</title><style>${styleSheet}</style></head>\n<body><h1>Coverage of rules</h1><ul>${shares}</ul>\n${files.join('\n')}\n</body></html>\n`;
}
