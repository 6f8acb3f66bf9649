/** -j CLASSIFY: sets the packet's priority, a traffic control class. */

import { extension } from '../extension.ts';
import { oneWord } from '../value-kinds.ts';

export interface ClassifyOptions {
  readonly kind: 'CLASSIFY';
  readonly major: number;
  readonly minor: number;
}

/** `%x:%x`: what follows does not matter, and sixteen bits of each are kept. */
const classForm = /^\s*([+-]?)(?:0x)?([0-9a-f]+):\s*([+-]?)(?:0x)?([0-9a-f]+)/i;

const classId = oneWord((text, site) => {
  const [, majorSign, major = '', minorSign, minor = ''] = classForm.exec(text) ?? [];
  return major === ''
    ? site.problem(`no class '${text}'`, 'MAJOR:MINOR in hexadecimal')
    : { major: half(majorSign, major), minor: half(minorSign, minor) };
});

function half(sign: string | undefined, digits: string): number {
  const value = BigInt(`0x${digits}`);
  return Number(BigInt.asUintN(16, sign === '-' ? -value : value));
}

export const CLASSIFY = extension({
  name: 'CLASSIFY',
  revision: 0,
  hooks: ['FORWARD', 'OUTPUT', 'POSTROUTING'],
  options: { class: { name: '--set-class', value: classId, required: true } },
  read: (values): ClassifyOptions => ({
    kind: 'CLASSIFY',
    ...(values.class?.value ?? { major: 0, minor: 0 }),
  }),
  save: ({ major, minor }) => [
    '--set-class',
    [major, minor].map((half) => half.toString(16).padStart(4, '0')).join(':'),
  ],
});
