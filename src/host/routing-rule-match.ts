/** Does a policy rule select this flow? Mirrors fib_rule_match(), fib4_rule_match() and fib6_rule_match(). */

import { prefixContains } from '../base/address.ts';
import type { PreparedHost } from './prepared-host.ts';
import type { NumberRange, RoutingRule } from './route.ts';
import type { RouteQuery } from './route-lookup.ts';

/** IPv4 compares only the old TOS bits of the DSCP (INET_DSCP_LEGACY_TOS_MASK). */
export const legacyTosMask = 0x1c;

export function ruleMatches(prepared: PreparedHost, rule: RoutingRule, query: RouteQuery): boolean {
  return selectorMatches(prepared, rule, query) !== rule.not;
}

function selectorMatches(prepared: PreparedHost, rule: RoutingRule, query: RouteQuery): boolean {
  if (rule.inputInterface !== undefined && rule.inputInterface !== (query.inputInterface ?? 'lo'))
    return false;
  if (rule.outputInterface !== undefined && rule.outputInterface !== query.outputInterface)
    return false;
  if (
    rule.fwmark !== undefined &&
    (((query.mark ?? 0) ^ rule.fwmark.mark) & rule.fwmark.mask) !== 0
  )
    return false;
  if (rule.l3mdev === true && vrfTable(prepared, query) === undefined) return false;
  if (rule.tunnelId !== undefined && rule.tunnelId !== 0n) return false;
  if (rule.userIds !== undefined && !inRange(rule.userIds, query.userId)) return false;
  return addressesMatch(rule, query) && transportMatches(rule, query);
}

function addressesMatch(rule: RoutingRule, query: RouteQuery): boolean {
  const source = query.source ?? new Uint8Array(query.destination.length);
  if (rule.from !== undefined && !prefixContains(rule.from, source)) return false;
  return rule.to === undefined || prefixContains(rule.to, query.destination);
}

function transportMatches(rule: RoutingRule, query: RouteQuery): boolean {
  if (rule.tos !== undefined && rule.tos !== 0) {
    const tos = query.tos ?? 0;
    if (rule.tos !== (rule.family === 4 ? tos & legacyTosMask : tos & 0xfc)) return false;
  }
  if (rule.ipProtocol !== undefined && rule.ipProtocol !== query.ipProtocol) return false;
  if (rule.sourcePorts !== undefined && !inRange(rule.sourcePorts, query.sourcePort)) return false;
  return (
    rule.destinationPorts === undefined || inRange(rule.destinationPorts, query.destinationPort)
  );
}

function inRange(range: NumberRange, value: number | undefined): boolean {
  return value !== undefined && value >= range.from && value <= range.to;
}

/** The table of the VRF that the flow's input or output device belongs to (l3mdev_fib_rule_match()). */
export function vrfTable(prepared: PreparedHost, query: RouteQuery): string | undefined {
  return tableOfVrf(prepared, query.outputInterface) ?? tableOfVrf(prepared, query.inputInterface);
}

function tableOfVrf(prepared: PreparedHost, name: string | undefined): string | undefined {
  const device = name === undefined ? undefined : prepared.interfacesByName.get(name);
  const master =
    device?.kind === 'vrf' ? device : prepared.interfacesByName.get(device?.master ?? '');
  return master?.kind === 'vrf' ? master.details.table : undefined;
}
