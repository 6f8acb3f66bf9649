/** -m icmp: ICMP type and codes. */

import { extension } from '../extension.ts';
import { type IcmpTypeRange, icmpTypes, readIcmpType } from '../icmp-types.ts';
import { saved } from '../saving.ts';
import { oneWord } from '../value-kinds.ts';

export interface IcmpOptions extends IcmpTypeRange {
  readonly kind: 'icmp';
  readonly inverted: boolean;
}

export const icmp = extension({
  name: 'icmp',
  protocols: [1],
  family: 'ip',
  revision: 0,
  options: {
    type: {
      name: '--icmp-type',
      value: oneWord((text, site) => readIcmpType(text, icmpTypes, site)),
      invert: true,
      required: true,
    },
  },
  read: (values): IcmpOptions => ({
    kind: 'icmp',
    ...(values.type?.value ?? { type: 255, codeFrom: 0, codeTo: 255 }),
    inverted: values.type?.negated ?? false,
  }),
  save: ({ type, codeFrom, codeTo, inverted }) => {
    if (type === 255 && codeFrom === 0 && codeTo === 255)
      return saved('--icmp-type', inverted, 'any');
    // Of a range of codes only the first is printed.
    const codes = codeFrom === 0 && codeTo === 255 ? '' : `/${codeFrom}`;
    return saved('--icmp-type', inverted, `${type}${codes}`);
  },
});
