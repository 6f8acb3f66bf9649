/** Corpus calls that build chains and rules of the renderer. */

import type { ChainContext } from '../../../src/generate/calico/chains/context.ts';
import {
  endpointMarkDispatchChains,
  forwardDispatchChains,
  fromHostDispatchChains,
  toHostDispatchChains,
  workloadDispatchChains,
} from '../../../src/generate/calico/chains/dispatch.ts';
import type { EndpointTier } from '../../../src/generate/calico/chains/endpoint-recipe.ts';
import {
  hostFilterChains,
  hostMangleEgressChains,
  hostMangleIngressChains,
  hostRawChains,
  workloadChains,
} from '../../../src/generate/calico/chains/endpoints.ts';
import {
  blockedNetworksChain,
  filterChains,
  filterForwardChain,
  filterOutputChain,
} from '../../../src/generate/calico/chains/filter.ts';
import {
  filterInputChain,
  workloadToHostChain,
} from '../../../src/generate/calico/chains/filter-input.ts';
import {
  mangleChains,
  manglePostroutingChain,
} from '../../../src/generate/calico/chains/mangle.ts';
import {
  floatingDnatChain,
  floatingSnatChain,
  natChains,
  natOutgoingChain,
  natOutputChain,
  natPostroutingChain,
  natPreroutingChain,
} from '../../../src/generate/calico/chains/nat.ts';
import {
  type PolicyGroup,
  policyChains,
  policyGroupChain,
  profileChains,
  ruleListRules,
} from '../../../src/generate/calico/chains/policies.ts';
import { policyRuleRules } from '../../../src/generate/calico/chains/policy-rules.ts';
import {
  rawChains,
  rawOutputChain,
  reversePathSkipChain,
  wireguardIncomingMarkChain,
} from '../../../src/generate/calico/chains/raw.ts';
import { bpfRawChains } from '../../../src/generate/calico/chains/raw-bpf.ts';
import { zeroConfig } from '../../../src/generate/calico/config.ts';
import { configFromFields } from '../../../src/generate/calico/config-fields.ts';
import { readPolicy, readProfile, readQos } from '../../../src/generate/calico/felix-model.ts';
import { readRule, readRules } from '../../../src/generate/calico/felix-rule.ts';
import { parseMark } from '../../../src/generate/calico/hex.ts';
import type { EndpointMarks } from '../../../src/generate/calico/marks.ts';
import { isRecord, textOf, textsOf } from '../../../src/generate/calico/plain-data.ts';
import {
  iptablesAction,
  iptablesMatch,
} from '../../../src/generate/calico/render/iptables-text.ts';
import {
  layeredName,
  nftAction,
  nftMatch,
} from '../../../src/generate/calico/render/nftables-text.ts';
import { iptablesLines, nftLines } from '../../../src/generate/calico/render/rendered.ts';
import type { GeneratedChain, GeneratedRule } from '../../../src/generate/calico/rules/rule.ts';
import type { CalicoCase, Call, Fields } from './case.ts';

function contextOf({ config, dataplane, input }: CalicoCase): ChainContext {
  return {
    config: { ...configFromFields(zeroConfig, config), dataplane },
    version: Number(input.ip_version ?? 4) === 6 ? 6 : 4,
  };
}

const fieldsOf = (value: unknown): Fields => (isRecord(value) ? value : {});
const listOf = (value: unknown): readonly Fields[] =>
  Array.isArray(value) ? value.filter(isRecord) : [];

function readGroup(group: Fields): PolicyGroup {
  return {
    tier: textOf(group.tier),
    direction: group.direction === 'outbound' ? 'egress' : 'ingress',
    selector: textOf(group.selector),
    policies: textsOf(group.policies),
    chainName: textOf(group.chain_name),
  };
}

function readTiers(value: unknown): readonly EndpointTier[] {
  return listOf(value).map((tier) => ({
    name: textOf(tier.name),
    defaultAction: textOf(tier.default_action),
    ingress: listOf(tier.ingress).map(readGroup),
    egress: listOf(tier.egress).map(readGroup),
  }));
}

