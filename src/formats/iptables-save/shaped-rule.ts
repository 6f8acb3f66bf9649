/** A rule that is known by its shape: its options are made when they are asked for. */

import type {
  IptablesCounters,
  IptablesMatch,
  IptablesOption,
  IptablesRule,
  IptablesTarget,
} from '../../ast/iptables.ts';
import { type Source, type Span, spanOf } from '../../base/span.ts';
import { lineWords, type PlacedWord } from './line-words.ts';
import { readCounters } from './read-counters.ts';
import type { Shape } from './shapes.ts';

export function shapedRule(
  source: Source,
  start: number,
  end: number,
  shape: Shape,
  chain: string,
): IptablesRule {
  return new ShapedRule(source, start, end, shape, chain);
}

/** A class, unlike all other nodes, so that a hundred thousand rules share their accessors. */
class ShapedRule implements IptablesRule {
  readonly chain: string;
  private readonly source: Source;
  private readonly start: number;
  private readonly end: number;
  readonly shape: Shape;

  constructor(source: Source, start: number, end: number, shape: Shape, chain: string) {
    this.chain = chain;
    this.source = source;
    this.start = start;
    this.end = end;
    this.shape = shape;
  }

  get span(): Span {
    return spanOf(this.source, this.start, this.end);
  }

  get counters(): IptablesCounters | undefined {
    if (this.source.text.charCodeAt(this.start) !== 91) return this.shape.example.counters;
    const close = this.source.text.indexOf(']', this.start);
    return readCounters(this.source.text.slice(this.start, close + 1));
  }

  get header(): readonly IptablesOption[] {
    return this.expanded().header;
  }

  get matches(): readonly IptablesMatch[] {
    return this.expanded().matches;
  }

  get target(): IptablesTarget | undefined {
    return this.shape.example.target && this.expanded().target;
  }

  private expanded(): Expanded {
    if (latest?.rule !== this) {
      latest = { rule: this, expanded: expand(this.source, this.start, this.end, this.shape) };
    }
    return latest.expanded;
  }
}

type Expanded = Pick<IptablesRule, 'header' | 'matches' | 'target'>;

/** A rule is looked at part by part: the last one is worth keeping, all would be too many. */
let latest: { readonly rule: ShapedRule; readonly expanded: Expanded } | undefined;

/** The example's nodes with the words of another line. */
function expand(source: Source, start: number, end: number, shape: Shape): Expanded {
  const words = lineWords(source.text, start, end);
  const { header, matches, target } = shape.example;
  const site: ExpandSite = { source, words, shape };
  return {
    header: expandOptions(header, site),
    matches: matches.map((match) => expandMatch(match, site)),
    target: target && {
      name: targetName(target, site),
      goto: target.goto,
      options: expandOptions(target.options, site),
      span: expandSpan(target.span, site),
    },
  };
}

function expandMatch(match: IptablesMatch, site: ExpandSite): IptablesMatch {
  const { name, implicit } = match;
  const options = expandOptions(match.options, site);
  const span = expandSpan(match.span, site);
  return implicit === true ? { name, implicit, options, span } : { name, options, span };
}

function expandOptions(
  options: readonly IptablesOption[],
  site: ExpandSite,
): readonly IptablesOption[] {
  return options.map((option) => expandOption(option, site));
}

interface ExpandSite {
  readonly source: Source;
  readonly words: readonly PlacedWord[];
  readonly shape: Shape;
}

/** The words that stand where the example's span has its words. */
function wordsOf(span: Span, { words, shape }: ExpandSite): readonly PlacedWord[] {
  const first = shape.starts.get(span.start);
  const last = shape.ends.get(span.end);
  return first === undefined || last === undefined ? [] : words.slice(first, last + 1);
}

function expandSpan(span: Span, site: ExpandSite): Span {
  const words = wordsOf(span, site);
  const [first, last] = [words[0], words.at(-1)];
  return first && last ? spanOf(site.source, first.start, last.end) : span;
}

/** Values that are part of the option's own word are the same in all lines of the shape. */
function expandOption(option: IptablesOption, site: ExpandSite): IptablesOption {
  const words = wordsOf(option.span, site);
  const before = option.negated ? 2 : 1;
  const values =
    words.length === before + option.values.length
      ? words.slice(before).map(({ text }) => text)
      : option.values;
  const { name, negated } = option;
  return { name, negated, values, span: expandSpan(option.span, site) };
}

function targetName(target: IptablesTarget, site: ExpandSite): string {
  const [, name] = wordsOf(target.span, site);
  return target.options.length === 0 && name !== undefined ? name.text : target.name;
}
