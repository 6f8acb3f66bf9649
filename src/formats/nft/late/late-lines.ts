/** What the lines of a chain show of its rules without being read: where they are and how they end. */

import type { LateChain } from '../../../../grammar/nft/late-chains.ts';
import type { Source } from '../../../base/span.ts';
import type { ListedRule } from '../../../model/complete-xt.ts';

const lastVerdict = /(?:^| )((?:jump|goto) \S+|accept|drop|return|continue)$/;
const withHandle = /^(.*) # handle (\d+)$/;

/** Undefined where a rule may take several lines, or say something behind its verdict. */
export function ruleLines(chain: LateChain): readonly ListedRule[] | undefined {
  const { source, text } = chain;
  if (text.includes('{') || text.includes(' comment ') || text.includes('\\')) return undefined;
  const lines: ListedRule[] = [];
  let at = chain.bodyStart;
  for (const line of text.split('\n')) {
    const written = line.trim();
    if (written !== '') lines.push(ruleLine(source, at + line.indexOf(written), written));
    at += line.length + 1;
  }
  return lines;
}

function ruleLine(source: Source, start: number, written: string): ListedRule {
  const [, rule = written, handle] = withHandle.exec(written) ?? [];
  const [, end = ''] = lastVerdict.exec(rule) ?? [];
  const span = { source, start, end: start + rule.length };
  return handle === undefined ? { end, span } : { end, handle: Number(handle), span };
}
