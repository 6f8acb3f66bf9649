/** -j MARK: sets bits of the packet's mark. */

import { extension } from '../extension.ts';
import { bits, markRows, maskedWrite, readMarkWrite, savedXmark } from '../mark-writes.ts';
import { mark32 } from '../value-kinds.ts';

export interface MarkTargetOptions {
  readonly kind: 'MARK';
  /** mark = (mark & ~mask) ^ value. */
  readonly value: number;
  readonly mask: number;
}

export const MARK = extension({
  name: 'MARK',
  revision: 2,
  options: markRows(mark32, bits),
  read: (values, site): MarkTargetOptions | undefined => {
    const write = readMarkWrite(values);
    return write === undefined
      ? site.problem(
          'MARK: one of --set-xmark, --set-mark, --and-mark, --or-mark, --xor-mark is required',
        )
      : { kind: 'MARK', ...maskedWrite(write) };
  },
  save: (options: MarkTargetOptions) => savedXmark(options),
});
