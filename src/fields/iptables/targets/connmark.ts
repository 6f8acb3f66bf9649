/** -j CONNMARK: sets the connection's mark, or copies it to or from the packet's. */

import { extension } from '../extension.ts';
import { bits, markRows, maskedWrite, readMarkWrite, savedXmark } from '../mark-writes.ts';
import { paddedHex } from '../numbers.ts';
import { flag, mark32, maximum32, number } from '../value-kinds.ts';

export type ConnmarkTargetOptions =
  | {
      readonly kind: 'CONNMARK';
      readonly action: 'set';
      /** ctmark = (ctmark & ~mask) ^ value. */
      readonly value: number;
      readonly mask: number;
    }
  | {
      readonly kind: 'CONNMARK';
      /** save: ctmark = (ctmark & ~connectionMask) ^ (mark & packetMask); restore the other way. */
      readonly action: 'save' | 'restore';
      readonly packetMask: number;
      readonly connectionMask: number;
    };

const mask = number(maximum32);

export const CONNMARK = extension({
  name: 'CONNMARK',
  revision: 1,
  options: {
    ...markRows(mark32, bits),
    save: { name: '--save-mark', value: flag, excludes: ['--restore-mark'] },
    restore: { name: '--restore-mark', value: flag },
    packetMask: { name: '--nfmask', value: mask, excludes: ['--mask'] },
    connectionMask: { name: '--ctmask', value: mask, excludes: ['--mask'] },
    mask: { name: '--mask', value: mask },
  },
  read: (values, site): ConnmarkTargetOptions | undefined => {
    const write = readMarkWrite(values);
    if (write !== undefined) return { kind: 'CONNMARK', action: 'set', ...maskedWrite(write) };
    if (!values.save && !values.restore) return site.problem('CONNMARK: no action given');
    const both = values.mask?.value ?? 0xffffffff;
    return {
      kind: 'CONNMARK',
      action: values.save ? 'save' : 'restore',
      packetMask: values.packetMask?.value ?? both,
      connectionMask: values.connectionMask?.value ?? both,
    };
  },
  save: (options) =>
    options.action === 'set'
      ? savedXmark(options)
      : [
          `--${options.action}-mark`,
          '--nfmask',
          paddedHex(options.packetMask, 1),
          '--ctmask',
          paddedHex(options.connectionMask, 1),
        ],
});
