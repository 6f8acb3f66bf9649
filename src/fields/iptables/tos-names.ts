/** Type-of-service values: `value[/mask]` or one of five old names, which leave the precedence bits alone. */

import type { ValueKind } from './extension.ts';
import { type MaskedNumber, masked, oneWord } from './value-kinds.ts';

export const tosNames: Readonly<Record<string, number>> = {
  'minimize-delay': 0x10,
  'maximize-throughput': 0x08,
  'maximize-reliability': 0x04,
  'minimize-cost': 0x02,
  'normal-service': 0x00,
};

const numeric = masked(255);

export const tosValue: ValueKind<MaskedNumber> = oneWord((text, site) => {
  if (/^\d/.test(text)) return numeric.read([text], site);
  const value = tosNames[text.toLowerCase()];
  return value === undefined
    ? site.problem(`unknown type of service '${text}'`, Object.keys(tosNames).join(', '))
    : { value, mask: 0x3f };
});
