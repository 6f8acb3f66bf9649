/** -j CLASSIFY: sets the packet's priority, a traffic control class. */

import { extension } from '../extension.ts';
import { oneWord } from '../value-kinds.ts';

export interface ClassifyOptions {
  readonly kind: 'CLASSIFY';
  readonly major: number;
  readonly minor: number;
}

const classId = oneWord((text, site) => {
  const [, major = '', minor = ''] = /^([0-9a-fA-F]{1,4}):([0-9a-fA-F]{1,4})$/.exec(text) ?? [];
  return major === ''
    ? site.problem(`no class '${text}'`, 'MAJOR:MINOR in hexadecimal')
    : { major: Number.parseInt(major, 16), minor: Number.parseInt(minor, 16) };
});

export const CLASSIFY = extension({
  name: 'CLASSIFY',
  revision: 0,
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
