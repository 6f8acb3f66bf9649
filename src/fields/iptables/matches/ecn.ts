/** -m ecn: explicit congestion notification in the IP and TCP headers. */

import { extension, isBoundTo } from '../extension.ts';
import { saved } from '../saving.ts';
import { flag, number } from '../value-kinds.ts';

export interface EcnOptions {
  readonly kind: 'ecn';
  /** true: set; false: clear. */
  readonly ece?: boolean;
  readonly cwr?: boolean;
  readonly codepoint?: { readonly value: number; readonly inverted: boolean };
}

export const ecn = extension({
  name: 'ecn',
  revision: 0,
  refused: ({ ece, cwr }: EcnOptions, site) =>
    (ece !== undefined || cwr !== undefined) && !isBoundTo(site, 6)
      ? 'ecn: flags of TCP need -p tcp'
      : undefined,
  options: {
    cwr: { name: '--ecn-tcp-cwr', value: flag, invert: true },
    ece: { name: '--ecn-tcp-ece', value: flag, invert: true },
    codepoint: { name: '--ecn-ip-ect', value: number(3), invert: true },
  },
  read: (values, site): EcnOptions | undefined => {
    const { ece, cwr, codepoint } = values;
    if (!ece && !cwr && !codepoint) return site.problem('ecn: some option is required');
    return {
      kind: 'ecn',
      ...(ece && { ece: !ece.negated }),
      ...(cwr && { cwr: !cwr.negated }),
      ...(codepoint && { codepoint: { value: codepoint.value, inverted: codepoint.negated } }),
    };
  },
  save: ({ ece, cwr, codepoint }) => [
    ...(ece === undefined ? [] : saved('--ecn-tcp-ece', !ece)),
    ...(cwr === undefined ? [] : saved('--ecn-tcp-cwr', !cwr)),
    ...(codepoint ? saved('--ecn-ip-ect', codepoint.inverted, codepoint.value) : []),
  ],
});
