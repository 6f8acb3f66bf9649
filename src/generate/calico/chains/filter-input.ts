/** Static chains of table filter for packets to the host: cali-INPUT and cali-wl-to-host. */

import { denyWord } from '../config.ts';
import { allMarks } from '../marks.ts';
import {
  type Action,
  accept,
  clearMark,
  drop,
  goto,
  jump,
  reject,
  returnAction,
} from '../rules/action.ts';
import {
  type Criterion,
  inInterface,
  inSet,
  localAddress,
  markNonzero,
  markSet,
  network,
  ports,
  protocolIs,
} from '../rules/match.ts';
import { type GeneratedChain, type GeneratedRule, rule, staticChain } from '../rules/rule.ts';
import { type ChainContext, denyAction, filterAllow, setName } from './context.ts';
import { hostPolicyAccepted } from './mangle.ts';

export const allHostsSet = 'all-hosts-net';
export const vxlanHostsSet = 'all-vxlan-net';

function ipipInputRules(context: ChainContext): readonly GeneratedRule[] {
  const { config, version } = context;
  if (version !== 4 || !config.ipip) return [];
  const fromHosts = [
    protocolIs(4),
    inSet('source', setName(context, allHostsSet)),
    localAddress('destination'),
  ];
  const others = `${denyWord(config)} IPIP packets from non-Calico hosts`;
  return [
    rule(fromHosts, filterAllow(context), 'Allow IPIP packets from Calico hosts'),
    rule([protocolIs(4)], denyAction(context), others),
  ];
}

function vxlanInputRules(context: ChainContext): readonly GeneratedRule[] {
  const { config, version } = context;
  if (!(version === 4 ? config.vxlan : config.vxlanV6)) return [];
  const vxlan = [protocolIs(17), ports('destination', config.vxlanPort)];
  const toUs = localAddress('destination');
  const known: Criterion = inSet('source', setName(context, vxlanHostsSet));
  // The IPv4 rule drops whatever the deny action is.
  const [deny, word] = version === 4 ? [drop, 'Drop'] : [denyAction(context), denyWord(config)];
  const allowed = `Allow IPv${version} VXLAN packets from allowed hosts`;
  const others = `${word} IPv${version} VXLAN packets from non-allowed hosts`;
  return [
    rule([...vxlan, known, toUs], filterAllow(context), allowed),
    rule([...vxlan, toUs], deny, others),
  ];
}

function wireguardInputRules(context: ChainContext): readonly GeneratedRule[] {
  const { config, version } = context;
  if (!(version === 4 ? config.wireguard : config.wireguardV6)) return [];
  const port = version === 4 ? config.wireguardPort : config.wireguardV6Port;
  const match = [protocolIs(17), ports('destination', port), localAddress('destination')];
  const comment = `Allow incoming IPv${version} Wireguard packets`;
  return [rule(match, filterAllow(context), comment)];
}

function ipvsInputRules({ config }: ChainContext): readonly GeneratedRule[] {
  if (!config.ipvs) return [];
  const { endpoint } = config.marks;
  return [
    rule([], clearMark(endpoint)),
    rule([], jump('cali-forward-check')),
    rule([markNonzero(endpoint)], returnAction),
  ];
}

export function filterInputChain(context: ChainContext): GeneratedChain {
  const { config } = context;
  const accepted = [markSet(config.marks.accept)];
  const allow = filterAllow(context);
  return staticChain('cali-INPUT', 'packets to the host', [
    ...ipipInputRules(context),
    ...vxlanInputRules(context),
    ...wireguardInputRules(context),
    ...ipvsInputRules(context),
    ...config.workloadInterfacePrefixes.map((prefix) =>
      rule([inInterface(prefix, true)], goto('cali-wl-to-host')),
    ),
    rule(accepted, allow),
    rule([], clearMark(allMarks(config.marks))),
    rule([], jump('cali-from-host-endpoint')),
    rule(accepted, allow, hostPolicyAccepted),
  ]);
}

// Multicast listener query, report and done; router solicitation; neighbour solicitation and advertisement.
const icmpv6TypesToHost: readonly number[] = [130, 131, 132, 133, 135, 136];

function icmpv6Rules(context: ChainContext): readonly GeneratedRule[] {
  if (context.version !== 6) return [];
  return icmpv6TypesToHost.map((type) => {
    const icmp = { kind: 'icmp', version: 6, type, negated: false } as const;
    return rule([protocolIs(58), icmp], filterAllow(context));
  });
}

function openstackRules(context: ChainContext): readonly GeneratedRule[] {
  const { config, version } = context;
  if (!config.openstack) return [];
  const allow = filterAllow(context);
  const [client, server] = version === 4 ? [68, 67] : [546, 547];
  const rules: GeneratedRule[] = [];
  if (version === 4 && config.metadataAddress !== undefined) {
    const match = [
      protocolIs('tcp'),
      network('destination', config.metadataAddress),
      ports('destination', config.metadataPort),
    ];
    rules.push(rule(match, allow));
  }
  rules.push(
    rule([protocolIs('udp'), ports('source', client), ports('destination', server)], allow),
    rule([protocolIs('udp'), ports('destination', 53)], allow),
  );
  return rules;
}

const endpointToHost: Readonly<Record<'ACCEPT' | 'DROP' | 'REJECT' | 'RETURN', Action>> = {
  ACCEPT: accept,
  DROP: drop,
  REJECT: reject,
  RETURN: returnAction,
};

export function workloadToHostChain(context: ChainContext): GeneratedChain {
  const action = endpointToHost[context.config.endpointToHostAction];
  return staticChain('cali-wl-to-host', 'packets of workloads to the host', [
    ...icmpv6Rules(context),
    ...openstackRules(context),
    rule([], jump('cali-from-wl-dispatch')),
    rule([], action, 'Configured DefaultEndpointToHostAction'),
  ]);
}
