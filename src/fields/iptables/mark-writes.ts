/** The options that write a mark: --set-xmark and its shorthands. */

import type { ReadValue, ValueKind } from './extension.ts';
import { type MaskedNumber, maximum32, number } from './value-kinds.ts';

export const bits = number(maximum32);

const actions: readonly string[] = [
  '--set-xmark',
  '--set-mark',
  '--and-mark',
  '--or-mark',
  '--xor-mark',
  '--save-mark',
  '--restore-mark',
];

export function markRows(mark: ValueKind<MaskedNumber>, plain: ValueKind<number>) {
  const others = (name: string) => actions.slice(actions.indexOf(name) + 1);
  return {
    setXmark: { name: '--set-xmark', value: mark, free: true, excludes: others('--set-xmark') },
    setMark: { name: '--set-mark', value: mark, free: true, excludes: others('--set-mark') },
    andMark: { name: '--and-mark', value: plain, excludes: others('--and-mark') },
    orMark: { name: '--or-mark', value: plain, excludes: others('--or-mark') },
    xorMark: { name: '--xor-mark', value: plain, excludes: others('--xor-mark') },
  } as const;
}

interface MarkValues {
  readonly setXmark?: ReadValue<MaskedNumber>;
  readonly setMark?: ReadValue<MaskedNumber>;
  readonly andMark?: ReadValue<number>;
  readonly orMark?: ReadValue<number>;
  readonly xorMark?: ReadValue<number>;
}

/** mark = (mark & ~mask) ^ value, whichever way it was written. */
export function readMarkWrite(values: MarkValues): MaskedNumber | undefined {
  if (values.setXmark) return values.setXmark.value;
  if (values.setMark) {
    const { value, mask } = values.setMark.value;
    return { value, mask: (value | mask) >>> 0 };
  }
  if (values.andMark) return { value: 0, mask: ~values.andMark.value >>> 0 };
  if (values.orMark) return { value: values.orMark.value, mask: values.orMark.value };
  return values.xorMark && { value: values.xorMark.value, mask: 0 };
}

export function maskedWrite({ value, mask }: MaskedNumber): MaskedNumber {
  return { value, mask };
}

export function savedXmark({ value, mask }: MaskedNumber): string[] {
  return ['--set-xmark', `0x${value.toString(16)}/0x${mask.toString(16)}`];
}
