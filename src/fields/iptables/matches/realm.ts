/** -m realm: the routing realm (class) of the route. */

import { extension } from '../extension.ts';
import { saved, savedMark } from '../saving.ts';
import { mark32, oneWord } from '../value-kinds.ts';

export interface RealmOptions {
  readonly kind: 'realm';
  readonly value: number;
  readonly mask: number;
  readonly inverted: boolean;
}

/** iproute2's rt_realms names only realm 0. */
const realmValue = oneWord((text, site) =>
  text === 'cosmos' ? { value: 0, mask: 0xffffffff } : mark32.read([text], site),
);

export const realm = extension({
  name: 'realm',
  family: 'ip',
  revision: 0,
  options: { realm: { name: '--realm', value: realmValue, invert: true, required: true } },
  read: (values): RealmOptions => ({
    kind: 'realm',
    value: values.realm?.value.value ?? 0,
    mask: values.realm?.value.mask ?? 0,
    inverted: values.realm?.negated ?? false,
  }),
  save: ({ value, mask, inverted }) =>
    saved(
      '--realm',
      inverted,
      value === 0 && mask === 0xffffffff ? 'cosmos' : savedMark({ value, mask }),
    ),
});
