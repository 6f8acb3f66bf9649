/** What an xtables match asks of a packet. */

import { addressToBigInt } from '../../base/address.ts';
import type { Host } from '../../host/host.ts';
import type { XtMatch } from '../../model/xt.ts';
import {
  addressField,
  type Condition,
  type End,
  type Interval,
  prefixInterval,
  stateBits,
} from './condition.ts';
import { ipsetCondition } from './ipset-conditions.ts';
import type { Field } from './register-origins.ts';

interface NumberRange {
  readonly from: number;
  readonly to: number;
  readonly inverted?: boolean;
}

function rangeCondition(field: Field, range: NumberRange | undefined, inverted = false): Condition {
  if (range === undefined) return [];
  const wanted = !(range.inverted ?? inverted);
  return [[{ field, first: BigInt(range.from), last: BigInt(range.to), wanted }]];
}

/** The host's own addresses are local; the other types have no list that could be drawn from. */
function addressTypeCondition(
  host: Host,
  end: End,
  match: { readonly types: readonly string[]; readonly inverted: boolean } | undefined,
): Condition {
  if (match === undefined || !match.types.includes('LOCAL')) return [];
  return host.interfaces.flatMap(({ addresses }) =>
    addresses.map(({ address }) => [
      prefixInterval(end, address, address.length * 8, !match.inverted),
    ]),
  );
}

const stateNames: Readonly<Record<string, bigint>> = {
  INVALID: stateBits.invalid,
  ESTABLISHED: stateBits.established,
  RELATED: stateBits.related,
  NEW: stateBits.new,
  UNTRACKED: stateBits.untracked,
};

function stateCondition(states: readonly string[], inverted: boolean): Condition {
  const mask = states.reduce((bits, name) => bits | (stateNames[name] ?? 0n), 0n);
  return [[{ field: 'state', first: 0n, last: 0n, wanted: inverted, mask }]];
}

function flagCondition(field: Field, value: number, mask: number, inverted: boolean): Condition {
  const first = BigInt(value >>> 0);
  return [[{ field, first, last: first, wanted: !inverted, mask: BigInt(mask >>> 0) }]];
}

type Options = NonNullable<XtMatch['options']>;

function multiportCondition(options: Extract<Options, { kind: 'multiport' }>): Condition {
  const field = options.side === 'source' ? 'sourcePort' : 'port';
  const intervals = options.ports.map(({ from, to }): Interval => {
    return { field, first: BigInt(from), last: BigInt(to), wanted: !options.inverted };
  });
  return options.inverted ? [intervals] : intervals.map((interval) => [interval]);
}

function icmpCondition(options: Extract<Options, { kind: 'icmp' | 'icmp6' }>): Condition {
  if (options.type > 254) return [];
  const type = BigInt(options.type);
  return [[{ field: 'icmpType', first: type, last: type, wanted: !options.inverted }]];
}

/** The conditions of a match, all of which must hold; empty for matches that nothing can be drawn for. */
export function xtConditions({ options }: XtMatch, host: Host): readonly Condition[] {
  switch (options?.kind) {
    case 'tcp': {
      const { flags } = options;
      return [
        rangeCondition('sourcePort', options.sport),
        rangeCondition('port', options.dport),
        flags === undefined ? [] : flagCondition('flags', flags.value, flags.mask, flags.inverted),
      ];
    }
    case 'udp':
      return [rangeCondition('sourcePort', options.sport), rangeCondition('port', options.dport)];
    case 'multiport':
      return [multiportCondition(options)];
    case 'icmp':
    case 'icmp6':
      return [icmpCondition(options)];
    case 'mark':
      return [flagCondition('mark', options.value, options.mask, options.inverted)];
    case 'conntrack':
      return options.state === undefined
        ? []
        : [stateCondition(options.state.states, options.state.inverted)];
    case 'addrtype':
      // Local to which interface is more than a list of addresses.
      if (options.limitInterface !== undefined) return [];
      return [
        addressTypeCondition(host, 'source', options.source),
        addressTypeCondition(host, 'destination', options.destination),
      ];
    case 'set':
      return [ipsetCondition(host, options.set, options.directions, !options.inverted)];
    case 'iprange':
      return (['source', 'destination'] as const).map((end): Condition => {
        const range = options[end];
        if (range === undefined) return [];
        const field = addressField(end, range.from.length);
        const [first, last] = [addressToBigInt(range.from), addressToBigInt(range.to)];
        return [[{ field, first, last, wanted: !range.inverted }]];
      });
    default:
      return [];
  }
}
