/** -m dccp: ports, packet types and one option. */

import { extension } from '../extension.ts';
import { saved, savedRange } from '../saving.ts';
import { number, oneWord, resolvedPortRange } from '../value-kinds.ts';
import type { PortMatch } from './tcp.ts';

/** In numeric order; INVALID stands for 10 to 15. */
export const dccpTypes = [
  'REQUEST',
  'RESPONSE',
  'DATA',
  'ACK',
  'DATAACK',
  'CLOSEREQ',
  'CLOSE',
  'RESET',
  'SYNC',
  'SYNCACK',
  'INVALID',
] as const;

export type DccpType = (typeof dccpTypes)[number];

export interface DccpOptions {
  readonly kind: 'dccp';
  readonly sport?: PortMatch;
  readonly dport?: PortMatch;
  readonly types?: { readonly types: readonly DccpType[]; readonly inverted: boolean };
  readonly option?: { readonly number: number; readonly inverted: boolean };
}

const typeList = oneWord((text, site): readonly DccpType[] | undefined => {
  const parts = text.toUpperCase().split(',');
  const unknown = parts.find((part) => !dccpTypes.some((type) => type === part));
  return unknown === undefined
    ? dccpTypes.filter((type) => parts.includes(type))
    : site.problem(`unknown DCCP type '${unknown}'`, dccpTypes.join(', '));
});

export const dccp = extension({
  name: 'dccp',
  protocols: [33],
  revision: 0,
  options: {
    sport: { name: '--sport', aliases: ['--source-port'], value: resolvedPortRange, invert: true },
    dport: {
      name: '--dport',
      aliases: ['--destination-port'],
      value: resolvedPortRange,
      invert: true,
    },
    types: { name: '--dccp-types', value: typeList, invert: true },
    option: { name: '--dccp-option', value: number(255, 1), invert: true },
  },
  read: (values): DccpOptions => ({
    kind: 'dccp',
    ...(values.sport && { sport: { ...values.sport.value, inverted: values.sport.negated } }),
    ...(values.dport && { dport: { ...values.dport.value, inverted: values.dport.negated } }),
    ...(values.types && { types: { types: values.types.value, inverted: values.types.negated } }),
    ...(values.option && {
      option: { number: values.option.value, inverted: values.option.negated },
    }),
  }),
  save: ({ sport, dport, types, option }) => [
    ...(sport ? saved('--sport', sport.inverted, savedRange(sport)) : []),
    ...(dport ? saved('--dport', dport.inverted, savedRange(dport)) : []),
    ...(types ? saved('--dccp-types', types.inverted, types.types.join(',')) : []),
    ...(option ? saved('--dccp-option', option.inverted, option.number) : []),
  ],
});
