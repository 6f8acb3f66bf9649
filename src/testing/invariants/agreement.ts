/** `rulesets-agree`: no packet tells the ruleset from another one. */

import fc from 'fast-check';
import { guidedPackets } from '../arbitraries/packets.ts';
import { observe } from '../observe.ts';
import { asOther } from './as-other.ts';
import type { PacketProperty } from './property.ts';

const moments = ['the packet', 'its answer', 'the packet after the answer'];

/** The first line that only one of them has. */
function firstDifference(one: string, other: string): readonly [string, string] {
  const [mine, theirs] = [one.split('\n'), other.split('\n')];
  const missing = (lines: readonly string[], from: readonly string[]) =>
    lines.find((line) => !from.includes(line)) ?? lines[0] ?? '';
  return [missing(mine, theirs), missing(theirs, mine)];
}

export const rulesetsAgree: PacketProperty = {
  name: 'rulesets-agree',
  explain: 'No packet tells the ruleset from the other one.',
  options: ['--against'],
  aim: (packets, { options }) =>
    options.against === undefined
      ? packets
      : fc.oneof(packets, guidedPackets(options.against.program, { host: options.against.host })),
  check(packet, _played, { ruleset, options }) {
    if (options.against === undefined) return undefined;
    const one = observe(ruleset, packet);
    const other = observe(options.against, packet);
    if (one === undefined || other === undefined || one === other) return undefined;
    const [mine, theirs] = [one.split('\n--\n'), other.split('\n--\n')];
    const at = Math.max(
      0,
      mine.findIndex((part, index) => part !== theirs[index]),
    );
    const [here, there] = firstDifference(mine[at] ?? '', theirs[at] ?? 'nothing follows');
    const message = `they differ in what becomes of ${moments[at] ?? 'it'}: ${here}; in the other: ${there}`;
    const steps = asOther(options.against, packet).slice(0, at + 1);
    return { message, steps };
  },
};
