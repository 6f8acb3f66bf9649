/** Translations of matches on network, extension and IPsec headers. */

import { formatAddress } from '../../base/address.ts';
import type { AhOptions } from '../../fields/iptables/matches/ah.ts';
import type { DscpOptions } from '../../fields/iptables/matches/dscp.ts';
import type { EcnOptions } from '../../fields/iptables/matches/ecn.ts';
import { type EspOptions, isEverySpi, type SpiRange } from '../../fields/iptables/matches/esp.ts';
import type { HbhOptions } from '../../fields/iptables/matches/extension-header-options.ts';
import type { FragOptions } from '../../fields/iptables/matches/frag.ts';
import type { IpcompOptions } from '../../fields/iptables/matches/ipcomp.ts';
import type { IprangeOptions } from '../../fields/iptables/matches/iprange.ts';
import type { MhOptions } from '../../fields/iptables/matches/mh.ts';
import type { RtOptions } from '../../fields/iptables/matches/rt.ts';
import type { HlOptions, TtlOptions } from '../../fields/iptables/matches/ttl.ts';
import { paddedHex } from '../../fields/iptables/numbers.ts';
import { joined, not, range, type Translate } from './translation.ts';

function spi(key: string, tested: SpiRange): string | undefined {
  return isEverySpi(tested) ? undefined : `${key} ${not(tested.inverted)}${range(tested)}`;
}

function length(
  key: string,
  tested: { readonly bytes: number; readonly inverted: boolean } | undefined,
): string | undefined {
  return tested && `${key} ${not(tested.inverted)}${tested.bytes}`;
}

export const ah: Translate<AhOptions> = (options, { family }) =>
  joined([
    spi('ah spi', options.spi),
    options.length?.bytes === 0 && !options.length.inverted
      ? undefined
      : length('ah hdrlength', options.length),
    options.checkReserved ? 'ah reserved 1' : undefined,
  ]) || (family === 'ip' ? 'meta l4proto ah' : 'exthdr ah exists');

export const esp: Translate<EspOptions> = (options, { family }) =>
  spi('esp spi', options.spi) ?? (family === 'ip' ? 'meta l4proto esp' : 'exthdr esp exists');

export const ipcomp: Translate<IpcompOptions> = (options) =>
  `comp cpi ${not(options.spi.inverted)}${range(options.spi)}`;

export const frag: Translate<FragOptions> = (options) =>
  joined([
    spi('frag id', options.id),
    options.checkReserved ? 'frag reserved 1' : undefined,
    options.first ? 'frag frag-off 0' : undefined,
    options.more ? 'frag more-fragments 1' : undefined,
    options.last ? 'frag more-fragments 0' : undefined,
  ]) || 'exthdr frag exists';

export const rt: Translate<RtOptions> = (options) => {
  if (options.checkReserved || options.addresses || options.notStrict) return undefined;
  const { type } = options;
  return (
    joined([
      type && `rt type ${not(type.inverted)}${type.number}`,
      spi('rt seg-left', options.segmentsLeft),
      length('rt hdrlength', options.length),
    ]) || 'exthdr rt exists'
  );
};

export const hbh: Translate<HbhOptions> = (options) =>
  options.options === undefined ? length('hbh hdrlength', options.length) : undefined;

export const mh: Translate<MhOptions> = ({ from, to, inverted }) =>
  from === 0 && to === 255 && !inverted
    ? 'exthdr mh exists'
    : `mh type ${not(inverted)}${range({ from, to })}`;

const hopOperators = { eq: '', ne: '!= ', lt: 'lt ', gt: 'gt ' } as const;

export const ttl: Translate<TtlOptions> = ({ operator, value }) =>
  `ip ttl ${hopOperators[operator]}${value}`;

export const hl: Translate<HlOptions> = ({ operator, value }) =>
  `ip6 hoplimit ${hopOperators[operator]}${value}`;

export const dscp: Translate<DscpOptions> = ({ value, inverted }, { family }) =>
  `${family} dscp ${not(inverted)}${paddedHex(value, 2)}`;

const ecnNames = ['not-ect', 'ect1', 'ect0', 'ce'];

/** Any inversion inverts all of them there. */
export const ecn: Translate<EcnOptions> = ({ ece, cwr, codepoint }) => {
  const sign = not(ece === false || cwr === false || codepoint?.inverted === true);
  return joined([
    ece === undefined ? undefined : `tcp flags ${sign}ecn`,
    cwr === undefined ? undefined : `tcp flags ${sign}cwr`,
    codepoint && `ip ecn ${sign}${ecnNames[codepoint.value]}`,
  ]);
};

export const iprange: Translate<IprangeOptions> = ({ source, destination }, { family }) =>
  joined(
    [
      { key: `${family} saddr`, tested: source },
      { key: `${family} daddr`, tested: destination },
    ].map(
      ({ key, tested }) =>
        tested &&
        `${key} ${not(tested.inverted)}${formatAddress(tested.from)}-${formatAddress(tested.to)}`,
    ),
  );
