/** -m iprange: ranges of addresses. */

import { type Address, formatAddress } from '../../../base/address.ts';
import { extension, type ReadValue } from '../extension.ts';
import { parseNumericHost } from '../networks.ts';
import { saved } from '../saving.ts';
import { oneWord } from '../value-kinds.ts';

export interface AddressRange {
  readonly from: Address;
  readonly to: Address;
  readonly inverted: boolean;
}

export interface IprangeOptions {
  readonly kind: 'iprange';
  readonly source?: AddressRange;
  readonly destination?: AddressRange;
}

const range = oneWord((text, site) => {
  const dash = text.indexOf('-');
  const from = parseNumericHost(dash < 0 ? text : text.slice(0, dash), site.family);
  const to = dash < 0 ? from : parseNumericHost(text.slice(dash + 1), site.family);
  if (from === undefined || to === undefined)
    return site.problem(`no range of addresses '${text}'`);
  return { from, to };
});

export const iprange = extension({
  name: 'iprange',
  revision: 1,
  options: {
    source: { name: '--src-range', value: range, invert: true },
    destination: { name: '--dst-range', value: range, invert: true },
  },
  read: (values, site): IprangeOptions | undefined => {
    const { source, destination } = values;
    if (!source && !destination) {
      return site.problem('iprange: you must specify --src-range or --dst-range');
    }
    return {
      kind: 'iprange',
      ...(source && { source: rangeOf(source) }),
      ...(destination && { destination: rangeOf(destination) }),
    };
  },
  save: ({ source, destination }) => [
    ...savedAddresses('--src-range', source),
    ...savedAddresses('--dst-range', destination),
  ],
});

function rangeOf(read: ReadValue<{ from: Address; to: Address }>): AddressRange {
  return { ...read.value, inverted: read.negated };
}

function savedAddresses(name: string, addresses: AddressRange | undefined): string[] {
  return addresses
    ? saved(
        name,
        addresses.inverted,
        `${formatAddress(addresses.from)}-${formatAddress(addresses.to)}`,
      )
    : [];
}
