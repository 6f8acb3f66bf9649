/** -m icmp6: ICMPv6 type and codes. */

import { extension } from '../extension.ts';
import { type IcmpTypeRange, icmpv6Types, readIcmpType } from '../icmp-types.ts';
import { saved } from '../saving.ts';
import { oneWord } from '../value-kinds.ts';

export interface Icmp6Options extends IcmpTypeRange {
  readonly kind: 'icmp6';
  readonly inverted: boolean;
}

export const icmp6 = extension({
  name: 'icmp6',
  protocols: [58],
  aliases: ['icmpv6', 'ipv6-icmp'],
  family: 'ip6',
  revision: 0,
  options: {
    type: {
      name: '--icmpv6-type',
      value: oneWord((text, site) => readIcmpType(text, icmpv6Types, site)),
      invert: true,
      required: true,
    },
  },
  read: (values): Icmp6Options => ({
    kind: 'icmp6',
    ...(values.type?.value ?? { type: 0, codeFrom: 0, codeTo: 255 }),
    inverted: values.type?.negated ?? false,
  }),
  save: ({ type, codeFrom, codeTo, inverted }) => {
    // Of a range of codes only the first is printed.
    const codes = codeFrom === 0 && codeTo === 255 ? '' : `/${codeFrom}`;
    return saved('--icmpv6-type', inverted, `${type}${codes}`);
  },
});
