/** -j TPROXY: gives the packet to a local socket without changing it. */

import { type Address, formatAddress } from '../../../base/address.ts';
import { extension, isBoundTo } from '../extension.ts';
import { host, mark32, oneWord, resolvePort } from '../value-kinds.ts';

export interface TproxyOptions {
  readonly kind: 'TPROXY';
  /** 0: the packet's own destination port. */
  readonly port: number;
  readonly address?: Address;
  /** mark = (mark & ~mask) ^ value; the mask is 0 where no mark is set. */
  readonly mark: { readonly value: number; readonly mask: number };
}

const port = oneWord((text, site) => resolvePort(text, site));

export const TPROXY = extension({
  name: 'TPROXY',
  hooks: ['PREROUTING'],
  tables: ['mangle'],
  revision: 1,
  options: {
    port: { name: '--on-port', value: port, required: true },
    address: { name: '--on-ip', value: host },
    mark: { name: '--tproxy-mark', value: mark32 },
  },
  refused: (_options: TproxyOptions, site) =>
    isBoundTo(site, 6, 17) ? undefined : 'TPROXY works with TCP and UDP only: add -p tcp or -p udp',
  read: (values): TproxyOptions => {
    return {
      kind: 'TPROXY',
      port: values.port?.value ?? 0,
      ...(values.address && { address: values.address.value }),
      mark: values.mark?.value ?? { value: 0, mask: 0 },
    };
  },
  save: ({ port: onPort, address, mark }, { family }) => [
    '--on-port',
    String(onPort),
    '--on-ip',
    formatAddress(address ?? new Uint8Array(family === 'ip' ? 4 : 16)),
    '--tproxy-mark',
    `0x${mark.value.toString(16)}/0x${mark.mask.toString(16)}`,
  ],
});
