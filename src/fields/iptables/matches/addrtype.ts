/** -m addrtype: what kind of address the routing tables say it is. */

import { extension } from '../extension.ts';
import { saved } from '../saving.ts';
import { flag, oneWord } from '../value-kinds.ts';

/** RTN_* in numeric order; bit n of the kernel's masks. */
export const addressTypes = [
  'UNSPEC',
  'UNICAST',
  'LOCAL',
  'BROADCAST',
  'ANYCAST',
  'MULTICAST',
  'BLACKHOLE',
  'UNREACHABLE',
  'PROHIBIT',
  'THROW',
  'NAT',
  'XRESOLVE',
] as const;

export type AddressType = (typeof addressTypes)[number];

export interface AddressTypeMatch {
  readonly types: readonly AddressType[];
  readonly inverted: boolean;
}

export interface AddrtypeOptions {
  readonly kind: 'addrtype';
  readonly source?: AddressTypeMatch;
  readonly destination?: AddressTypeMatch;
  /** Only the addresses of the incoming or outgoing interface count. */
  readonly limitInterface?: 'in' | 'out';
}

const typeList = oneWord((text, site): readonly AddressType[] | undefined => {
  const found = new Set<string>();
  for (const part of text.split(',')) {
    const wanted = part.toUpperCase();
    const type = part === '' ? undefined : addressTypes.find((name) => name.startsWith(wanted));
    if (type === undefined) {
      return site.problem(`bad address type '${part}'`, addressTypes.join(', '));
    }
    found.add(type);
  }
  return addressTypes.filter((type) => found.has(type));
});

export const addrtype = extension({
  name: 'addrtype',
  revision: 1,
  options: {
    source: { name: '--src-type', value: typeList, invert: true },
    destination: { name: '--dst-type', value: typeList, invert: true },
    limitIn: { name: '--limit-iface-in', value: flag, excludes: ['--limit-iface-out'] },
    limitOut: { name: '--limit-iface-out', value: flag },
  },
  read: (values, site): AddrtypeOptions | undefined => {
    const { source, destination } = values;
    if (!source && !destination) {
      return site.problem('addrtype: you must specify --src-type or --dst-type');
    }
    return {
      kind: 'addrtype',
      ...(source && { source: { types: source.value, inverted: source.negated } }),
      ...(destination && {
        destination: { types: destination.value, inverted: destination.negated },
      }),
      ...(values.limitIn ? { limitInterface: 'in' as const } : {}),
      ...(values.limitOut ? { limitInterface: 'out' as const } : {}),
    };
  },
  save: ({ source, destination, limitInterface }) => [
    ...(source ? saved('--src-type', source.inverted, source.types.join(',')) : []),
    ...(destination ? saved('--dst-type', destination.inverted, destination.types.join(',')) : []),
    ...(limitInterface ? [`--limit-iface-${limitInterface}`] : []),
  ],
});
