/** Translations of the ICMP matches: by type, without codes. */

import type { IcmpOptions } from '../../fields/iptables/matches/icmp.ts';
import type { Icmp6Options } from '../../fields/iptables/matches/icmp6.ts';
import { not, type Translate } from './translation.ts';

// biome-ignore format: table
const icmpNames: Readonly<Record<number, string>> = {
  0: 'echo-reply', 3: 'destination-unreachable', 4: 'source-quench', 5: 'redirect', 8: 'echo-request',
  9: 'router-advertisement', 10: 'router-solicitation', 11: 'time-exceeded', 12: 'parameter-problem',
  13: 'timestamp-request', 14: 'timestamp-reply', 15: 'info-request', 16: 'info-reply',
  17: 'address-mask-request', 18: 'address-mask-reply',
};

// biome-ignore format: table
const icmpv6Names: Readonly<Record<number, string>> = {
  1: 'destination-unreachable', 2: 'packet-too-big', 3: 'time-exceeded', 4: 'parameter-problem',
  128: 'echo-request', 129: 'echo-reply', 130: 'mld-listener-query', 131: 'mld-listener-report',
  132: 'mld-listener-done', 133: 'nd-router-solicit', 134: 'nd-router-advert', 135: 'nd-neighbor-solicit',
  136: 'nd-neighbor-advert', 137: 'nd-redirect',
};

/** Names that libxtables 1.8.9 does not know yet. */
const laterIcmpTypes: ReadonlySet<number> = new Set([15, 16]);
const laterIcmpv6Types: ReadonlySet<number> = new Set([130, 131, 132]);

export const icmp: Translate<IcmpOptions> = (options, { release }) => {
  const { type, codeFrom, codeTo, inverted } = options;
  if (type === 255) return 'ip protocol icmp';
  if (release === '1.8.9' && laterIcmpTypes.has(type)) return undefined;
  const name = codeFrom === 0 && codeTo === 255 ? icmpNames[type] : undefined;
  return name && `icmp type ${not(inverted)}${name}`;
};

/** The protocol is said before, where the rule says it: the match is not named like it. */
export const icmp6: Translate<Icmp6Options> = (options, { release }) => {
  const { type, codeFrom, codeTo, inverted } = options;
  if (release === '1.8.9' && laterIcmpv6Types.has(type)) return undefined;
  const name = codeFrom === 0 && codeTo === 255 ? icmpv6Names[type] : undefined;
  return name && `icmpv6 type ${not(inverted)}${name}`;
};
