/** -m conntrack and -m state: what connection tracking knows of the packet. */

import { extension, type ReadSite, type ReadValue } from '../extension.ts';
import { formatNetworkBriefly } from '../networks.ts';
import { saved, savedRange } from '../saving.ts';
import {
  type MaskedAddress,
  network,
  numberRange,
  oneOf,
  oneWord,
  type PortRange,
  protocol,
  resolvedPortRange,
} from '../value-kinds.ts';

export interface ConntrackRange {
  readonly from: number;
  readonly to: number;
  readonly inverted: boolean;
}

export interface ConntrackAddress extends MaskedAddress {
  readonly inverted: boolean;
}

export type ConntrackState = (typeof stateNames)[number];
export type ConntrackStatus = (typeof statusNames)[number];

export interface ConntrackOptions {
  readonly kind: 'conntrack';
  /** Written as `-m state --state`. */
  readonly alias?: 'state';
  readonly state?: { readonly states: readonly ConntrackState[]; readonly inverted: boolean };
  readonly protocol?: { readonly number: number; readonly inverted: boolean };
  readonly originalSource?: ConntrackAddress;
  readonly originalDestination?: ConntrackAddress;
  readonly replySource?: ConntrackAddress;
  readonly replyDestination?: ConntrackAddress;
  readonly originalSourcePort?: ConntrackRange;
  readonly originalDestinationPort?: ConntrackRange;
  readonly replySourcePort?: ConntrackRange;
  readonly replyDestinationPort?: ConntrackRange;
  /** An empty list is NONE. */
  readonly status?: { readonly statuses: readonly ConntrackStatus[]; readonly inverted: boolean };
  /** Seconds until the entry expires. */
  readonly expire?: ConntrackRange;
  readonly direction?: 'ORIGINAL' | 'REPLY';
}

/** In the order in which they are printed. */
const stateNames = [
  'INVALID',
  'NEW',
  'RELATED',
  'ESTABLISHED',
  'UNTRACKED',
  'SNAT',
  'DNAT',
] as const;
const statusNames = ['EXPECTED', 'SEEN_REPLY', 'ASSURED', 'CONFIRMED'] as const;

/** Comma-separated names, each of which may be shortened; the order is that of printing. */
function nameList<const Names extends readonly string[]>(names: Names, none: string | undefined) {
  return oneWord((text, site): readonly Names[number][] | undefined => {
    const found = new Set<string>();
    for (const part of text.split(',')) {
      const wanted = part.toUpperCase();
      const name = names.find((candidate) => candidate.startsWith(wanted));
      if (wanted === '' || (name === undefined && wanted !== none)) {
        return site.problem(`bad value '${part}' for '${site.option}'`, names.join(', '));
      }
      if (name !== undefined) found.add(name);
    }
    return names.filter((name) => found.has(name));
  });
}

const states = nameList(stateNames, undefined);
const statuses = nameList(statusNames, 'NONE');
const ports = resolvedPortRange;

const addressRows = {
  originalSource: { name: '--ctorigsrc', value: network, invert: true },
  originalDestination: { name: '--ctorigdst', value: network, invert: true },
  replySource: { name: '--ctreplsrc', value: network, invert: true },
  replyDestination: { name: '--ctrepldst', value: network, invert: true },
} as const;

const portRows = {
  originalSourcePort: { name: '--ctorigsrcport', value: ports, invert: true },
  originalDestinationPort: { name: '--ctorigdstport', value: ports, invert: true },
  replySourcePort: { name: '--ctreplsrcport', value: ports, invert: true },
  replyDestinationPort: { name: '--ctrepldstport', value: ports, invert: true },
} as const;

function addressOf(read: ReadValue<MaskedAddress> | undefined): ConntrackAddress | undefined {
  return (
    read && {
      address: read.value.address,
      mask: read.value.mask,
      inverted: read.negated,
    }
  );
}

function rangeOf(read: ReadValue<PortRange> | undefined): ConntrackRange | undefined {
  return read && { from: read.value.from, to: read.value.to, inverted: read.negated };
}

