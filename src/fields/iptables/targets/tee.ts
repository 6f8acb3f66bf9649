/** -j TEE: sends a copy to a gateway. */

import { type Address, formatAddress } from '../../../base/address.ts';
import { extension } from '../extension.ts';
import { cutText, host } from '../value-kinds.ts';

export interface TeeOptions {
  readonly kind: 'TEE';
  readonly gateway: Address;
  readonly interface?: string;
}

export const TEE = extension({
  name: 'TEE',
  revision: 1,
  options: {
    gateway: { name: '--gateway', value: host, required: true },
    interface: { name: '--oif', value: cutText(15) },
  },
  read: (values): TeeOptions | undefined =>
    values.gateway && {
      kind: 'TEE',
      gateway: values.gateway.value,
      ...(values.interface?.value && { interface: values.interface.value }),
    },
  save: (options) => [
    '--gateway',
    formatAddress(options.gateway),
    ...(options.interface === undefined ? [] : ['--oif', options.interface]),
  ],
});
