/** A grammar as a page of railroad diagrams: one HTML file, drawn by its own style sheet, without scripts. */

import type { Language } from './languages.ts';
import { namesIn, type Syntax } from './syntax.ts';

/**
 * A line runs behind every box: branches and sequences paint it, boxes cover it. `s` sequence, `c` choice with branches
 * `b`, `r` repetition, `w` one of many words, `i` a word, `u` a token, `a` a rule.
 */
const style = `
:root { color-scheme: light dark; --ground: #fff; --ink: #223; --rail: #889; --word: #e6f0e4; --rule: #e6ecf8; --token: #f6eedd; }
@media (prefers-color-scheme: dark) { :root { --ground: #16181d; --ink: #dde; --rail: #778; --word: #223a22; --rule: #22304d; --token: #43371f; } }
body { background: var(--ground); color: var(--ink); font: 14px/1.4 system-ui, sans-serif; margin: 2em; }
nav { columns: 14em; margin-bottom: 2em; } nav a { display: block; }
a { color: inherit; }
section { margin: 0 0 1.6em; } h2 { font-size: 1em; margin: 0 0 .3em; } small { font-weight: normal; opacity: .7; }
.d { overflow-x: auto; padding: .2em 0; }
.d * { font: 13px ui-monospace, monospace; }
.s, .b { display: flex; align-items: center; flex: 1; background: linear-gradient(var(--rail), var(--rail)) center / 100% 1.5px no-repeat; }
.d > .s { display: inline-flex; padding: 0 1em; border: solid var(--rail); border-width: 0 2px; }
.s > *, .b > * { margin: 3px 7px; flex: none; }
.c, .r { display: flex; flex-direction: column; background: var(--ground); }
.b { position: relative; min-height: 1.5em; padding: 0 9px; }
.b::before, .b::after { content: ''; position: absolute; top: 0; bottom: 0; border-left: 1.5px solid var(--rail); }
.b::before { left: 0; } .b::after { right: 0; }
.b:first-child::before, .b:first-child::after { top: 50%; }
.b:last-child::before, .b:last-child::after { bottom: 50%; }
.r { position: relative; padding-bottom: 9px; margin-bottom: 3px; }
.r::after { content: '\\25C2'; line-height: 0; text-align: center; color: var(--rail); position: absolute; inset: 50% 0 4px; border: 1.5px solid var(--rail); border-top: 0; border-radius: 0 0 8px 8px; display: flex; align-items: end; justify-content: center; pointer-events: none; }
.r > .s { padding: 0 9px; z-index: 1; background-size: 100% 1.5px; }
i, u, .s > a, .b > a { font-style: normal; text-decoration: none; border: 1px solid var(--rail); padding: 1px 7px; background: var(--ground); }
i { border-radius: 9px; background: var(--word); } u { border-radius: 9px; background: var(--token); } .d a { background: var(--rule); }
.w { display: flex; flex-wrap: wrap; max-width: 46em; gap: 3px; border: 1px dashed var(--rail); border-radius: 9px; padding: 4px; background: var(--ground); }
.d a:hover, nav a:hover { text-decoration: underline; }
:target h2 { outline: 2px solid var(--rail); }`;

export function railroadPage({ title, notes, rules, classes }: Language): string {
  const users = usersOf(rules);
  const tokens = classes.map(
    ([name, meaning]) => `<li><u>${escaped(name)}</u> ${escaped(meaning)}</li>`,
  );
  const index = rules.map(({ name }) => `<a href="#${name}">${name}</a>`).join('');
  const sections = rules.map(({ name, syntax }) => {
    const used = (users.get(name) ?? []).map((user) => `<a href="#${user}">${user}</a>`).join(' ');
    const by = used === '' ? '' : ` <small>in ${used}</small>`;
    const drawing = `<div class="d">${sequence([syntax])}</div>`;
    return `<section id="${name}"><h2>${name}${by}</h2>${drawing}</section>`;
  });
  return [
    '<!doctype html>',
    `<html lang="en"><meta charset="utf-8"><title>${escaped(title)}: railroad diagrams</title>`,
    `<style>${style}\n</style>`,
    `<h1>${escaped(title)}</h1>`,
    `<p>Generated from the rules in this folder. ${notes.map(escaped).join(' ')}</p>`,
    `<ul>${tokens.join('')}</ul>`,
    `<nav>${index}</nav>`,
    ...sections,
    '</html>',
    '',
  ].join('\n');
}

function usersOf(rules: Language['rules']): ReadonlyMap<string, readonly string[]> {
  const users = new Map<string, string[]>();
  for (const { name, syntax } of rules) {
    for (const used of new Set(namesIn(syntax))) {
      users.set(used, [...(users.get(used) ?? []), name]);
    }
  }
  return users;
}

function sequence(items: readonly Syntax[]): string {
  return `<span class="s">${items.map(box).join('')}</span>`;
}

function branch(items: readonly Syntax[]): string {
  return `<span class="b">${items.map(box).join('')}</span>`;
}

function choice(branches: readonly string[]): string {
  return `<span class="c">${branches.join('')}</span>`;
}

function box(syntax: Syntax): string {
  switch (syntax.kind) {
    case 'word':
      return `<i>${escaped(syntax.text)}</i>`;
    case 'class':
      return `<u>${escaped(syntax.text)}</u>`;
    case 'rule':
      return `<a href="#${syntax.name}">${syntax.name}</a>`;
    case 'sequence':
      return syntax.items.map(box).join('');
    case 'choice':
      return isWords(syntax.items)
        ? `<span class="w">${syntax.items.map(box).join('')}</span>`
        : choice(syntax.items.map((item) => branch([item])));
    case 'option':
      return choice([branch([]), ...alternatives(syntax.item)]);
    case 'repeat': {
      const loop = `<span class="r">${sequence([syntax.item])}</span>`;
      return syntax.atLeastOnce ? loop : choice([branch([]), `<span class="b">${loop}</span>`]);
    }
  }
}

/** An optional choice is one choice with an empty branch. */
function alternatives(syntax: Syntax): readonly string[] {
  if (syntax.kind !== 'choice' || isWords(syntax.items)) return [branch([syntax])];
  return syntax.items.map((item) => branch([item]));
}

/** Many words side by side need no rails of their own. */
function isWords(items: readonly Syntax[]): boolean {
  return items.length > 4 && items.every(({ kind }) => kind === 'word' || kind === 'class');
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
