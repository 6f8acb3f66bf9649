/** -j CONNMARK: sets the connection's mark, or copies it to or from the packet's. */

import { extension, type ReadSite, type ReadValues } from '../extension.ts';
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

const options = {
  ...markRows(mark32, bits),
  save: { name: '--save-mark', value: flag, excludes: ['--restore-mark'] },
  restore: { name: '--restore-mark', value: flag },
  packetMask: { name: '--nfmask', value: mask, excludes: ['--mask'] },
  connectionMask: { name: '--ctmask', value: mask, excludes: ['--mask'] },
  mask: { name: '--mask', value: mask },
} as const;

export const CONNMARK = extension({
  name: 'CONNMARK',
  revision: 1,
  options,
  read: (values, site): ConnmarkTargetOptions | undefined => {
    const write = readMarkWrite(values);
    if (write !== undefined) {
      const written = laterMask(values, site) ?? write.mask;
      return { kind: 'CONNMARK', action: 'set', ...maskedWrite({ ...write, mask: written }) };
    }
    if (!values.save && !values.restore) return site.problem('CONNMARK: no action given');
    const both = values.mask?.value ?? 0xffffffff;
    return {
      kind: 'CONNMARK',
      action: values.save ? 'save' : 'restore',
      packetMask: values.packetMask?.value ?? both,
      connectionMask: values.connectionMask?.value ?? both,
    };
  },
  save: (saving) =>
    saving.action === 'set'
      ? savedXmark(saving)
      : [
          `--${saving.action}-mark`,
          '--nfmask',
          paddedHex(saving.packetMask, 1),
          '--ctmask',
          paddedHex(saving.connectionMask, 1),
        ],
});

const setting: readonly string[] = [
  '--set-xmark',
  '--set-mark',
  '--and-mark',
  '--or-mark',
  '--xor-mark',
];

/** A mask that is written behind the value takes the place of its own. */
function laterMask(values: ReadValues<typeof options>, site: ReadSite): number | undefined {
  const set = site.written.findIndex(({ name }) => setting.includes(name));
  const given = site.written.findIndex(({ name }) => name === '--mask' || name === '--ctmask');
  return given > set ? (values.mask ?? values.connectionMask)?.value : undefined;
}
