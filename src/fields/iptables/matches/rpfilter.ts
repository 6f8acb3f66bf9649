/** -m rpfilter: would a reply leave through the interface the packet came from? */

import { extension } from '../extension.ts';
import { flag } from '../value-kinds.ts';

export interface RpfilterOptions {
  readonly kind: 'rpfilter';
  readonly loose: boolean;
  readonly validMark: boolean;
  readonly acceptLocal: boolean;
  readonly inverted: boolean;
}

export const rpfilter = extension({
  name: 'rpfilter',
  tables: ['mangle', 'raw'],
  hooks: ['PREROUTING'],
  revision: 0,
  options: {
    loose: { name: '--loose', value: flag },
    validMark: { name: '--validmark', value: flag },
    acceptLocal: { name: '--accept-local', value: flag },
    invert: { name: '--invert', value: flag },
  },
  read: (values): RpfilterOptions => ({
    kind: 'rpfilter',
    loose: values.loose !== undefined,
    validMark: values.validMark !== undefined,
    acceptLocal: values.acceptLocal !== undefined,
    inverted: values.invert !== undefined,
  }),
  save: (options) => [
    ...(options.loose ? ['--loose'] : []),
    ...(options.validMark ? ['--validmark'] : []),
    ...(options.acceptLocal ? ['--accept-local'] : []),
    ...(options.inverted ? ['--invert'] : []),
  ],
});
