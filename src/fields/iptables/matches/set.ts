/** -m set: is the packet in an ipset set? */

import { extension } from '../extension.ts';
import { saved } from '../saving.ts';
import { readSetReference, type SetReference } from '../set-reference.ts';
import { bigNumber, flag, maximum64, twoWords } from '../value-kinds.ts';

export interface CounterComparison {
  readonly operator: 'eq' | 'lt' | 'gt';
  readonly value: bigint;
  readonly inverted: boolean;
}

export interface SetOptions extends SetReference {
  readonly kind: 'set';
  readonly inverted: boolean;
  readonly returnNomatch: boolean;
  readonly updateCounters: boolean;
  readonly updateSubcounters: boolean;
  readonly packets?: CounterComparison;
  readonly bytes?: CounterComparison;
}

const counter = bigNumber(maximum64);

export const set = extension({
  name: 'set',
  revision: 4,
  options: {
    set: {
      name: '--match-set',
      aliases: ['--set'],
      value: twoWords,
      free: true,
      invert: true,
      required: true,
    },
    returnNomatch: { name: '--return-nomatch', value: flag },
    updateCounters: { name: '--update-counters', value: flag, invert: true },
    updateSubcounters: { name: '--update-subcounters', value: flag, invert: true },
    packetsEq: { name: '--packets-eq', value: counter, invert: true },
    packetsLt: { name: '--packets-lt', value: counter },
    packetsGt: { name: '--packets-gt', value: counter },
    bytesEq: { name: '--bytes-eq', value: counter, invert: true },
    bytesLt: { name: '--bytes-lt', value: counter },
    bytesGt: { name: '--bytes-gt', value: counter },
  },
  read: (values, site): SetOptions | undefined => {
    const reference = values.set && readSetReference(values.set.value, site);
    if (reference === undefined) return undefined;
    const packets = comparison(values.packetsEq, values.packetsLt, values.packetsGt);
    const bytes = comparison(values.bytesEq, values.bytesLt, values.bytesGt);
    return {
      kind: 'set',
      ...reference,
      inverted: values.set?.negated ?? false,
      returnNomatch: values.returnNomatch !== undefined,
      updateCounters: values.updateCounters?.negated !== true,
      updateSubcounters: values.updateSubcounters?.negated !== true,
      ...(packets && { packets }),
      ...(bytes && { bytes }),
    };
  },
  save: (options) => [
    ...saved('--match-set', options.inverted, options.set, options.directions.join(',')),
    ...(options.returnNomatch ? ['--return-nomatch'] : []),
    ...(options.updateCounters ? [] : ['!', '--update-counters']),
    ...(options.updateSubcounters ? [] : ['!', '--update-subcounters']),
    ...savedComparison('packets', options.packets),
    ...savedComparison('bytes', options.bytes),
  ],
});

type Read = { readonly negated: boolean; readonly value: bigint } | undefined;

function comparison(eq: Read, lt: Read, gt: Read): CounterComparison | undefined {
  if (eq) return { operator: 'eq', value: eq.value, inverted: eq.negated };
  if (lt) return { operator: 'lt', value: lt.value, inverted: false };
  return gt && { operator: 'gt', value: gt.value, inverted: false };
}

function savedComparison(name: string, compared: CounterComparison | undefined): string[] {
  return compared ? saved(`--${name}-${compared.operator}`, compared.inverted, compared.value) : [];
}
