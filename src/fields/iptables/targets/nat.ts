/** -j DNAT and -j SNAT: new addresses and ports. */

import { type Address, formatAddress } from '../../../base/address.ts';
import { extension } from '../extension.ts';
import { readNatRange } from '../nat-range.ts';
import { flag, text } from '../value-kinds.ts';

export interface PortNumbers {
  readonly from: number;
  readonly to: number;
  /** DNAT: the first port of the range that the given ones are counted from. */
  readonly base?: number;
}

interface NatOptions<Kind extends 'DNAT' | 'SNAT'> {
  readonly kind: Kind;
  readonly addresses?: { readonly from: Address; readonly to: Address };
  readonly ports?: PortNumbers;
  readonly random: boolean;
  readonly randomFully: boolean;
  readonly persistent: boolean;
}

export type DnatOptions = NatOptions<'DNAT'>;
export type SnatOptions = NatOptions<'SNAT'>;

function natTarget<Kind extends 'DNAT' | 'SNAT'>(kind: Kind, to: string, revision: number) {
  return extension({
    name: kind,
    tables: ['nat'],
    revision,
    options: {
      to: { name: to, value: text(), required: true },
      random: { name: '--random', value: flag },
      randomFully: { name: '--random-fully', value: flag },
      persistent: { name: '--persistent', value: flag },
    },
    read: (values, site): NatOptions<Kind> | undefined => {
      const range = readNatRange(values.to?.value ?? '', site, kind === 'DNAT');
      return (
        range && {
          kind,
          ...range,
          random: values.random !== undefined,
          randomFully: values.randomFully !== undefined,
          persistent: values.persistent !== undefined,
        }
      );
    },
    save: (options) => [
      to,
      formatNatRange(options),
      ...(options.random ? ['--random'] : []),
      ...(options.randomFully ? ['--random-fully'] : []),
      ...(options.persistent ? ['--persistent'] : []),
    ],
  });
}

export const DNAT = natTarget('DNAT', '--to-destination', 2);
export const SNAT = natTarget('SNAT', '--to-source', 0);

/** `1.2.3.4-1.2.3.9:80-90/8080`; an IPv6 address before a port stands in brackets. */
export function formatNatRange({
  addresses,
  ports,
}: Pick<DnatOptions, 'addresses' | 'ports'>): string {
  const plain = addresses === undefined ? '' : formatAddressRange(addresses);
  if (ports === undefined) return plain;
  const bracketed = addresses !== undefined && addresses.from.length === 16 ? `[${plain}]` : plain;
  return `${bracketed}:${formatPorts(ports)}`;
}

function formatAddressRange({
  from,
  to,
}: {
  readonly from: Address;
  readonly to: Address;
}): string {
  const [first, last] = [formatAddress(from), formatAddress(to)];
  return first === last ? first : `${first}-${last}`;
}

export function formatPorts({ from, to, base }: PortNumbers): string {
  return `${from}${to === from ? '' : `-${to}`}${base === undefined ? '' : `/${base}`}`;
}
