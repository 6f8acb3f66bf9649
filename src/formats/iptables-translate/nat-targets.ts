/** Translations of the NAT targets. */

import type {
  MasqueradeOptions,
  RedirectOptions,
} from '../../fields/iptables/targets/masquerade.ts';
import {
  type DnatOptions,
  formatNatRange,
  formatPorts,
  type SnatOptions,
} from '../../fields/iptables/targets/nat.ts';
import { joined, type Translate } from './translation.ts';

function flags(options: {
  readonly random: boolean;
  readonly randomFully: boolean;
  readonly persistent?: boolean;
}): string {
  return [
    ...(options.random ? ['random'] : []),
    ...(options.randomFully ? ['fully-random'] : []),
    ...(options.persistent === true ? ['persistent'] : []),
  ].join(',');
}

/** Shifted ranges of ports have no translation. */
export const DNAT: Translate<DnatOptions> = (options) =>
  options.ports?.base === undefined
    ? joined(['dnat to', formatNatRange(options), flags(options)])
    : undefined;

export const SNAT: Translate<SnatOptions> = (options) =>
  joined(['snat to', formatNatRange(options), flags(options)]);

export const MASQUERADE: Translate<MasqueradeOptions> = (options) =>
  joined(['masquerade', options.ports && `to :${formatPorts(options.ports)}`, flags(options)]);

export const REDIRECT: Translate<RedirectOptions> = (options) =>
  joined(['redirect', options.ports && `to :${formatPorts(options.ports)}`, flags(options)]);
