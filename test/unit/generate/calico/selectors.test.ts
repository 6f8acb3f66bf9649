/** Selectors: their normal form, ids, meaning and errors. */

import { describe, expect, it } from 'vitest';
import { parseSelector } from '../../../../grammar/calico-selector/parse-selector.ts';
import {
  prefixLabels,
  printSelector,
  selectorSet,
  selects,
} from '../../../../src/generate/calico/selectors/selector.ts';

function parsed(text: string) {
  const { value } = parseSelector({ name: 'selector', text });
  if (value === undefined) throw new Error(`not a selector: ${text}`);
  return value;
}

/** The text with carets under what the first diagnostic points at. */
function pointed(text: string): string {
  const [diagnostic] = parseSelector({ name: 'selector', text }).diagnostics;
  if (diagnostic === undefined) return 'fine';
  const { start, end } = diagnostic.span;
  return `${text}\n${' '.repeat(start)}${'^'.repeat(Math.max(1, end - start))} ${diagnostic.message}`;
}

describe('printSelector', () => {
  it.each([
    ['', 'all()'],
    ["a=='v2'||has( b )", '(a == "v2" || has(b))'],
    ['!!! has(a)', '!has(a)'],
    ["! (a == 'b'&& ! c != 'd')", '!(a == "b" && !c != "d")'],
    ["a in {'b', 'a', 'b',}", 'a in {"a", "b"}'],
    ['a notin {}', 'a not in {}'],
    [`a startswith '"'`, `a starts with '"'`],
    [
      "((a contains 'x')) && (b endswith 'y' && all())",
      '(a contains "x" && (b ends with "y" && all()))',
    ],
    ["in in {'in'}", 'in in {"in"}'],
  ])('%s', (text, normalised) => {
    expect(printSelector(parsed(text))).toBe(normalised);
  });

  it('gives the id of the set', () => {
    expect(selectorSet(parsed("a == 'b'")).id).toBe('s:flMh0m0X_BowkAK_W3j3MgH8oQOsj3WxGDoXCQ');
  });

  it('prefixes every label', () => {
    const prefixed = prefixLabels(parsed("has(a) || !b in {'c'}"), 'pcns.');
    expect(printSelector(prefixed)).toBe('(has(pcns.a) || !pcns.b in {"c"})');
  });
});

describe('parseSelector points at the mistake', () => {
  it.each([
    ["role 'development'", "role 'development'\n     ^^^^^^^^^^^^^ unexpected ''development''"],
    ["a == 'b' && %", "a == 'b' && %\n            ^ unexpected characters '%'"],
    ['has(foo) &&', 'has(foo) &&\n           ^ the selector ends too early'],
    ["a == 'b", "a == 'b\n     ^^ the text is not closed"],
    ["a in { 'b' 'c' }", "a in { 'b' 'c' }\n           ^^^ unexpected ''c''"],
  ])('%s', (text, shown) => {
    expect(pointed(text)).toBe(shown);
  });

  it('bounds nesting', () => {
    const { diagnostics } = parseSelector({ name: 's', text: `${'('.repeat(5000)}all()` });
    expect(diagnostics[0]?.message).toBe('parentheses are nested more than 200 deep');
  });
});

describe('selects', () => {
  const labels = new Map([
    ['app', 'web'],
    ['tier', ''],
  ]);
  it.each([
    ["app == 'web'", true],
    ["other != 'x'", true],
    ["other == ''", false],
    ["other not in { 'a' }", true],
    ["tier in { '' }", true],
    ["app starts with 'w' && !app ends with 'x'", true],
    ['has(tier) && !has(other)', true],
    ["app contains 'z' || global()", true],
  ])('%s', (text, wanted) => {
    expect(selects(parsed(text), labels)).toBe(wanted);
  });
});
