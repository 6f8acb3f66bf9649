/** -m connbytes: bytes and packets that the connection has transferred. */

import { extension } from '../extension.ts';
import { saved } from '../saving.ts';
import { bigNumberRange, maximum64, oneOf } from '../value-kinds.ts';

export interface ConnbytesOptions {
  readonly kind: 'connbytes';
  readonly from: bigint;
  /** The greatest 64-bit number: no upper end. */
  readonly to: bigint;
  readonly inverted: boolean;
  readonly mode: 'packets' | 'bytes' | 'avgpkt';
  readonly direction: 'original' | 'reply' | 'both';
}

export const connbytes = extension({
  name: 'connbytes',
  revision: 0,
  options: {
    range: { name: '--connbytes', value: bigNumberRange(maximum64), invert: true, required: true },
    direction: {
      name: '--connbytes-dir',
      value: oneOf(['original', 'reply', 'both']),
      required: true,
    },
    mode: {
      name: '--connbytes-mode',
      value: oneOf(['packets', 'bytes', 'avgpkt']),
      required: true,
    },
  },
  read: (values): ConnbytesOptions => {
    const from = values.range?.value.from ?? 0n;
    const single = values.range?.value.single ?? true;
    const to = single ? maximum64 : (values.range?.value.to ?? maximum64);
    return {
      kind: 'connbytes',
      from,
      to,
      // Inverted ranges are kept with their ends exchanged, which does not show where both are the same.
      inverted: values.range?.negated === true && from !== to,
      mode: values.mode?.value ?? 'packets',
      direction: values.direction?.value ?? 'both',
    };
  },
  save: (options) => [
    ...saved(
      '--connbytes',
      options.inverted,
      options.to === maximum64 ? options.from : `${options.from}:${options.to}`,
    ),
    '--connbytes-mode',
    options.mode,
    '--connbytes-dir',
    options.direction,
  ],
});
