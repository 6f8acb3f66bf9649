/** -m rt: the routing header of IPv6. */

import { type Address, formatAddress } from '../../../base/address.ts';
import { extension } from '../extension.ts';
import { parseHost } from '../networks.ts';
import { saved } from '../saving.ts';
import { flag, maximum32, number, oneWord } from '../value-kinds.ts';
import { everySpi, type SpiRange, savedSpi, spiRange } from './esp.ts';

export interface RtOptions {
  readonly kind: 'rt';
  readonly type?: { readonly number: number; readonly inverted: boolean };
  readonly segmentsLeft: SpiRange;
  readonly length?: { readonly bytes: number; readonly inverted: boolean };
  /** Type 0 only. */
  readonly checkReserved: boolean;
  readonly addresses?: readonly Address[];
  readonly notStrict: boolean;
}

const addressList = oneWord((text, site): readonly Address[] | undefined => {
  const addresses: Address[] = [];
  for (const part of text.split(',')) {
    const address = parseHost(part, 'ip6');
    if (address === undefined) return site.problem(`no IPv6 address '${part}'`);
    addresses.push(address);
  }
  return addresses.length > 16 ? site.problem('too many addresses: at most 16') : addresses;
});

export const rt = extension({
  name: 'rt',
  family: 'ip6',
  revision: 0,
  options: {
    type: { name: '--rt-type', value: number(maximum32), invert: true },
    segmentsLeft: { name: '--rt-segsleft', value: spiRange, invert: true },
    length: { name: '--rt-len', value: number(maximum32), invert: true },
    checkReserved: { name: '--rt-0-res', value: flag },
    addresses: { name: '--rt-0-addrs', value: addressList },
    notStrict: { name: '--rt-0-not-strict', value: flag, needs: ['--rt-0-addrs'] },
  },
  read: (values, site): RtOptions | undefined => {
    const { type, segmentsLeft, length } = values;
    const ofTypeZero = type !== undefined && type.value === 0 && !type.negated;
    if ((values.checkReserved || values.addresses) && !ofTypeZero) {
      return site.problem('rt: --rt-0-res and --rt-0-addrs need --rt-type 0 before them');
    }
    return {
      kind: 'rt',
      ...(type && { type: { number: type.value, inverted: type.negated } }),
      segmentsLeft: segmentsLeft
        ? {
            from: segmentsLeft.value.from,
            to: segmentsLeft.value.to,
            inverted: segmentsLeft.negated,
          }
        : everySpi,
      ...(length && { length: { bytes: length.value, inverted: length.negated } }),
      checkReserved: values.checkReserved !== undefined,
      ...(values.addresses && { addresses: values.addresses.value }),
      notStrict: values.notStrict !== undefined,
    };
  },
  save: (options) => [
    ...(options.type ? saved('--rt-type', options.type.inverted, options.type.number) : []),
    ...savedSpi('--rt-segsleft', options.segmentsLeft),
    ...(options.length ? saved('--rt-len', options.length.inverted, options.length.bytes) : []),
    ...(options.checkReserved ? ['--rt-0-res'] : []),
    ...(options.addresses ? ['--rt-0-addrs', options.addresses.map(formatAddress).join(',')] : []),
    ...(options.notStrict ? ['--rt-0-not-strict'] : []),
  ],
});
