/** A grammar as a readable page of EBNF. */

import type { Language } from './languages.ts';
import type { Syntax } from './syntax.ts';

const width = 100;

/** `rule ::= a | b`; [ ] is optional, { } any number of times, { }+ once or more. */
export function ebnfPage({ title, notes, rules, classes }: Language): string {
  const head = [
    `# ${title}, generated from the rules in this folder`,
    '#',
    "# 'word' as written, name a rule, NAME a token; [ ] optional, { } any number of times, { }+ once or more",
    ...notes.map((note) => `# ${note}`),
    ...classes.map(([name, meaning]) => `# ${name}: ${meaning}`),
  ];
  return `${[...head, '', ...rules.map(ruleText)].join('\n')}\n`;
}

function ruleText({ name, syntax }: Language['rules'][number]): string {
  const head = `${name} ::=`;
  const line = `${head} ${inline(syntax)}`;
  if (line.length <= width) return line;
  if (syntax.kind === 'choice') return `${head}${alternatives(syntax.items)}`;
  if (syntax.kind === 'repeat' && syntax.item.kind === 'choice') {
    return `${head} {${alternatives(syntax.item.items)}\n}${syntax.atLeastOnce ? '+' : ''}`;
  }
  return `${head}${wrapped(parts(syntax))}`;
}

function alternatives(items: readonly Syntax[]): string {
  const short = items.every(({ kind }) => kind === 'word' || kind === 'class');
  if (short) return wrapped(withBars(items.map(inline)));
  return `\n    ${items.map(inline).join('\n  | ')}`;
}

function withBars(items: readonly string[]): readonly string[] {
  return items.map((item, index) => (index === 0 ? item : `| ${item}`));
}

function parts(syntax: Syntax): readonly string[] {
  return syntax.kind === 'sequence' ? syntax.items.map(nested) : [inline(syntax)];
}

/** Lines of at most the page's width, indented. */
function wrapped(items: readonly string[]): string {
  let text = '';
  let length = width;
  for (const item of items) {
    if (length + item.length + 1 > width) {
      text += `\n    ${item}`;
      length = 4 + item.length;
    } else {
      text += ` ${item}`;
      length += item.length + 1;
    }
  }
  return text;
}

function inline(syntax: Syntax): string {
  switch (syntax.kind) {
    case 'word':
      return syntax.text.includes("'") ? `"${syntax.text}"` : `'${syntax.text}'`;
    case 'class':
      return syntax.text;
    case 'rule':
      return syntax.name;
    case 'sequence':
      return syntax.items.map(nested).join(' ') || 'nothing';
    case 'choice':
      return syntax.items.map(inline).join(' | ');
    case 'option':
      return `[ ${inline(syntax.item)} ]`;
    case 'repeat':
      return `{ ${inline(syntax.item)} }${syntax.atLeastOnce ? '+' : ''}`;
  }
}

function nested(syntax: Syntax): string {
  return syntax.kind === 'choice' ? `( ${inline(syntax)} )` : inline(syntax);
}
