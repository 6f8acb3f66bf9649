/** -m ipv6header: which extension headers a packet has. */

import { extension } from '../extension.ts';
import { saved } from '../saving.ts';
import { flag, oneWord } from '../value-kinds.ts';

/** Printed name, short name, number; MASK_* bits of the kernel in this order from bit 7 down. */
const headers = [
  ['hop-by-hop', 'hop', '0', 0x80],
  ['ipv6-opts', 'dst', '60', 0x40],
  ['ipv6-route', 'route', '43', 0x20],
  ['ipv6-frag', 'frag', '44', 0x10],
  ['ah', 'auth', '51', 0x08],
  ['esp', 'esp', '50', 0x04],
  ['ipv6-nonxt', 'none', '59', 0x02],
  ['protocol', 'prot', '255', 0x01],
] as const;

export interface Ipv6headerOptions {
  readonly kind: 'ipv6header';
  /** 0x80 hop-by-hop, 0x40 destination options, 0x20 routing, 0x10 fragment, 8 ah, 4 esp, 2 none, 1 upper protocol. */
  readonly headers: number;
  readonly inverted: boolean;
  /** The packet may have others too. */
  readonly soft: boolean;
}

const headerList = oneWord((text, site) => {
  let bits = 0;
  for (const part of text.split(',')) {
    const row = headers.find(
      ([name, short, number]) => part === name || part === short || part === number,
    );
    if (row === undefined) {
      return site.problem(`unknown header '${part}'`, headers.map(([name]) => name).join(', '));
    }
    bits |= row[3];
  }
  return bits;
});

export const ipv6header = extension({
  name: 'ipv6header',
  family: 'ip6',
  revision: 0,
  options: {
    headers: { name: '--header', value: headerList, invert: true, required: true },
    soft: { name: '--soft', value: flag },
  },
  read: (values): Ipv6headerOptions => ({
    kind: 'ipv6header',
    headers: values.headers?.value ?? 0,
    inverted: values.headers?.negated ?? false,
    soft: values.soft !== undefined,
  }),
  save: (options) => [
    ...saved(
      '--header',
      options.inverted,
      headers
        .filter(([, , , bit]) => options.headers & bit)
        .map(([name]) => name)
        .join(','),
    ),
    ...(options.soft ? ['--soft'] : []),
  ],
});
