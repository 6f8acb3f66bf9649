/** What the lines of a chain show of its rules without being read: where they are and how they end. */

import type { LateChain } from '../../../../grammar/nft/late-chains.ts';
import type { Source, Span } from '../../../base/span.ts';

/** A rule as a line of text. */
export interface RuleLine {
  /** `jump NAME`, `goto NAME`, a verdict, or nothing. */
  readonly end: string;
  readonly handle?: number;
  readonly span: Span;
}

const lastVerdict = /(?:^| )((?:jump|goto) \S+|accept|drop|return|continue)$/;
const withHandle = /^(.*) # handle (\d+)$/;

/** Undefined where a rule may take several lines, or say something behind its verdict. */
export function ruleLines(chain: LateChain): readonly RuleLine[] | undefined {
  const { source, text } = chain;
  if (text.includes('{') || text.includes(' comment ') || text.includes('\\')) return undefined;
  const lines: RuleLine[] = [];
  let at = chain.bodyStart;
  for (const line of text.split('\n')) {
    const written = line.trim();
    if (written !== '') lines.push(ruleLine(source, at + line.indexOf(written), written));
    at += line.length + 1;
  }
  return lines;
}

function ruleLine(source: Source, start: number, written: string): RuleLine {
  const [, rule = written, handle] = withHandle.exec(written) ?? [];
  const [, end = ''] = lastVerdict.exec(rule) ?? [];
  const span = { source, start, end: start + rule.length };
  return handle === undefined ? { end, span } : { end, handle: Number(handle), span };
}
