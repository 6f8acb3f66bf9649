/** -m mac: the link-layer source address. */

import { formatLinkLayerAddress } from '../../../base/address.ts';
import { extension } from '../extension.ts';
import { saved } from '../saving.ts';
import { mac as macAddress } from '../value-kinds.ts';

export interface MacOptions {
  readonly kind: 'mac';
  readonly address: Uint8Array;
  readonly inverted: boolean;
}

export const mac = extension({
  name: 'mac',
  revision: 0,
  options: { source: { name: '--mac-source', value: macAddress, invert: true, required: true } },
  read: (values): MacOptions => ({
    kind: 'mac',
    address: values.source?.value ?? new Uint8Array(6),
    inverted: values.source?.negated ?? false,
  }),
  save: ({ address, inverted }) => saved('--mac-source', inverted, formatLinkLayerAddress(address)),
});
