/** -j DSCP: sets the differentiated services code point. */

import { dscpClass } from '../dscp-classes.ts';
import { extension } from '../extension.ts';
import { paddedHex } from '../numbers.ts';
import { number } from '../value-kinds.ts';

export interface DscpTargetOptions {
  readonly kind: 'DSCP';
  readonly value: number;
}

export const DSCP = extension({
  name: 'DSCP',
  tables: ['mangle'],
  revision: 0,
  options: {
    value: { name: '--set-dscp', value: number(63), excludes: ['--set-dscp-class'] },
    class: { name: '--set-dscp-class', value: dscpClass },
  },
  read: (values, site): DscpTargetOptions | undefined => {
    const given = values.value ?? values.class;
    return given
      ? { kind: 'DSCP', value: given.value }
      : site.problem('DSCP: --set-dscp or --set-dscp-class is required');
  },
  save: ({ value }) => ['--set-dscp', paddedHex(value, 2)],
});
