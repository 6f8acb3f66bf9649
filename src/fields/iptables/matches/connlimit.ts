/** -m connlimit: parallel connections per client or server. */

import { extension } from '../extension.ts';
import { parseMask, prefixLength } from '../networks.ts';
import { parseSmallNumber } from '../numbers.ts';
import { flag, maximum32, number, oneWord } from '../value-kinds.ts';

export interface ConnlimitOptions {
  readonly kind: 'connlimit';
  readonly limit: number;
  /** Matches when more than `limit` exist, else when at most so many do. */
  readonly above: boolean;
  /** Prefix length by which addresses are grouped. */
  readonly prefixLength: number;
  readonly side: 'source' | 'destination';
}

/** A prefix length, or an IPv4 mask. */
const mask = oneWord((text, site) => {
  const bits = site.family === 'ip' ? 32 : 128;
  const parsed =
    text.includes('.') || text.includes(':') ? parseMask(text, site.family) : undefined;
  const length = parsed === undefined ? parseSmallNumber(text, 0, bits) : prefixLength(parsed);
  return length ?? site.problem(`no prefix length '${text}'`);
});

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
      prefixLength: values.mask?.value ?? (site.family === 'ip' ? 32 : 128),
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
