/** Splits port lists to what one multiport match takes: 15 slots, a range costs two. */

import type { PortRange } from '../rules/match.ts';

const maximumSlots = 15;

export function splitPorts(ports: readonly PortRange[]): readonly (readonly PortRange[])[] {
  const parts: PortRange[][] = [];
  let free = 0;
  for (const range of ports) {
    const cost = range.first === range.last ? 1 : 2;
    const last = parts.at(-1);
    if (last === undefined || cost > free) {
      parts.push([range]);
      free = maximumSlots - cost;
    } else {
      last.push(range);
      free -= cost;
    }
  }
  return parts;
}
