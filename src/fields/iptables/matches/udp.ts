/** -m udp: ports. */

import { extension } from '../extension.ts';
import { resolvedPortRange } from '../value-kinds.ts';
import { type PortMatch, savedPorts } from './tcp.ts';

export interface UdpOptions {
  readonly kind: 'udp';
  readonly sport?: PortMatch;
  readonly dport?: PortMatch;
}

export const udp = extension({
  name: 'udp',
  protocols: [17],
  revision: 0,
  options: {
    sport: {
      name: '--sport',
      aliases: ['--source-port'],
      value: resolvedPortRange,
      free: true,
      invert: true,
    },
    dport: {
      name: '--dport',
      aliases: ['--destination-port'],
      value: resolvedPortRange,
      free: true,
      invert: true,
    },
  },
  read: (values): UdpOptions => ({
    kind: 'udp',
    ...(values.sport && { sport: { ...values.sport.value, inverted: values.sport.negated } }),
    ...(values.dport && { dport: { ...values.dport.value, inverted: values.dport.negated } }),
  }),
  save: ({ sport, dport }) => [...savedPorts('--sport', sport), ...savedPorts('--dport', dport)],
});
