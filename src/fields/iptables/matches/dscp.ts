/** -m dscp: differentiated services code point. */

import { dscpClass } from '../dscp-classes.ts';
import { extension } from '../extension.ts';
import { paddedHex } from '../numbers.ts';
import { saved } from '../saving.ts';
import { number } from '../value-kinds.ts';

export interface DscpOptions {
  readonly kind: 'dscp';
  readonly value: number;
  readonly inverted: boolean;
}

export const dscp = extension({
  name: 'dscp',
  revision: 0,
  options: {
    value: { name: '--dscp', value: number(63), invert: true, excludes: ['--dscp-class'] },
    class: { name: '--dscp-class', value: dscpClass, invert: true },
  },
  read: (values, site): DscpOptions | undefined => {
    const given = values.value ?? values.class;
    if (given === undefined) return site.problem('dscp: --dscp or --dscp-class must be specified');
    return { kind: 'dscp', value: given.value, inverted: given.negated };
  },
  save: ({ value, inverted }) => saved('--dscp', inverted, paddedHex(value, 2)),
});
