/** -j TTL and -j HL: sets, raises or lowers time to live and hop limit. */

import { extension } from '../extension.ts';
import { number } from '../value-kinds.ts';

export interface HopChange<Kind extends 'TTL' | 'HL'> {
  readonly kind: Kind;
  readonly action: 'set' | 'inc' | 'dec';
  readonly value: number;
}

export type TtlTargetOptions = HopChange<'TTL'>;
export type HlTargetOptions = HopChange<'HL'>;

function hopChange<Kind extends 'TTL' | 'HL'>(kind: Kind, prefix: string, family: 'ip' | 'ip6') {
  const [setName, incName, decName] = [`${prefix}-set`, `${prefix}-inc`, `${prefix}-dec`];
  return extension({
    name: kind,
    tables: ['mangle'],
    family,
    revision: 0,
    options: {
      dec: { name: decName, value: number(255, 1), excludes: [incName, setName] },
      inc: { name: incName, value: number(255, 1), excludes: [setName] },
      set: { name: setName, value: number(255) },
    },
    read: (values, site): HopChange<Kind> | undefined => {
      const action = values.set ? 'set' : values.inc ? 'inc' : 'dec';
      const given = values[action];
      return given
        ? { kind, action, value: given.value }
        : site.problem(`${kind}: you must specify an action`);
    },
    save: ({ action, value }) => [`${prefix}-${action}`, String(value)],
  });
}

export const TTL = hopChange('TTL', '--ttl', 'ip');
export const HL = hopChange('HL', '--hl', 'ip6');
