/** -m policy: IPsec policies that were or will be applied. */

import { extension, type ReadSite } from '../extension.ts';
import { formatNetworkBriefly } from '../networks.ts';
import { parseSmallNumber } from '../numbers.ts';
import { protocolName } from '../protocols.ts';
import { saved } from '../saving.ts';
import {
  flag,
  type MaskedAddress,
  maximum32,
  network,
  number,
  oneOf,
  oneWord,
  protocol,
  readProtocol,
  resolvedNetwork,
} from '../value-kinds.ts';

interface Test<Value> {
  readonly value: Value;
  readonly inverted: boolean;
}

export interface PolicyElement {
  readonly reqid?: Test<number>;
  readonly spi?: Test<number>;
  readonly protocol?: Test<number>;
  readonly mode?: Test<'transport' | 'tunnel'>;
  readonly tunnelSource?: Test<MaskedAddress>;
  readonly tunnelDestination?: Test<MaskedAddress>;
}

export interface PolicyOptions {
  readonly kind: 'policy';
  readonly direction: 'in' | 'out';
  readonly policy: 'ipsec' | 'none';
  /** All elements in order, not any of them. */
  readonly strict: boolean;
  readonly elements: readonly PolicyElement[];
}

/** ESP, AH and IPComp. */
const ipsecProtocol = oneWord((text, site) => {
  const number = protocol.read([text], site);
  return number === undefined || [50, 51, 108].includes(number)
    ? number
    : site.problem('policy match: protocol must be ah, esp or ipcomp');
});

const options = {
  direction: { name: '--dir', value: oneOf(['in', 'out']), required: true },
  policy: { name: '--pol', value: oneOf(['ipsec', 'none']) },
  strict: { name: '--strict', value: flag },
  reqid: { name: '--reqid', value: number(maximum32), invert: true, multiple: true },
  spi: { name: '--spi', value: number(maximum32), invert: true, multiple: true },
  protocol: { name: '--proto', value: ipsecProtocol, invert: true, multiple: true },
  mode: { name: '--mode', value: oneOf(['transport', 'tunnel']), invert: true, multiple: true },
  tunnelDestination: { name: '--tunnel-dst', value: network, invert: true, multiple: true },
  tunnelSource: { name: '--tunnel-src', value: network, invert: true, multiple: true },
  next: { name: '--next', value: flag, multiple: true, needs: ['--strict'] },
} as const;

export const policy = extension({
  name: 'policy',
  revision: 0,
  options,
  read: (values, site): PolicyOptions | undefined => {
    const strict = values.strict !== undefined;
    const elements = readElements(site);
    if (elements === undefined) return undefined;
    const none = values.policy?.value === 'none';
    if (none && strict) return site.problem('policy: policy none but --strict given');
    if (strict && elements.some((element) => Object.keys(element).length === 0)) {
      return site.problem(
        'policy: empty policy element',
        'give at least one of --reqid, --spi, --proto, --mode',
      );
    }
    if (strict && elements.length === 0)
      return site.problem('policy: --strict needs at least one element');
    if (
      !none &&
      elements.some(
        (element) => (element.tunnelSource || element.tunnelDestination) && !isTunnel(element),
      )
    ) {
      return site.problem('policy: --tunnel-src and --tunnel-dst are only valid in tunnel mode');
    }
    return {
      kind: 'policy',
      direction: values.direction?.value ?? 'in',
      policy: values.policy?.value ?? 'ipsec',
      strict,
      elements,
    };
  },
  save: (saving) => [
    '--dir',
    saving.direction,
    '--pol',
    saving.policy,
    ...(saving.strict ? ['--strict'] : []),
    ...(saving.policy === 'none' ? [] : saving.elements).flatMap((element, index) => [
      ...(index > 0 ? ['--next'] : []),
      ...savedElement(element),
    ]),
  ],
});

function isTunnel({ mode }: PolicyElement): boolean {
  return mode !== undefined && (mode.value === 'tunnel') !== mode.inverted;
}

/** The elements, which `--next` separates. */
function readElements(site: ReadSite): readonly PolicyElement[] | undefined {
  const elements: PolicyElement[] = [];
  let current: PolicyElement = {};
  let open = false;
  for (const { name, values, negated } of site.written) {
    const [text = ''] = values;
    if (name === '--next') {
      elements.push(current);
      current = {};
      open = true;
    } else {
      const part = readElementPart(name, text, negated, site);
      if (part !== undefined && Object.keys(part).some((key) => key in current)) {
        return site.problem(`policy: double ${name} option`);
      }
      if (part !== undefined) {
        current = { ...current, ...part };
        open = true;
      }
    }
  }
  if (open) elements.push(current);
  return elements.length > 4 ? site.problem('policy: at most 4 elements') : elements;
}

function readElementPart(
  name: string,
  text: string,
  inverted: boolean,
  site: ReadSite,
): PolicyElement | undefined {
  if (name === '--reqid')
    return { reqid: { value: parseSmallNumber(text, 0, maximum32) ?? 0, inverted } };
  if (name === '--spi')
    return { spi: { value: parseSmallNumber(text, 0, maximum32) ?? 0, inverted } };
  if (name === '--proto') return { protocol: { value: readProtocol(text) ?? 0, inverted } };
  if (name === '--mode')
    return { mode: { value: text === 'tunnel' ? 'tunnel' : 'transport', inverted } };
  const value = resolvedNetwork(text, site.family);
  if (value === undefined) return undefined;
  if (name === '--tunnel-src') return { tunnelSource: { value, inverted } };
  if (name === '--tunnel-dst') return { tunnelDestination: { value, inverted } };
  return undefined;
}

function savedElement(element: PolicyElement): string[] {
  const { reqid, spi, protocol: proto, mode, tunnelSource, tunnelDestination } = element;
  return [
    ...(reqid ? saved('--reqid', reqid.inverted, reqid.value) : []),
    ...(spi ? saved('--spi', spi.inverted, `0x${spi.value.toString(16)}`) : []),
    ...(proto ? saved('--proto', proto.inverted, protocolName(proto.value) ?? proto.value) : []),
    ...(mode ? saved('--mode', mode.inverted, mode.value) : []),
    ...(tunnelDestination
      ? saved(
          '--tunnel-dst',
          tunnelDestination.inverted,
          formatNetworkBriefly(tunnelDestination.value),
        )
      : []),
    ...(tunnelSource
      ? saved('--tunnel-src', tunnelSource.inverted, formatNetworkBriefly(tunnelSource.value))
      : []),
  ];
}
