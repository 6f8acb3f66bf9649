/** Static chains of table filter: FORWARD, OUTPUT, service loop prevention, IPVS. */

import { allMarks } from '../marks.ts';
import { clearMark, drop, goto, jump, reject, returnAction, setMark } from '../rules/action.ts';
import {
  established,
  inInterface,
  inSet,
  localAddress,
  markClear,
  markNonzero,
  markSet,
  network,
  outInterface,
  portRanges,
  ports,
  protocolIs,
} from '../rules/match.ts';
import { type GeneratedChain, type GeneratedRule, rule, staticChain } from '../rules/rule.ts';
import { type ChainContext, filterAllow, setName } from './context.ts';
import { failsafeInChain, failsafeOutChain } from './failsafe.ts';
import {
  allHostsSet,
  filterInputChain,
  vxlanHostsSet,
  workloadToHostChain,
} from './filter-input.ts';
import { hostPolicyAccepted } from './mangle.ts';
import { splitPorts } from './port-slots.ts';
import { networkVersion } from './rule-version.ts';

export function filterForwardChain({ config }: ChainContext): GeneratedChain {
  const { marks } = config;
  return staticChain('cali-FORWARD', 'forwarded packets', [
    rule([], clearMark((allMarks(marks) & ~marks.accept) >>> 0)),
    rule([markClear(marks.accept)], jump('cali-from-hep-forward')),
    ...config.workloadInterfacePrefixes.flatMap((prefix) => [
      rule([inInterface(prefix, true)], jump('cali-from-wl-dispatch')),
      rule([outInterface(prefix, true)], jump('cali-to-wl-dispatch')),
    ]),
    rule([], jump('cali-to-hep-forward')),
    rule([], jump('cali-cidr-block')),
  ]);
}

function tunnelOutputRules(context: ChainContext): readonly GeneratedRule[] {
  const { config, version } = context;
  const rules: GeneratedRule[] = [];
  if (version === 4 && config.ipip) {
    const match = [
      protocolIs(4),
      inSet('destination', setName(context, allHostsSet)),
      localAddress('source'),
    ];
    const comment = 'Allow IPIP packets to other Calico hosts';
    rules.push(rule(match, filterAllow(context), comment));
  }
  if (version === 4 ? config.vxlan : config.vxlanV6) {
    const match = [
      protocolIs(17),
      ports('destination', config.vxlanPort),
      localAddress('source'),
      inSet('destination', setName(context, vxlanHostsSet)),
    ];
    const comment = `Allow IPv${version} VXLAN packets to other allowed hosts`;
    rules.push(rule(match, filterAllow(context), comment));
  }
  if (version === 4 ? config.wireguard : config.wireguardV6) {
    const port = version === 4 ? config.wireguardPort : config.wireguardV6Port;
    const match = [protocolIs(17), ports('destination', port), localAddress('source')];
    const comment = `Allow outgoing IPv${version} Wireguard packets`;
    rules.push(rule(match, filterAllow(context), comment));
  }
  return rules;
}

export function filterOutputChain(context: ChainContext): GeneratedChain {
  const { config } = context;
  const { marks } = config;
  const allow = filterAllow(context);
  return staticChain('cali-OUTPUT', 'packets of the host', [
    rule([markSet(marks.accept)], allow),
    ...(config.ipvs
      ? [rule([markNonzero(marks.endpoint)], goto('cali-forward-endpoint-mark'))]
      : []),
    ...config.workloadInterfacePrefixes.map((prefix) =>
      rule([outInterface(prefix, true)], returnAction),
    ),
    ...tunnelOutputRules(context),
    rule([], clearMark(allMarks(marks))),
    rule([{ kind: 'conntrack-dnat', negated: true }], jump('cali-to-host-endpoint')),
    rule([markSet(marks.accept)], allow, hostPolicyAccepted),
  ]);
}

/** IPVS: marks packets that are going to be forwarded, and only those. */
function forwardCheckChain(context: ChainContext): GeneratedChain {
  const thisHost = setName(context, 'this-host');
  const nodePorts = splitPorts(context.config.nodePorts).flatMap((part) =>
    ['tcp', 'udp'].map((protocol) =>
      rule(
        [protocolIs(protocol), portRanges('destination', part), inSet('destination', thisHost)],
        goto('cali-set-endpoint-mark'),
        'To kubernetes NodePort service',
      ),
    ),
  );
  return staticChain('cali-forward-check', 'IPVS: will this packet be forwarded?', [
    rule([established], returnAction),
    ...nodePorts,
    rule(
      [inSet('destination', thisHost, true)],
      jump('cali-set-endpoint-mark'),
      'To kubernetes service',
    ),
  ]);
}

/** IPVS: forwarded packets pass OUTPUT instead of FORWARD; the mark says where they came from. */
function forwardEndpointMarkChain(context: ChainContext): GeneratedChain {
  const { config } = context;
  const { marks } = config;
  const isEndpoint = {
    kind: 'mark-equals',
    value: marks.nonCalicoEndpoint,
    mask: marks.endpoint,
    negated: true,
  } as const;
  return staticChain('cali-forward-endpoint-mark', 'IPVS: forwarded packets', [
    rule([isEndpoint], jump('cali-from-endpoint-mark')),
    ...config.workloadInterfacePrefixes.map((prefix) =>
      rule([outInterface(prefix, true)], jump('cali-to-wl-dispatch')),
    ),
    rule([], jump('cali-to-hep-forward')),
    rule([], clearMark(marks.endpoint)),
    rule([markSet(marks.accept)], filterAllow(context), explicitlyAccepted),
  ]);
}

export const explicitlyAccepted = 'Policy explicitly accepted packet.';

/** What stands after everyone's rules in FORWARD: policy's accept is final, the rest is marked. */
export function forwardAppendedRules(context: ChainContext): readonly GeneratedRule[] {
  const { accept: accepted } = context.config.marks;
  return [
    rule([markSet(accepted)], filterAllow(context), explicitlyAccepted),
    rule([], setMark(accepted)),
  ];
}

/** Service addresses that no one answers for must not bounce between node and router. */
export function blockedNetworksChain(
  { config, version }: ChainContext,
  networks: readonly string[],
): GeneratedChain {
  const action = config.serviceLoopPrevention === 'Reject' ? reject : drop;
  const blocked = config.serviceLoopPrevention === 'Disabled' ? [] : networks;
  const rules = [...new Set(blocked)]
    .filter((text) => networkVersion(text) === version)
    .sort()
    .map((text) => rule([network('destination', text)], action));
  return staticChain('cali-cidr-block', 'service loop prevention', rules);
}

export function filterChains(context: ChainContext): readonly GeneratedChain[] {
  const { ipvs } = context.config;
  return [
    filterForwardChain(context),
    filterInputChain(context),
    workloadToHostChain(context),
    failsafeInChain(context, false),
    ...(ipvs ? [forwardCheckChain(context)] : []),
    filterOutputChain(context),
    failsafeOutChain(context, false),
    ...(ipvs ? [forwardEndpointMarkChain(context)] : []),
  ];
}
