/** -j HMARK: sets the mark from a hash of addresses and ports. */

import { type Address, formatAddress } from '../../../base/address.ts';
import { extension, type ReadSite, type ReadValues } from '../extension.ts';
import { maskOfLength, parseMask, prefixLength } from '../networks.ts';
import { paddedHex } from '../numbers.ts';
import { maximum8, maximum16, maximum32, number, oneWord } from '../value-kinds.ts';

export interface HmarkOptions {
  readonly kind: 'HMARK';
  /** Addresses of the connection, not of the packet. */
  readonly conntrack: boolean;
  readonly sourceMask?: Address;
  readonly destinationMask?: Address;
  readonly sourcePort: { readonly mask?: number; readonly value?: number };
  readonly destinationPort: { readonly mask?: number; readonly value?: number };
  readonly spi: { readonly mask?: number; readonly value?: number };
  readonly protocolMask?: number;
  readonly seed: number;
  readonly modulus: number;
  readonly offset?: number;
}

const addressMask = oneWord(
  (text, site) => parseMask(text, site.family) ?? site.problem(`no prefix length '${text}'`),
);

const tupleParts = ['ct', 'src', 'dst', 'sport', 'dport', 'spi'];

const tuple = oneWord((text, site): readonly string[] | undefined => {
  const parts = text.split(',');
  const unknown = parts.find((part) => !tupleParts.includes(part));
  return unknown === undefined
    ? parts
    : site.problem(`unknown part '${unknown}' of the tuple`, tupleParts.join(', '));
});

const port = number(maximum16);

const options = {
  sourceMask: { name: '--hmark-src-prefix', value: addressMask },
  destinationMask: { name: '--hmark-dst-prefix', value: addressMask },
  sportMask: { name: '--hmark-sport-mask', value: port },
  dportMask: { name: '--hmark-dport-mask', value: port },
  spiMask: { name: '--hmark-spi-mask', value: number(maximum32) },
  sport: { name: '--hmark-sport', value: port },
  dport: { name: '--hmark-dport', value: port },
  spi: { name: '--hmark-spi', value: number(maximum32) },
  protocolMask: { name: '--hmark-proto-mask', value: number(maximum8) },
  seed: { name: '--hmark-rnd', value: number(maximum32), required: true },
  modulus: { name: '--hmark-mod', value: number(maximum32, 1), required: true },
  offset: { name: '--hmark-offset', value: number(maximum32) },
  tuple: { name: '--hmark-tuple', value: tuple },
} as const;

export const HMARK = extension({
  name: 'HMARK',
  revision: 0,
  options,
  read: (values, site): HmarkOptions | undefined => {
    if (Object.keys(values).every((key) => unhashed.includes(key))) {
      return site.problem('HMARK: you have to specify --hmark-tuple at least');
    }
    return readHmark(values, site);
  },
  save: (saved) => [
    ...savedMask('--hmark-src-prefix', saved.sourceMask),
    ...savedMask('--hmark-dst-prefix', saved.destinationMask),
    ...savedNumber('--hmark-sport-mask', saved.sourcePort.mask, 4),
    ...savedNumber('--hmark-dport-mask', saved.destinationPort.mask, 4),
    ...savedNumber('--hmark-spi-mask', saved.spi.mask, 8),
    ...savedNumber('--hmark-sport', saved.sourcePort.value, 4),
    ...savedNumber('--hmark-dport', saved.destinationPort.value, 4),
    ...savedNumber('--hmark-spi', saved.spi.value, 8),
    ...savedNumber('--hmark-proto-mask', saved.protocolMask, 2),
    ...savedNumber('--hmark-rnd', saved.seed, 8),
    ...savedDecimal('--hmark-mod', saved.modulus),
    ...savedDecimal('--hmark-offset', saved.offset),
    ...(saved.conntrack ? ['--hmark-tuple', 'ct'] : []),
  ],
});

type Values = ReadValues<typeof options>;

/** Options that say nothing of what is hashed. */
const unhashed: readonly string[] = ['seed', 'modulus', 'offset'];

function readHmark(values: Values, site: ReadSite): HmarkOptions {
  return {
    kind: 'HMARK',
    conntrack: values.tuple?.value.includes('ct') ?? false,
    ...readAddresses(values, site),
    ...readNumbers(values),
    ...(values.protocolMask && { protocolMask: values.protocolMask.value }),
    seed: values.seed?.value ?? 0,
    modulus: values.modulus?.value ?? 1,
    ...(values.offset && { offset: values.offset.value }),
  };
}

/** Of a tuple and a mask the one that is written later counts; a tuple takes whole fields. */
function readAddresses(
  values: Values,
  site: ReadSite,
): Pick<HmarkOptions, 'sourceMask' | 'destinationMask'> {
  const place = (name: string) => site.written.findIndex((option) => option.name === name);
  const bits = site.family === 'ip' ? 32 : 128;
  const chosen = (part: string, name: string, written: Address | undefined) => {
    const fromTuple =
      values.tuple?.value.includes(part) === true && place('--hmark-tuple') > place(name);
    return fromTuple ? maskOfLength(bits, bits) : written;
  };
  const source = chosen('src', '--hmark-src-prefix', values.sourceMask?.value);
  const destination = chosen('dst', '--hmark-dst-prefix', values.destinationMask?.value);
  return {
    ...(source && { sourceMask: source }),
    ...(destination && { destinationMask: destination }),
  };
}

function readNumbers(values: Values): Pick<HmarkOptions, 'sourcePort' | 'destinationPort' | 'spi'> {
  const parts = values.tuple?.value ?? [];
  return {
    sourcePort: masked(
      parts.includes('sport') ? 0xffff : values.sportMask?.value,
      values.sport?.value,
    ),
    destinationPort: masked(
      parts.includes('dport') ? 0xffff : values.dportMask?.value,
      values.dport?.value,
    ),
    spi: masked(parts.includes('spi') ? 0xffffffff : values.spiMask?.value, values.spi?.value),
  };
}

function masked(
  mask: number | undefined,
  value: number | undefined,
): { readonly mask?: number; readonly value?: number } {
  return { ...(mask === undefined ? {} : { mask }), ...(value === undefined ? {} : { value }) };
}

function savedMask(name: string, mask: Address | undefined): string[] {
  return mask === undefined ? [] : [name, String(prefixLength(mask) ?? formatAddress(mask))];
}

function savedNumber(name: string, value: number | undefined, digits: number): string[] {
  return value === undefined ? [] : [name, paddedHex(value, digits)];
}

function savedDecimal(name: string, value: number | undefined): string[] {
  return value === undefined ? [] : [name, String(value)];
}
