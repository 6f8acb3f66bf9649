/** -j DNPT and -j SNPT: stateless translation of IPv6 prefixes (RFC 6296). */

import type { Address } from '../../../base/address.ts';
import { extension } from '../extension.ts';
import { formatNetwork, prefixLength } from '../networks.ts';
import { network } from '../value-kinds.ts';

export interface PrefixTranslation<Kind extends 'DNPT' | 'SNPT'> {
  readonly kind: Kind;
  readonly from: { readonly address: Address; readonly mask: Address };
  readonly to: { readonly address: Address; readonly mask: Address };
}

export type DnptOptions = PrefixTranslation<'DNPT'>;
export type SnptOptions = PrefixTranslation<'SNPT'>;

function prefixTranslation<Kind extends 'DNPT' | 'SNPT'>(kind: Kind) {
  return extension({
    name: kind,
    tables: ['mangle'],
    family: 'ip6',
    revision: 0,
    options: {
      from: { name: '--src-pfx', value: network, required: true },
      to: { name: '--dst-pfx', value: network, required: true },
    },
    refused: ({ from, to }: PrefixTranslation<Kind>) =>
      (prefixLength(from.mask) ?? 128) > 64 || (prefixLength(to.mask) ?? 128) > 64
        ? `${kind}: prefixes are at most 64 bits long`
        : undefined,
    read: (values): PrefixTranslation<Kind> | undefined => {
      const [from, to] = [values.from?.value, values.to?.value];
      return from && to && { kind, from, to };
    },
    save: ({ from, to }) => ['--src-pfx', formatNetwork(from), '--dst-pfx', formatNetwork(to)],
  });
}

export const DNPT = prefixTranslation('DNPT');
export const SNPT = prefixTranslation('SNPT');
