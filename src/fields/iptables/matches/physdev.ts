/** -m physdev: bridge ports of bridged packets. */

import { extension } from '../extension.ts';
import { saved } from '../saving.ts';
import { flag, text } from '../value-kinds.ts';

export interface PhysdevOptions {
  readonly kind: 'physdev';
  /** Names may end in `+`. */
  readonly in?: { readonly name: string; readonly inverted: boolean };
  readonly out?: { readonly name: string; readonly inverted: boolean };
  /** true: must be, false: must not be. */
  readonly isIn?: boolean;
  readonly isOut?: boolean;
  readonly isBridged?: boolean;
}

export const physdev = extension({
  name: 'physdev',
  revision: 0,
  options: {
    in: { name: '--physdev-in', value: text(15), invert: true },
    out: { name: '--physdev-out', value: text(15), invert: true },
    isIn: { name: '--physdev-is-in', value: flag, invert: true },
    isOut: { name: '--physdev-is-out', value: flag, invert: true },
    isBridged: { name: '--physdev-is-bridged', value: flag, invert: true },
  },
  read: (values, site): PhysdevOptions | undefined => {
    if (Object.keys(values).length === 0) {
      return site.problem('physdev: at least one option is required');
    }
    return {
      kind: 'physdev',
      ...(values.in && { in: { name: values.in.value, inverted: values.in.negated } }),
      ...(values.out && { out: { name: values.out.value, inverted: values.out.negated } }),
      ...(values.isIn && { isIn: !values.isIn.negated }),
      ...(values.isOut && { isOut: !values.isOut.negated }),
      ...(values.isBridged && { isBridged: !values.isBridged.negated }),
    };
  },
  save: (options) => [
    ...(options.isIn === undefined ? [] : saved('--physdev-is-in', !options.isIn)),
    ...(options.in ? saved('--physdev-in', options.in.inverted, options.in.name) : []),
    ...(options.isOut === undefined ? [] : saved('--physdev-is-out', !options.isOut)),
    ...(options.out ? saved('--physdev-out', options.out.inverted, options.out.name) : []),
    ...(options.isBridged === undefined ? [] : saved('--physdev-is-bridged', !options.isBridged)),
  ],
});
