/** -j DNPT and -j SNPT: stateless translation of IPv6 prefixes (RFC 6296). */

import { type Address, addressesEqual } from '../../../base/address.ts';
import { extension } from '../extension.ts';
import { formatNetwork, masked, prefixLength } from '../networks.ts';
import { network } from '../value-kinds.ts';

export interface PrefixTranslation<Kind extends 'DNPT' | 'SNPT'> {
  readonly kind: Kind;
  readonly from: { readonly address: Address; readonly mask: Address };
  readonly to: { readonly address: Address; readonly mask: Address };
}

export type DnptOptions = PrefixTranslation<'DNPT'>;
export type SnptOptions = PrefixTranslation<'SNPT'>;

function prefixTranslation<Kind extends 'DNPT' | 'SNPT'>(kind: Kind, hooks: readonly string[]) {
  return extension({
    name: kind,
    tables: ['mangle'],
    family: 'ip6',
    hooks,
    revision: 0,
    options: {
      from: { name: '--src-pfx', value: network, required: true },
      to: { name: '--dst-pfx', value: network, required: true },
    },
    refused: ({ from, to }: PrefixTranslation<Kind>) => {
      for (const { address, mask } of [from, to]) {
        if ((prefixLength(mask) ?? 128) > 64) return `${kind}: prefixes are at most 64 bits long`;
        if (!addressesEqual(address, masked(address, mask))) {
          return `${kind}: bits are set beyond the prefix`;
        }
      }
      return undefined;
    },
    read: (values): PrefixTranslation<Kind> | undefined => {
      const [from, to] = [values.from?.value, values.to?.value];
      return from && to && { kind, from, to };
    },
    save: ({ from, to }) => [...savedPrefix('--src-pfx', from), ...savedPrefix('--dst-pfx', to)],
  });
}

/** A prefix without length is not printed. */
function savedPrefix(name: string, prefix: SnptOptions['from']): readonly string[] {
  return prefixLength(prefix.mask) === 0 ? [] : [name, formatNetwork(prefix)];
}

export const DNPT = prefixTranslation('DNPT', ['PREROUTING', 'OUTPUT']);
export const SNPT = prefixTranslation('SNPT', ['INPUT', 'POSTROUTING']);
