/** -m connlimit: parallel connections per client or server. */

import type { Address } from '../../../base/address.ts';
import { extension } from '../extension.ts';
import { fullMask, leadingOnes, prefixLength } from '../networks.ts';
import { flag, maximum32, number, oneWord, resolvedMask } from '../value-kinds.ts';

export interface ConnlimitOptions {
  readonly kind: 'connlimit';
  readonly limit: number;
  /** Matches when more than `limit` exist, else when at most so many do. */
  readonly above: boolean;
  /** Prefix length by which addresses are grouped; where `mask` is none, that of its beginning. */
  readonly prefixLength: number;
  readonly mask?: Address;
  readonly side: 'source' | 'destination';
}

const mask = oneWord(
  (text, site) =>
    resolvedMask(text, site.family) ?? site.problem(`no mask or prefix length '${text}'`),
);

const limit = number(maximum32);

export const connlimit = extension({
  name: 'connlimit',
  revision: 1,
  options: {
    upto: { name: '--connlimit-upto', value: limit, invert: true, excludes: ['--connlimit-above'] },
    above: { name: '--connlimit-above', value: limit, invert: true },
    mask: { name: '--connlimit-mask', value: mask },
    source: { name: '--connlimit-saddr', value: flag, excludes: ['--connlimit-daddr'] },
    destination: { name: '--connlimit-daddr', value: flag },
  },
  read: (values, site): ConnlimitOptions | undefined => {
    const given = values.upto ?? values.above;
    if (given === undefined) {
      return site.problem('connlimit: you must specify --connlimit-above or --connlimit-upto');
    }
    return {
      kind: 'connlimit',
      limit: given.value,
      above: (values.above !== undefined) !== given.negated,
      ...maskOf(values.mask?.value ?? fullMask(site.family)),
      side: values.destination ? 'destination' : 'source',
    };
  },
  save: (options) => [
    options.above ? '--connlimit-above' : '--connlimit-upto',
    String(options.limit),
    '--connlimit-mask',
    String(options.prefixLength),
    options.side === 'source' ? '--connlimit-saddr' : '--connlimit-daddr',
  ],
});

/** Saved is the length of the ones in front (count_bits4()). */
function maskOf(mask: Address): Pick<ConnlimitOptions, 'prefixLength' | 'mask'> {
  const length = prefixLength(mask);
  return length === undefined
    ? { prefixLength: leadingOnes(mask), mask }
    : { prefixLength: length };
}