function readMarks(value: unknown): EndpointMarks {
  const { marks, mask } = fieldsOf(value);
  const entries = Object.entries(fieldsOf(marks)).map(
    ([name, mark]) => [name, parseMark(textOf(mark)) ?? 0] as const,
  );
  const special = entries.find(([name]) => name.startsWith('/'));
  return {
    mask: parseMark(textOf(mask)) ?? 0,
    nonCalico: special?.[1] ?? 0,
    byInterface: new Map(entries.filter((entry) => entry !== special)),
  };
}

function renderChain(calicoCase: CalicoCase, context: ChainContext, chain: GeneratedChain) {
  if (calicoCase.dataplane === 'iptables') {
    const rules = iptablesLines(chain.name, chain.rules).map(
      ({ text }) => `-A ${chain.name} ${text}`,
    );
    return { name: chain.name, rules };
  }
  const name = layeredName(chain.name, calicoCase.layer);
  const nft = { version: context.version, layer: calicoCase.layer };
  return { name, rules: nftLines(name, chain.rules, nft) };
}

/** A call whose answer is a list of chains. */
function chains(build: (context: ChainContext, input: Fields) => readonly GeneratedChain[]): Call {
  return (calicoCase) => {
    const context = contextOf(calicoCase);
    const built = build(context, calicoCase.input);
    return { chains: built.map((chain) => renderChain(calicoCase, context, chain)) };
  };
}

function renderRule({ dataplane, layer }: CalicoCase, context: ChainContext, rule: GeneratedRule) {
  const nft = { version: context.version, layer };
  const iptables = dataplane === 'iptables';
  const match = iptables ? iptablesMatch(rule.match) : nftMatch(rule.match, nft);
  const action =
    rule.action === undefined
      ? ''
      : iptables
        ? iptablesAction(rule.action)
        : nftAction(rule.action, nft);
  return { match, action, ...(rule.comments.length === 0 ? {} : { comment: rule.comments }) };
}

function rules(build: (context: ChainContext, input: Fields) => readonly GeneratedRule[]): Call {
  return (calicoCase) => {
    const context = contextOf(calicoCase);
    const built = build(context, calicoCase.input);
    return { rules: built.map((rule) => renderRule(calicoCase, context, rule)) };
  };
}

const ownerOf = (input: Fields) => ({
  kind: input.owner === 'Profile' ? ('profile' as const) : ('policy' as const),
  name: textOf(input.name),
  direction: input.dir === 'Egress' ? ('egress' as const) : ('ingress' as const),
  untracked: input.untracked === true,
});

const nameOf = (input: Fields): string => textOf(input.interface);

function hostDispatch(input: Fields) {
  const fallback = textOf(input.default_interface);
  const names = textsOf(input.interfaces);
  return fallback === '' ? { names } : { names, fallback };
}

const mappingOf = (value: unknown): ReadonlyMap<string, string> =>
  new Map(Object.entries(fieldsOf(value)).map(([from, to]) => [from, textOf(to)]));

const isAsked = (input: Fields, name: RegExp): boolean =>
  Object.entries(input).some(([key, value]) => name.test(key) && value === true);

