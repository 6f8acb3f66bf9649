/** Translations of matches on the connection: state, marks, labels, helper, bytes, number of connections. */

import { formatAddress } from '../../base/address.ts';
import type { ConnbytesOptions } from '../../fields/iptables/matches/connbytes.ts';
import type { ConnlabelOptions } from '../../fields/iptables/matches/connlabel.ts';
import type { ConnlimitOptions } from '../../fields/iptables/matches/connlimit.ts';
import type { ConnmarkOptions } from '../../fields/iptables/matches/connmark.ts';
import type {
  ConntrackAddress,
  ConntrackOptions,
  ConntrackRange,
} from '../../fields/iptables/matches/conntrack.ts';
import type { HelperOptions } from '../../fields/iptables/matches/helper.ts';
import { formatNetworkBriefly, maskOfLength } from '../../fields/iptables/networks.ts';
import { maximum64 } from '../../fields/iptables/value-kinds.ts';
import { joined, maskedTest, not, range, type Translate } from './translation.ts';

const statusNames = {
  EXPECTED: 'expected',
  SEEN_REPLY: 'seen-reply',
  ASSURED: 'assured',
  CONFIRMED: 'confirmed',
} as const;

export const conntrack: Translate<ConntrackOptions> = (options) =>
  joined([
    options.direction && `ct direction ${options.direction.toLowerCase()}`,
    options.protocol &&
      `ct original protocol ${not(options.protocol.inverted)}${options.protocol.number}`,
    translateState(options.state),
    translateStatus(options.status),
    options.expire &&
      `${blankBehind(options.status)}ct expiration ${not(options.expire.inverted)}${range(options.expire)}`,
    address('ct original saddr', options.originalSource),
    address('ct original daddr', options.originalDestination),
    address('ct reply saddr', options.replySource),
    address('ct reply daddr', options.replyDestination),
    ports('ct original proto-src', options.originalSourcePort),
    ports('ct original proto-dst', options.originalDestinationPort),
    ports('ct reply proto-src', options.replySourcePort),
    ports('ct reply proto-dst', options.replyDestinationPort),
  ]);

/** With SNAT or DNAT among them 1.8.13 translates nothing else, nor the inversion; SNAT goes before DNAT. */
function translateState(tested: ConntrackOptions['state']): string | undefined {
  if (tested === undefined) return undefined;
  const { states, inverted } = tested;
  if (states.includes('SNAT')) return 'ct status snat';
  if (states.includes('DNAT')) return 'ct status dnat';
  return `ct state ${inverted ? '! ' : ''}${states.map((state) => state.toLowerCase()).join(',')}`;
}

/** The blank before the names stays where there are none. */
function blankBehind(status: ConntrackOptions['status']): string {
  return status?.statuses.length === 0 ? ' ' : '';
}

function translateStatus(tested: ConntrackOptions['status']): string | undefined {
  if (tested === undefined) return undefined;
  const names = tested.statuses.map((status) => statusNames[status]).join(',');
  return `ct status ${tested.inverted ? '! ' : ''}${names}`;
}

function address(key: string, tested: ConntrackAddress | undefined): string | undefined {
  return tested && `${key} ${not(tested.inverted)}${formatNetworkBriefly(tested)}`;
}

function ports(key: string, tested: ConntrackRange | undefined): string | undefined {
  return tested && `${key} ${not(tested.inverted)}${range(tested)}`;
}

export const connmark: Translate<ConnmarkOptions> = (options) =>
  maskedTest('ct mark', options, options.inverted);

export const helper: Translate<HelperOptions> = ({ name, inverted }) =>
  `ct helper ${not(inverted)}"${name}"`;

export const connlabel: Translate<ConnlabelOptions> = ({ bit, inverted, set }) =>
  joined([
    set ? `ct label set ${bit}` : undefined,
    inverted ? `ct label and ${bit} != ${bit}` : `ct label ${bit}`,
  ]);

const byteKeys = { packets: 'packets', bytes: 'bytes', avgpkt: 'avgpkt' } as const;

export const connbytes: Translate<ConnbytesOptions> = ({ from, to, inverted, mode, direction }) => {
  const key = joined(['ct', direction === 'both' ? undefined : direction, byteKeys[mode]]);
  if (to === maximum64) return `${key} ${inverted ? 'lt' : 'ge'} ${from}`;
  return `${key} ${not(inverted)}${from === to ? from : `${from}-${to}`}`;
};

/** Needs a set of its own, which 1.8.13 always types as IPv4. */
export const connlimit: Translate<ConnlimitOptions> = (options, site) => {
  if (site.listing) return undefined;
  const { family, table } = site;
  const set = `connlimit${site.numbering.connlimit++}`;
  site.before(`add set ${family} ${table} ${set} { type ipv4_addr; flags dynamic; }`);
  const bits = family === 'ip' ? 32 : 128;
  const key = `${family} ${options.side === 'source' ? 'saddr' : 'daddr'}`;
  const mask = options.mask ?? maskOfLength(options.prefixLength, bits);
  const masked = options.prefixLength === bits ? key : `${key} and ${formatAddress(mask)}`;
  return `add @${set} { ${masked} ct count ${options.above ? 'over ' : ''}${options.limit} }`;
};
