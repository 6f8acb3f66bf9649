/** Prints sets as `ipset save` does. */

import type { IpSet } from '../../host/ipset.ts';
import { formatElementParts } from './element-parts.ts';
import { formatExtensions } from './extensions.ts';

/** Each set's create line, then its elements; for text that `ipset save` printed, exactly that text. */
export function printIpsetSave(sets: readonly IpSet[]): string {
  const lines: string[] = [];
  for (const set of sets) {
    const options = set.options.map(({ name, value }) =>
      value === undefined ? ` ${name}` : ` ${name} ${value}`,
    );
    lines.push(`create ${set.name} ${set.type}${options.join('')}\n`);
    for (const element of set.elements) {
      lines.push(
        `add ${set.name} ${formatElementParts(element.parts)}${formatExtensions(element)}\n`,
      );
    }
  }
  return lines.join('');
}
