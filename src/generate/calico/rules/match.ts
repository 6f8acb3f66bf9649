/** What a rule matches: a list of criteria in Felix's order, independent of how they are written. */

export type IpVersion = 4 | 6;
export type Side = 'source' | 'destination';
export type InterfaceDirection = 'in' | 'out';

export interface PortRange {
  readonly first: number;
  readonly last: number;
}

export interface CriterionByKind {
  /** All bits of `mask` are zero; negated: any of them is set. */
  readonly 'mark-clear': { readonly mask: number; readonly negated: boolean };
  readonly 'mark-equals': {
    readonly value: number;
    readonly mask: number;
    readonly negated: boolean;
  };
  readonly interface: {
    readonly direction: InterfaceDirection;
    readonly name: string;
    /** `name` is the beginning of the interface's name. */
    readonly wildcard: boolean;
  };
  /** A verdict map over interface names; nftables only. */
  readonly 'interface-map': { readonly direction: InterfaceDirection; readonly map: string };
  readonly protocol: { readonly protocol: string | number; readonly negated: boolean };
  readonly network: { readonly side: Side; readonly network: string; readonly negated: boolean };
  /** Membership of an address set. */
  readonly set: { readonly side: Side; readonly set: string; readonly negated: boolean };
  /** Membership of a set of (address, protocol, port). */
  readonly 'port-set': { readonly side: Side; readonly set: string; readonly negated: boolean };
  readonly ports: {
    readonly side: Side;
    readonly ranges: readonly PortRange[];
    readonly negated: boolean;
  };
  /** One port in the protocol's own option (`--dport`), not in multiport. */
  readonly port: { readonly side: Side; readonly port: number };
  readonly icmp: {
    readonly version: IpVersion;
    readonly type: number;
    readonly code?: number | undefined;
    readonly negated: boolean;
  };
  /** Names of states joined by commas, in upper case. */
  readonly 'conntrack-state': { readonly states: string; readonly negated: boolean };
  /** Was the connection DNATed? iptables writes it as a state, nftables as a status bit. */
  readonly 'conntrack-dnat': { readonly negated: boolean };
  readonly 'address-type': {
    readonly side: Side;
    readonly type: string;
    readonly outInterface: boolean;
    readonly negated: boolean;
  };
  /** Reverse path check; `passed` false is the failed check. */
  readonly 'reverse-path': { readonly passed: boolean; readonly acceptLocal: boolean };
  readonly ipvs: { readonly negated: boolean };
  readonly vni: { readonly vni: number };
}

export type CriterionKind = keyof CriterionByKind;
export type Criterion = {
  [Kind in CriterionKind]: { readonly kind: Kind } & CriterionByKind[Kind];
}[CriterionKind];

/** One criterion of a known kind. */
export type CriterionOf<Kind extends CriterionKind> = {
  readonly kind: Kind;
} & CriterionByKind[Kind];

export type Match = readonly Criterion[];

export function markSet(bit: number): Criterion {
  return { kind: 'mark-equals', value: bit, mask: bit, negated: false };
}

export function markClear(mask: number): Criterion {
  return { kind: 'mark-clear', mask, negated: false };
}

export function markNonzero(mask: number): Criterion {
  return { kind: 'mark-clear', mask, negated: true };
}

export function inInterface(name: string, wildcard = false): Criterion {
  return { kind: 'interface', direction: 'in', name, wildcard };
}

export function outInterface(name: string, wildcard = false): Criterion {
  return { kind: 'interface', direction: 'out', name, wildcard };
}

export function protocolIs(protocol: string | number): Criterion {
  return { kind: 'protocol', protocol, negated: false };
}

export function network(side: Side, text: string, negated = false): Criterion {
  return { kind: 'network', side, network: text, negated };
}

export function inSet(side: Side, set: string, negated = false): Criterion {
  return { kind: 'set', side, set, negated };
}

export function ports(side: Side, ...numbers: readonly number[]): Criterion {
  const ranges = numbers.map((number) => ({ first: number, last: number }));
  return { kind: 'ports', side, ranges, negated: false };
}

export function portRanges(side: Side, ranges: readonly PortRange[], negated = false): Criterion {
  return { kind: 'ports', side, ranges, negated };
}

export function conntrackState(states: string): Criterion {
  return { kind: 'conntrack-state', states, negated: false };
}

export function localAddress(
  side: Side,
  options: { readonly negated?: boolean; readonly outInterface?: boolean } = {},
): Criterion {
  const { negated = false, outInterface: limited = false } = options;
  return { kind: 'address-type', side, type: 'LOCAL', outInterface: limited, negated };
}

export const established: Criterion = conntrackState('RELATED,ESTABLISHED');
export const invalidState: Criterion = conntrackState('INVALID');