/** Leaves out the members that are undefined. */
function present<Value extends object>(
  value: Value,
): { [Key in keyof Value]?: Exclude<Value[Key], undefined> } {
  const result: { [Key in keyof Value]?: Exclude<Value[Key], undefined> } = {};
  for (const key in value) {
    const member = value[key];
    if (member !== undefined) Object.assign(result, { [key]: member });
  }
  return result;
}

export const conntrack = extension({
  name: 'conntrack',
  revision: 3,
  options: {
    state: { name: '--ctstate', value: states, invert: true },
    protocol: { name: '--ctproto', value: protocol, invert: true },
    ...addressRows,
    status: { name: '--ctstatus', value: statuses, invert: true },
    expire: { name: '--ctexpire', value: numberRange(0xffffffff), invert: true },
    ...portRows,
    direction: { name: '--ctdir', value: oneOf(['ORIGINAL', 'REPLY'], { anyCase: true }) },
  },
  read: (values, site): ConntrackOptions | undefined => {
    if (Object.keys(values).length === 0) return missing(site);
    if (values.protocol?.value === 0) {
      return site.problem('conntrack: rule would never match protocol');
    }
    return {
      kind: 'conntrack',
      ...present({
        state: values.state && { states: values.state.value, inverted: values.state.negated },
        protocol: values.protocol && {
          number: values.protocol.value,
          inverted: values.protocol.negated,
        },
        originalSource: addressOf(values.originalSource),
        originalDestination: addressOf(values.originalDestination),
        replySource: addressOf(values.replySource),
        replyDestination: addressOf(values.replyDestination),
        originalSourcePort: rangeOf(values.originalSourcePort),
        originalDestinationPort: rangeOf(values.originalDestinationPort),
        replySourcePort: rangeOf(values.replySourcePort),
        replyDestinationPort: rangeOf(values.replyDestinationPort),
        status: values.status && { statuses: values.status.value, inverted: values.status.negated },
        expire: rangeOf(values.expire),
        direction: values.direction?.value,
      }),
    };
  },
  save: (options) => [
    ...(options.state
      ? saved(
          options.alias === 'state' ? '--state' : '--ctstate',
          options.state.inverted,
          options.state.states.join(','),
        )
      : []),
    ...(options.protocol
      ? saved('--ctproto', options.protocol.inverted, options.protocol.number)
      : []),
    ...savedAddresses(options),
    ...savedPortRanges(options),
    ...(options.status
      ? saved('--ctstatus', options.status.inverted, options.status.statuses.join(',') || 'NONE')
      : []),
    ...(options.expire
      ? saved('--ctexpire', options.expire.inverted, savedRange(options.expire))
      : []),
    ...(options.direction ? ['--ctdir', options.direction] : []),
  ],
});

function missing(site: ReadSite): undefined {
  return site.problem('conntrack: at least one option is required');
}

function savedAddresses(options: ConntrackOptions): string[] {
  return [
    [addressRows.originalSource.name, options.originalSource] as const,
    [addressRows.originalDestination.name, options.originalDestination] as const,
    [addressRows.replySource.name, options.replySource] as const,
    [addressRows.replyDestination.name, options.replyDestination] as const,
  ].flatMap(([name, value]) =>
    value ? saved(name, value.inverted, formatNetworkBriefly(value)) : [],
  );
}

function savedPortRanges(options: ConntrackOptions): string[] {
  return [
    [portRows.originalSourcePort.name, options.originalSourcePort] as const,
    [portRows.originalDestinationPort.name, options.originalDestinationPort] as const,
    [portRows.replySourcePort.name, options.replySourcePort] as const,
    [portRows.replyDestinationPort.name, options.replyDestinationPort] as const,
  ].flatMap(([name, value]) => (value ? saved(name, value.inverted, savedRange(value)) : []));
}

/** The old name; the kernel sees conntrack. */
export const state = extension({
  name: 'state',
  revision: 3,
  options: { state: { name: '--state', value: states, invert: true, required: true } },
  read: (values): ConntrackOptions => ({
    kind: 'conntrack',
    alias: 'state',
    state: { states: values.state?.value ?? [], inverted: values.state?.negated ?? false },
  }),
  save: (options) => conntrack.save(options, { family: 'ip', protocol: 0 }),
});
