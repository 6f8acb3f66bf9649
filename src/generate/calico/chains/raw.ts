/** Static chains of table raw. */

import { allMarks } from '../marks.ts';
import {
  accept,
  clearMark,
  jump,
  notrack,
  returnAction,
  setMark,
  writeMark,
} from '../rules/action.ts';
import { inInterface, markClear, markSet, network, ports, protocolIs } from '../rules/match.ts';
import { type GeneratedChain, type GeneratedRule, rule, staticChain } from '../rules/rule.ts';
import { type ChainContext, denyAction } from './context.ts';
import { failsafeInChain, failsafeOutChain } from './failsafe.ts';

function wireguardMarks({ config }: ChainContext): boolean {
  const named =
    (config.wireguard && config.wireguardInterface !== '') ||
    (config.wireguardV6 && config.wireguardV6Interface !== '');
  return named && config.wireguardHostEncryption;
}

// VXLAN uses other source ports in each direction, so its packets would never be seen as replies.
function vxlanNotrackRules({ config, version }: ChainContext): readonly GeneratedRule[] {
  const enabled = version === 4 ? config.vxlan : config.vxlanV6;
  if (!enabled) return [];
  const port = { kind: 'port', side: 'destination', port: config.vxlanPort } as const;
  return [rule([protocolIs('udp'), port], notrack)];
}

function reversePathRules(context: ChainContext): readonly GeneratedRule[] {
  const { config, version } = context;
  const dhcp = [
    protocolIs('udp'),
    network('source', '0.0.0.0'),
    ports('source', 68),
    ports('destination', 67),
  ];
  const failed = { kind: 'reverse-path', passed: false, acceptLocal: false } as const;
  return [
    ...(config.openstack && version === 4 ? [rule(dhcp, accept)] : []),
    rule([markSet(config.marks.scratch0), failed], denyAction(context)),
  ];
}

function preroutingChain(context: ChainContext): GeneratedChain {
  const { config } = context;
  const { marks } = config;
  const fromWorkload = marks.scratch0;
  return staticChain('cali-PREROUTING', 'raw prerouting', [
    rule([], clearMark(allMarks(marks))),
    ...(wireguardMarks(context) ? [rule([], jump('cali-wireguard-incoming-mark'))] : []),
    ...vxlanNotrackRules(context),
    ...config.workloadInterfacePrefixes.map((prefix) =>
      rule([inInterface(prefix, true)], setMark(fromWorkload)),
    ),
    rule([markSet(fromWorkload)], jump('cali-rpf-skip')),
    ...reversePathRules(context),
    rule([markClear(fromWorkload)], jump('cali-from-host-endpoint')),
    rule([markSet(marks.accept)], accept),
  ]);
}

/** `bypassMark` is what eBPF mode puts on accepted packets; 0 otherwise. */
export function rawOutputChain(context: ChainContext, bypassMark = 0): GeneratedChain {
  const { marks } = context.config;
  const accepted = [markSet(marks.accept)];
  const bypassed = {
    kind: 'mark-equals',
    value: bypassMark,
    mask: 0xffffffff,
    negated: false,
  } as const;
  return staticChain('cali-OUTPUT', 'raw output', [
    rule([], clearMark(allMarks(marks))),
    rule([], jump('cali-to-host-endpoint')),
    ...vxlanNotrackRules(context),
    ...(bypassMark === 0
      ? [rule(accepted, accept)]
      : [rule(accepted, writeMark(bypassMark, 0xffffffff)), rule([bypassed], accept)]),
  ]);
}

export function wireguardIncomingMarkChain({ config }: ChainContext): GeneratedChain {
  const own = ['lo', config.wireguardInterface, config.wireguardV6Interface];
  return staticChain('cali-wireguard-incoming-mark', 'marks what did not come by WireGuard', [
    ...own.map((name) => rule([inInterface(name)], returnAction)),
    ...config.workloadInterfacePrefixes.map((prefix) =>
      rule([inInterface(prefix, true)], returnAction),
    ),
    rule([], setMark(config.marks.wireguard)),
  ]);
}

/** Workloads that may send from addresses that are not theirs. */
export interface SpoofingWorkload {
  readonly interface: string;
  readonly prefixes: readonly string[];
}

/**
 * Felix 3.30 emits one rule per prefix without looking at the IP version, so a prefix of the other
 * version does not load.
 */
export function reversePathSkipChain(
  { version }: ChainContext,
  workloads: readonly SpoofingWorkload[],
): GeneratedChain {
  const rules = workloads.flatMap((workload) =>
    workload.prefixes.map((prefix) =>
      rule([inInterface(workload.interface), network('source', prefix)], accept),
    ),
  );
  const purpose = `workloads exempt from the reverse path check (IPv${version})`;
  return staticChain('cali-rpf-skip', purpose, rules);
}

export function rawChains(context: ChainContext): readonly GeneratedChain[] {
  return [
    failsafeInChain(context, true),
    failsafeOutChain(context, true),
    preroutingChain(context),
    wireguardIncomingMarkChain(context),
    rawOutputChain(context),
  ];
}
