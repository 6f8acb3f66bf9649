/** -m pkttype: unicast, broadcast or multicast at the link layer. */

import { extension } from '../extension.ts';
import { saved } from '../saving.ts';
import { oneWord } from '../value-kinds.ts';

/** PACKET_* of linux/if_packet.h. */
const types: Readonly<Record<string, number>> = {
  unicast: 0,
  broadcast: 1,
  multicast: 2,
  bcast: 1,
  mcast: 2,
  host: 0,
};

export interface PkttypeOptions {
  readonly kind: 'pkttype';
  readonly type: 'unicast' | 'broadcast' | 'multicast';
  readonly inverted: boolean;
}

const names = ['unicast', 'broadcast', 'multicast'] as const;

const type = oneWord(
  (text, site) =>
    names[types[text.toLowerCase()] ?? -1] ??
    site.problem(`bad packet type '${text}'`, 'unicast, broadcast or multicast'),
);

export const pkttype = extension({
  name: 'pkttype',
  revision: 0,
  options: { type: { name: '--pkt-type', value: type, invert: true, required: true } },
  read: (values): PkttypeOptions => ({
    kind: 'pkttype',
    type: values.type?.value ?? 'unicast',
    inverted: values.type?.negated ?? false,
  }),
  save: (options) => saved('--pkt-type', options.inverted, options.type),
});
