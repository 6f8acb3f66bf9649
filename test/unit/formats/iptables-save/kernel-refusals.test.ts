/** What iptables takes and the kernel (Linux 6.18) does not. */

import { describe, expect, it } from 'vitest';
import { loadIptablesSave } from '../../../../src/formats/iptables-save/load.ts';

function problems(rule: string): readonly string[] {
  const text = `*mangle\n:T - [0:0]\n-A T ${rule}\nCOMMIT\n`;
  return loadIptablesSave(text, { family: 'ip' }).diagnostics.map(({ code }) => code);
}

const program = (...instructions: string[]) =>
  `-m bpf --bytecode "${instructions.length},${instructions.join(',')}"`;

describe('refused by the kernel', () => {
  it.each([
    [
      'a string between offsets in the wrong order',
      '-m string --string a --algo bm --from 2 --to 1',
    ],
    ['a shift by more than a word', program('32 0 0 0', '116 0 0 240', '6 0 0 1')],
    ['a division by 0', program('32 0 0 0', '52 0 0 0', '6 0 0 1')],
    ['a jump behind the end', program('21 0 2 6', '6 0 0 1', '6 0 0 0')],
    ['a program without an end', program('32 0 0 0')],
    ['an instruction that is none', program('255 0 0 0', '6 0 0 1')],
    [
      'memory that was not written on every way',
      program('21 1 0 6', '2 0 0 3', '96 0 0 3', '22 0 0 0'),
    ],
    ['memory that there is not', program('2 0 0 16', '6 0 0 1')],
    [
      'a bucket that wraps around to less than a packet',
      '-m hashlimit --hashlimit-upto 1/day --hashlimit-burst 2 --hashlimit-name a',
    ],
  ])('%s', (_, rule) => {
    expect(problems(rule)).toStrictEqual(['iptables-kernel']);
  });

  it.each([
    ['equal offsets', '-m string --string a --algo bm --from 1 --to 1'],
    ['a shift within a word', program('32 0 0 0', '116 0 0 31', '6 0 0 1')],
    ['memory that was written', program('2 0 0 3', '96 0 0 3', '22 0 0 0')],
    ['a jump to the last instruction', program('21 0 1 6', '6 0 0 1', '6 0 0 0')],
    [
      'a bucket that wraps around to more',
      '-m hashlimit --hashlimit-upto 1/day --hashlimit-burst 3 --hashlimit-name a',
    ],
  ])('but not %s', (_, rule) => {
    expect(problems(rule)).toStrictEqual([]);
  });
});
