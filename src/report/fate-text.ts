/** What became of a packet, in one line with its stable reason code. */

import { positionAt, printable } from '../base/text.ts';
import { type Fate, type FatePlace, fateReasons } from '../trace/fate.ts';
import { plainStyle, type Style } from './style.ts';

function placeText(place: FatePlace): string {
  if (place.kind === 'stack') {
    if (place.afterHook !== undefined) return `by the stack, after the ${place.afterHook} hook`;
    return 'by the stack, before any hook';
  }
  const chain = printable(`${place.family} ${place.table} ${place.chain}`);
  const what = place.kind === 'policy' ? `policy of ${chain}` : `rule ${place.index} of ${chain}`;
  if (place.origin === undefined || place.origin.end === 0) return `by ${what}`;
  const { line } = positionAt(place.origin.source, place.origin.start);
  return `by ${what} (${printable(place.origin.source.name)}:${line})`;
}

const devices = (fate: { readonly out: readonly { readonly device: string }[] }) =>
  printable(fate.out.map(({ device }) => device).join(', '));

function whatHappened(fate: Fate, style: Style): string {
  switch (fate.kind) {
    case 'forwarded':
      return style.good(`forwarded out of ${devices(fate)}`);
    case 'output':
      return style.good(`sent out of ${devices(fate)}`);
    case 'bridged':
      return style.good(`bridged to ${devices(fate)}`);
    case 'local':
      return style.good(`delivered to the host (in ${printable(fate.device)})`);
    case 'drop':
      return `${style.bad('dropped')} ${placeText(fate.at)}`;
    case 'reject':
      return `${style.bad('rejected')} ${placeText(fate.at)}`;
    case 'held':
      return `held ${placeText(fate.at)}`;
    case 'stolen':
      return `taken out of the stack ${placeText(fate.at)}`;
    case 'queue':
      return `handed to user space queue ${fate.queue ?? 0} ${placeText(fate.at)}`;
  }
}

/** `dropped by rule 3 of ip filter input (ruleset.nft:12)  [RULE_DROP] A rule dropped it.` */
export function fateText(fate: Fate, style: Style = plainStyle): string {
  return `${whatHappened(fate, style)}  [${fate.reason}] ${style.faint(fateReasons[fate.reason])}`;
}
