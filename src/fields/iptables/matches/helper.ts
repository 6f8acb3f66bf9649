/** -m helper: the connection tracking helper of the connection. */

import { extension } from '../extension.ts';
import { quoted, saved } from '../saving.ts';
import { text } from '../value-kinds.ts';

export interface HelperOptions {
  readonly kind: 'helper';
  readonly name: string;
  readonly inverted: boolean;
}

export const helper = extension({
  name: 'helper',
  revision: 0,
  options: { name: { name: '--helper', value: text(29), invert: true, required: true } },
  read: (values): HelperOptions => ({
    kind: 'helper',
    name: values.name?.value ?? '',
    inverted: values.name?.negated ?? false,
  }),
  save: ({ name, inverted }) => saved('--helper', inverted, quoted(name)),
});
