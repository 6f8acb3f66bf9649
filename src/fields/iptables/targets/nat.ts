/** -j DNAT and -j SNAT: new addresses and ports. */

import { type Address, formatAddress } from '../../../base/address.ts';
import { extension, type ReadValues, type ValueKind } from '../extension.ts';
import { type NatRange, readNatRange } from '../nat-range.ts';
import { isPlainIpv4 } from '../networks.ts';
import { flag, isPlainPort, text } from '../value-kinds.ts';

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

const commonRows = {
  random: { name: '--random', value: flag },
  persistent: { name: '--persistent', value: flag },
} as const;

type CommonValues = ReadValues<typeof commonRows>;

/** Addresses with a port are of one shape, as the protocol that ports need stands before them. */
const destination: ValueKind<string> = {
  ...text(),
  certain: (word) => {
    const colon = word.lastIndexOf(':');
    const port = word.slice(colon + 1);
    return colon > 0 && port !== '0' && isPlainPort(port) && isPlainIpv4(word, 0, colon);
  },
};

export const DNAT = extension({
  name: 'DNAT',
  tables: ['nat'],
  hooks: ['PREROUTING', 'OUTPUT'],
  revision: 2,
  options: {
    to: { name: '--to-destination', value: destination, required: true, free: true },
    ...commonRows,
  },
  read: (values, site): DnatOptions | undefined =>
    natOptions('DNAT', readNatRange(values.to?.value ?? '', site, true), values),
  save: (options) => ['--to-destination', ...savedNat(options)],
});

export const SNAT = extension({
  name: 'SNAT',
  tables: ['nat'],
  hooks: ['POSTROUTING', 'INPUT'],
  revision: 0,
  options: {
    to: { name: '--to-source', value: text(), required: true },
    randomFully: { name: '--random-fully', value: flag },
    ...commonRows,
  },
  read: (values, site): SnatOptions | undefined => {
    const options = natOptions('SNAT', readNatRange(values.to?.value ?? '', site, false), values);
    return options && { ...options, randomFully: values.randomFully !== undefined };
  },
  save: (options) => ['--to-source', ...savedNat(options)],
});

function natOptions<Kind extends 'DNAT' | 'SNAT'>(
  kind: Kind,
  range: NatRange | undefined,
  values: CommonValues,
): NatOptions<Kind> | undefined {
  return (
    range && {
      kind,
      ...range,
      random: values.random !== undefined,
      randomFully: false,
      persistent: values.persistent !== undefined,
    }
  );
}

function savedNat(options: DnatOptions | SnatOptions): string[] {
  return [
    formatNatRange(options),
    ...(options.random ? ['--random'] : []),
    ...(options.randomFully ? ['--random-fully'] : []),
    ...(options.persistent ? ['--persistent'] : []),
  ];
}

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
