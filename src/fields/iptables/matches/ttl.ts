/** -m ttl and -m hl: time to live and hop limit. */

import { extension } from '../extension.ts';
import { saved } from '../saving.ts';
import { number } from '../value-kinds.ts';

export interface HopComparison<Kind extends 'ttl' | 'hl'> {
  readonly kind: Kind;
  readonly operator: 'eq' | 'ne' | 'lt' | 'gt';
  readonly value: number;
}

export type TtlOptions = HopComparison<'ttl'>;
export type HlOptions = HopComparison<'hl'>;

function hopComparison<Kind extends 'ttl' | 'hl'>(kind: Kind, family: 'ip' | 'ip6') {
  const value = number(255);
  const [eqName, ltName, gtName] = [`--${kind}-eq`, `--${kind}-lt`, `--${kind}-gt`];
  return extension({
    name: kind,
    family,
    revision: 0,
    options: {
      eq: { name: eqName, aliases: [`--${kind}`], value, invert: true, excludes: [ltName, gtName] },
      lt: { name: ltName, value, excludes: [gtName] },
      gt: { name: gtName, value },
    },
    read: (values, site): HopComparison<Kind> | undefined => {
      if (values.eq) {
        return { kind, operator: values.eq.negated ? 'ne' : 'eq', value: values.eq.value };
      }
      if (values.lt) return { kind, operator: 'lt', value: values.lt.value };
      if (values.gt) return { kind, operator: 'gt', value: values.gt.value };
      return site.problem(`${kind}: one of ${eqName}, ${ltName} and ${gtName} must be specified`);
    },
    save: (options) =>
      options.operator === 'ne'
        ? saved(eqName, true, options.value)
        : saved(`--${kind}-${options.operator}`, false, options.value),
  });
}

export const ttl = hopComparison('ttl', 'ip');
export const hl = hopComparison('hl', 'ip6');
