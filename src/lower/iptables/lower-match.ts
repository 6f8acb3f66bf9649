/** A match of a rule: expressions of nf_tables for a few, an xtables match for all others. */

import type { DecodedMatch } from '../../fields/iptables/decode.ts';
import type { MatchOptions } from '../../fields/iptables/match-table.ts';
import type { Operation } from '../../model/operations.ts';
import type { Loader } from '../../model/program.ts';
import { lowerLimit } from './limit.ts';
import { lowerMark } from './mark.ts';
import { lowerTcp } from './tcp.ts';
import { lowerUdp } from './udp.ts';

export function lowerMatch(match: DecodedMatch, loader: Loader): Operation[] {
  if (match.kind === 'unknown') return [{ kind: 'match', match: { name: match.name } }];
  const { options, extension } = match;
  const native = loader === 'iptables-nft' ? lowerNatively(options) : undefined;
  return (
    native ?? [
      { kind: 'match', match: { name: options.kind, revision: extension.revision, options } },
    ]
  );
}

/** add_match() of iptables 1.8.13 (nft.c). */
function lowerNatively(options: MatchOptions): Operation[] | undefined {
  switch (options.kind) {
    case 'limit':
      return lowerLimit(options);
    case 'mark':
      return lowerMark(options);
    case 'tcp':
      return lowerTcp(options);
    case 'udp':
      return lowerUdp(options);
    default:
      return undefined;
  }
}
