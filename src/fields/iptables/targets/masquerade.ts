/** -j MASQUERADE and -j REDIRECT: the interface's own address, with other ports. */

import { extension } from '../extension.ts';
import { readPortNumbers, requirePorts } from '../nat-range.ts';
import { flag, text } from '../value-kinds.ts';
import { formatPorts, type PortNumbers } from './nat.ts';

export interface PortRewrite<Kind extends 'MASQUERADE' | 'REDIRECT'> {
  readonly kind: Kind;
  readonly ports?: PortNumbers;
  readonly random: boolean;
  readonly randomFully: boolean;
}

export type MasqueradeOptions = PortRewrite<'MASQUERADE'>;
export type RedirectOptions = PortRewrite<'REDIRECT'>;

function portRewrite<Kind extends 'MASQUERADE' | 'REDIRECT'>(kind: Kind, hooks: readonly string[]) {
  return extension({
    name: kind,
    tables: ['nat'],
    hooks,
    revision: 0,
    options: {
      ports: { name: '--to-ports', value: text() },
      random: { name: '--random', value: flag },
      randomFully: { name: '--random-fully', value: flag },
    },
    read: (values, site): PortRewrite<Kind> | undefined => {
      const ports = values.ports && readPortNumbers(values.ports.value, site);
      if (values.ports && (ports === undefined || !requirePorts(site))) return undefined;
      return {
        kind,
        ...(ports && { ports }),
        random: values.random !== undefined,
        randomFully: values.randomFully !== undefined,
      };
    },
    save: ({ ports, random, randomFully }) => [
      ...(ports ? ['--to-ports', formatPorts(ports)] : []),
      ...(random ? ['--random'] : []),
      ...(randomFully ? ['--random-fully'] : []),
    ],
  });
}

export const MASQUERADE = portRewrite('MASQUERADE', ['POSTROUTING']);
export const REDIRECT = portRewrite('REDIRECT', ['PREROUTING', 'OUTPUT']);
