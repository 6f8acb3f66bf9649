/** -m nfacct: counts into a named accounting object. */

import { extension } from '../extension.ts';
import { text } from '../value-kinds.ts';

export interface NfacctOptions {
  readonly kind: 'nfacct';
  readonly name: string;
}

export const nfacct = extension({
  name: 'nfacct',
  revision: 0,
  options: { name: { name: '--nfacct-name', value: text(31, 1), required: true } },
  read: (values): NfacctOptions => ({ kind: 'nfacct', name: values.name?.value ?? '' }),
  save: ({ name }) => ['--nfacct-name', name],
});
