/** Ports that stay open whatever policy says: cali-failsafe-in and cali-failsafe-out. */

import type { FailsafePort } from '../config.ts';
import { accept } from '../rules/action.ts';
import { type Match, network, ports, protocolIs, type Side } from '../rules/match.ts';
import { type GeneratedChain, type GeneratedRule, rule, staticChain } from '../rules/rule.ts';
import type { ChainContext } from './context.ts';
import { networkVersion } from './rule-version.ts';

function failsafeRules(
  { version }: ChainContext,
  entries: readonly FailsafePort[],
  sides: { readonly port: Side; readonly network: Side },
): readonly GeneratedRule[] {
  return entries.flatMap((entry) => {
    if (entry.network !== undefined && networkVersion(entry.network) !== version) return [];
    const match: Match = [
      protocolIs(entry.protocol),
      ports(sides.port, entry.port),
      ...(entry.network === undefined ? [] : [network(sides.network, entry.network)]),
    ];
    return [rule(match, accept)];
  });
}

/** `replies`: conntrack is not at work in raw, so the other direction's answers are let through too. */
export function failsafeInChain(context: ChainContext, replies: boolean): GeneratedChain {
  const { failsafeInbound, failsafeOutbound } = context.config;
  return staticChain('cali-failsafe-in', 'inbound ports that policy cannot close', [
    ...failsafeRules(context, failsafeInbound, { port: 'destination', network: 'source' }),
    ...(replies
      ? failsafeRules(context, failsafeOutbound, { port: 'source', network: 'source' })
      : []),
  ]);
}

export function failsafeOutChain(context: ChainContext, replies: boolean): GeneratedChain {
  const { failsafeInbound, failsafeOutbound } = context.config;
  return staticChain('cali-failsafe-out', 'outbound ports that policy cannot close', [
    ...failsafeRules(context, failsafeOutbound, { port: 'destination', network: 'destination' }),
    ...(replies
      ? failsafeRules(context, failsafeInbound, { port: 'source', network: 'destination' })
      : []),
  ]);
}
