/** -m connlabel: one of the 128 label bits of a connection. */

import { extension } from '../extension.ts';
import { saved } from '../saving.ts';
import { bigNumber, flag, maximum64 } from '../value-kinds.ts';

export interface ConnlabelOptions {
  readonly kind: 'connlabel';
  readonly bit: number;
  readonly inverted: boolean;
  /** Sets the label first. */
  readonly set: boolean;
}

/** Labels are numbers: names would need /etc/xtables/connlabel.conf. */
export const connlabel = extension({
  name: 'connlabel',
  revision: 0,
  refused: ({ bit }: ConnlabelOptions) =>
    bit > 127 ? 'connlabel: labels are the bits 0 to 127' : undefined,
  options: {
    label: { name: '--label', value: bigNumber(maximum64), invert: true, required: true },
    set: { name: '--set', value: flag, needs: ['--label'] },
  },
  read: (values): ConnlabelOptions => ({
    kind: 'connlabel',
    bit: Number(BigInt.asUintN(16, values.label?.value ?? 0n)),
    inverted: values.label?.negated ?? false,
    set: values.set !== undefined,
  }),
  save: ({ bit, inverted, set }) => [
    ...saved('--label', inverted, `"${bit}"`),
    ...(set ? ['--set'] : []),
  ],
});