export const chainCalls: Readonly<Record<string, Call>> = {
  ProtoRuleToIptablesRules: rules((context, input) =>
    policyRuleRules(context, readRule(fieldsOf(input.rule)), ownerOf(input), Number(input.index)),
  ),
  ProtoRulesToIptablesRules: rules((context, input) =>
    ruleListRules(context, readRules(input.rules), ownerOf(input)),
  ),
  PolicyToIptablesChains: chains((context, input) =>
    policyChains(
      context,
      readPolicy({ ...fieldsOf(input.policy), tier: input.tier, name: input.name }),
    ),
  ),
  ProfileToIptablesChains: chains((context, input) =>
    profileChains(context, readProfile({ ...fieldsOf(input.profile), name: input.name })),
  ),
  PolicyGroupToIptablesChains: chains((context, input) => [
    policyGroupChain(context, readGroup(fieldsOf(input.group))),
  ]),
  WorkloadEndpointToIptablesChains: chains((context, input) => {
    const qos = readQos(input.qos);
    return workloadChains(
      context,
      {
        interface: nameOf(input),
        adminUp: input.admin_up !== false,
        tiers: readTiers(input.tiers),
        profiles: textsOf(input.profiles),
        ...(qos === undefined ? {} : { qos }),
      },
      readMarks(input.endpoint_marks),
    );
  }),
  HostEndpointToFilterChains: chains((context, input) =>
    hostFilterChains(
      context,
      {
        interface: nameOf(input),
        profiles: textsOf(input.profiles),
        tiers: readTiers(input.tiers),
        forwardTiers: readTiers(input.forward_tiers),
      },
      readMarks(input.endpoint_marks),
    ),
  ),
  HostEndpointToMangleEgressChains: chains((context, input) =>
    hostMangleEgressChains(context, {
      interface: nameOf(input),
      profiles: textsOf(input.profiles),
      tiers: readTiers(input.tiers),
    }),
  ),
  HostEndpointToMangleIngressChains: chains((context, input) =>
    hostMangleIngressChains(context, nameOf(input), readTiers(input.pre_dnat_tiers)),
  ),
  HostEndpointToRawChains: chains((context, input) =>
    hostRawChains(context, nameOf(input), readTiers(input.untracked_tiers)),
  ),
  WorkloadDispatchChains: chains((context, input) =>
    workloadDispatchChains(context, textsOf(input.interfaces)),
  ),
  HostDispatchChains: chains((context, input) => {
    const host = hostDispatch(input);
    return [
      ...fromHostDispatchChains(context, host),
      ...toHostDispatchChains(context, host, false),
      ...(input.apply_on_forward === true ? forwardDispatchChains(context, host) : []),
    ];
  }),
  FromHostDispatchChains: chains((context, input) =>
    fromHostDispatchChains(context, hostDispatch(input)),
  ),
  ToHostDispatchChains: chains((context, input) =>
    toHostDispatchChains(context, hostDispatch(input), true),
  ),
  EndpointMarkDispatchChains: chains((context, input) =>
    endpointMarkDispatchChains(context, {
      workloads: textsOf(input.workload_interfaces),
      hosts: textsOf(input.host_interfaces),
      marks: readMarks(input.endpoint_marks),
    }),
  ),
  StaticFilterTableChains: chains(filterChains),
  StaticFilterForwardChains: chains((context) => [filterForwardChain(context)]),
  StaticFilterInputChains: chains((context) => [
    filterInputChain(context),
    workloadToHostChain(context),
  ]),
  StaticFilterOutputChains: chains((context) => [filterOutputChain(context)]),
  StaticMangleTableChains: chains(mangleChains),
  StaticManglePostroutingChain: chains((context) => [manglePostroutingChain(context)]),
  StaticNATTableChains: chains(natChains),
  StaticNATPreroutingChains: chains((context) => [natPreroutingChain(context)]),
  StaticNATPostroutingChains: chains((context) => [natPostroutingChain(context)]),
  StaticNATOutputChains: chains(() => [natOutputChain()]),
  NATOutgoingChain: chains((context, input) => [natOutgoingChain(context, input.active === true)]),
  DNATsToIptablesChains: chains((_context, input) => [floatingDnatChain(mappingOf(input.dnats))]),
  SNATsToIptablesChains: chains((context, input) => [
    floatingSnatChain(context, mappingOf(input.snats)),
  ]),
  BlockedCIDRsToIptablesChains: chains((context, input) => [
    blockedNetworksChain(context, textsOf(input.cidrs ?? input.blocked_cidrs)),
  ]),
  MakeRPFilterSkipChain: chains((context) => [reversePathSkipChain(context, [])]),
  WireguardIncomingMarkChain: chains((context) => [wireguardIncomingMarkChain(context)]),
  StaticRawTableChains: chains(rawChains),
  StaticRawOutputChain: chains((context, input) => [
    rawOutputChain(context, parseMark(textOf(input.tc_bypass_mark)) ?? 0),
  ]),
  StaticBPFModeRawChains: chains((context, input) =>
    bpfRawChains(context, {
      wireguardHostEncryption: isAsked(input, /encrypt/),
      bypassHostConntrack: isAsked(input, /conntrack/),
    }),
  ),
};
