/** How long names may be: nft refuses more than 256 characters itself, the kernel has room for 255. */

import type { Command, Name } from '../../../ast/nft/script.ts';
import { type LoadContext, report } from './context.ts';

/** NFT_NAME_MAXLEN counts the terminating zero, nft does not. */
const longestName = 256;

/** Whether the names of what a command is about fit (nft: nft_cmd_validate(); kernel: the policy of the attribute). */
export function namesFit(context: LoadContext, { target }: Command): boolean {
  for (const name of [target.table, target.name]) {
    if (name === undefined || name.text.length < longestName) continue;
    if (name.text.length === longestName) return nameFits(context, name);
    const message = `name too long, ${longestName} characters maximum allowed`;
    report(context, 'invalid-value', name.span, message);
    return false;
  }
  return true;
}

/** Of what stands in a table block nft does not look at the names. */
export function nameFits(context: LoadContext, name: Name): boolean {
  if (name.text.length < longestName) return true;
  const message = `a name has at most ${longestName - 1} characters`;
  report(context, 'kernel-refused', name.span, message);
  return false;
}
