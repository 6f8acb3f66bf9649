/** Chains of table nat: floating IPs, NAT outgoing, tunnel sources. */

import { type Action, jump, returnAction } from '../rules/action.ts';
import {
  inSet,
  localAddress,
  type Match,
  network,
  outInterface,
  ports,
  protocolIs,
} from '../rules/match.ts';
import { type GeneratedChain, type GeneratedRule, rule, staticChain } from '../rules/rule.ts';
import { type ChainContext, setName } from './context.ts';

export function natPreroutingChain({ config, version }: ChainContext): GeneratedChain {
  const rules: GeneratedRule[] = [rule([], jump('cali-fip-dnat'))];
  if (version === 4 && config.openstack && config.metadataAddress !== undefined) {
    const match = [
      protocolIs('tcp'),
      ports('destination', 80),
      network('destination', '169.254.169.254/32'),
    ];
    rules.push(
      rule(match, { kind: 'dnat', address: config.metadataAddress, port: config.metadataPort }),
    );
  }
  return staticChain('cali-PREROUTING', 'nat prerouting', rules);
}

export function natOutputChain(): GeneratedChain {
  return staticChain('cali-OUTPUT', 'nat output', [rule([], jump('cali-fip-dnat'))]);
}

function tunnelInterfaces({ config, version }: ChainContext): readonly string[] {
  const v4: readonly (readonly [boolean, string])[] = [
    [config.ipip && config.ipipAddressKnown, 'tunl0'],
    [config.vxlan && config.vxlanAddressKnown, 'vxlan.calico'],
    [config.wireguard && config.wireguardInterface !== '', config.wireguardInterface],
  ];
  const v6: readonly (readonly [boolean, string])[] = [
    [config.vxlanV6 && config.vxlanV6AddressKnown, 'vxlan-v6.calico'],
    [config.wireguardV6 && config.wireguardV6Interface !== '', config.wireguardV6Interface],
  ];
  return (version === 4 ? v4 : v6).filter(([applies]) => applies).map(([, name]) => name);
}

function masquerade({ config }: ChainContext, portRange?: string): Action {
  const fullyRandom = config.masqueradeFullyRandom;
  return portRange === undefined
    ? { kind: 'masquerade', fullyRandom }
    : { kind: 'masquerade', ports: portRange, fullyRandom };
}

function sourceNat({ config }: ChainContext, address: string, portRange?: string): Action {
  const fullyRandom = config.snatFullyRandom;
  return portRange === undefined
    ? { kind: 'snat', address, fullyRandom }
    : { kind: 'snat', address, ports: portRange, fullyRandom };
}

export function natPostroutingChain(context: ChainContext): GeneratedChain {
  const tunnels = tunnelInterfaces(context).map((name) => {
    const wrongSource = [
      outInterface(name),
      localAddress('source', { negated: true, outInterface: true }),
      localAddress('source'),
    ];
    return rule(wrongSource, masquerade(context));
  });
  return staticChain('cali-POSTROUTING', 'nat postrouting', [
    rule([], jump('cali-fip-snat')),
    rule([], jump('cali-nat-outgoing')),
    ...tunnels,
  ]);
}

export function natChains(context: ChainContext): readonly GeneratedChain[] {
  return [natPreroutingChain(context), natPostroutingChain(context), natOutputChain()];
}

export const allPoolsSet = 'all-ipam-pools';
export const masqueradePoolsSet = 'masq-ipam-pools';

/** What leaves a pool with NAT outgoing for an address outside all pools. */
export function natOutgoingChain(context: ChainContext, active: boolean): GeneratedChain {
  const { config } = context;
  const matchOf = (protocol?: string): Match => [
    inSet('source', setName(context, masqueradePoolsSet)),
    inSet('destination', setName(context, allPoolsSet), true),
    ...(protocol === undefined ? [] : [protocolIs(protocol)]),
    ...(config.natOutgoingInterface === undefined
      ? []
      : [outInterface(config.natOutgoingInterface)]),
  ];
  const translate = (portRange?: string): Action =>
    config.natOutgoingAddress === undefined
      ? masquerade(context, portRange)
      : sourceNat(context, config.natOutgoingAddress, portRange);
  const limited = ['tcp', 'udp'].flatMap((protocol) => [
    rule(matchOf(protocol), translate(config.natPorts)),
    rule(matchOf(protocol), returnAction),
  ]);
  const rules = [...(config.natPorts === undefined ? [] : limited), rule(matchOf(), translate())];
  return staticChain('cali-nat-outgoing', 'NAT outgoing', active ? rules : []);
}

export type AddressMapping = ReadonlyMap<string, string>;

function sorted(mapping: AddressMapping): readonly (readonly [string, string])[] {
  return [...mapping].sort(([left], [right]) => (left < right ? -1 : left > right ? 1 : 0));
}

/** External address to internal address. */
export function floatingDnatChain(dnats: AddressMapping): GeneratedChain {
  const rules = sorted(dnats).map(([external, internal]) =>
    rule([network('destination', external)], { kind: 'dnat', address: internal }),
  );
  return staticChain('cali-fip-dnat', 'floating IPs', rules);
}

/** Internal address to external address, for a workload that reaches itself by its floating IP. */
export function floatingSnatChain(context: ChainContext, snats: AddressMapping): GeneratedChain {
  const rules = sorted(snats).map(([internal, external]) =>
    rule(
      [network('destination', internal), network('source', internal)],
      sourceNat(context, external),
    ),
  );
  return staticChain('cali-fip-snat', 'floating IPs, hairpin', rules);
}
