/** -j NETMAP: the network part of the address is replaced. */

import type { Address } from '../../../base/address.ts';
import { extension } from '../extension.ts';
import { formatNetwork, masked } from '../networks.ts';
import { network } from '../value-kinds.ts';

export interface NetmapOptions {
  readonly kind: 'NETMAP';
  readonly address: Address;
  readonly mask: Address;
}

export const NETMAP = extension({
  name: 'NETMAP',
  tables: ['nat'],
  revision: 0,
  options: { to: { name: '--to', value: network, required: true } },
  read: (values): NetmapOptions | undefined =>
    values.to && {
      kind: 'NETMAP',
      address: masked(values.to.value.address, values.to.value.mask),
      mask: values.to.value.mask,
    },
  save: (options) => ['--to', formatNetwork(options)],
});
