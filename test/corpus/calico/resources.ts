/** Corpus calls about API objects: policies and rules on their way to Felix. */

import { policyChains } from '../../../src/generate/calico/chains/policies.ts';
import { defaultConfig } from '../../../src/generate/calico/config.ts';
import { writeRule } from '../../../src/generate/calico/felix-rule.ts';
import { type Dataplane, ipSetName } from '../../../src/generate/calico/names.ts';
import { isRecord, textOf, textsOf } from '../../../src/generate/calico/plain-data.ts';
import { layeredName } from '../../../src/generate/calico/render/nftables-text.ts';
import { iptablesLines, nftLines } from '../../../src/generate/calico/render/rendered.ts';
import {
  type BackendRule,
  type BackendSide,
  backendRule,
} from '../../../src/generate/calico/resources/backend-rule.ts';
import {
  felixRule,
  type IpSetDefinition,
} from '../../../src/generate/calico/resources/felix-rules.ts';
import {
  fromKubernetesPolicy,
  simplifyPorts,
} from '../../../src/generate/calico/resources/kubernetes-policy.ts';
import {
  type ConvertedPolicy,
  convertPolicy,
} from '../../../src/generate/calico/resources/policy-conversion.ts';
import {
  type CalicoPolicy,
  type CalicoPort,
  type CalicoRule,
  calicoPolicy,
  calicoRule,
  type EntityRule,
} from '../../../src/generate/calico/resources/policy-objects.ts';
import type { Check } from '../../../src/generate/kubernetes/check.ts';
import { networkPolicyKind } from '../../../src/generate/kubernetes/network-policy.ts';
import type { Call, Fields } from './case.ts';

function checked<Value>(check: Check<Value>, value: unknown): Value {
  const problems: Parameters<typeof check>[1] = [];
  if (check(value, problems)) return value;
  throw new Error(`unexpected input: ${JSON.stringify(problems)}`);
}

const fieldsOf = (value: unknown): Fields => (isRecord(value) ? value : {});

/** Leaves out what is empty, as Go's `omitempty`. */
function filled(fields: Fields): Fields {
  const empty = (value: unknown): boolean =>
    value === undefined ||
    value === null ||
    value === '' ||
    (Array.isArray(value) && value.length === 0) ||
    (isRecord(value) && Object.keys(value).length === 0);
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => !empty(value)));
}

function sideFields(side: BackendSide, entity: EntityRule, name: 'src' | 'dst'): Fields {
  return {
    [`${name}_nets`]: side.networks,
    [`${name}_selector`]: side.selector,
    [`${name}_ports`]: side.ports,
    [`${name}_service`]: side.service?.name,
    [`${name}_service_ns`]: side.service?.namespace,
    [`!${name}_nets`]: side.notNetworks,
    [`!${name}_selector`]: side.notSelector,
    [`!${name}_ports`]: side.notPorts,
    [`orig_${name}_selector`]: entity.selector,
    [`orig_${name}_namespace_selector`]: entity.namespaceSelector,
    [`!orig_${name}_selector`]: entity.notSelector,
    [`orig_${name}_service_acct_names`]: entity.serviceAccounts?.names,
    [`orig_${name}_service_acct_selector`]: entity.serviceAccounts?.selector,
  };
}

/** A backend rule under the names of Calico's own data model. */
function backendFields(rule: BackendRule, from: CalicoRule): Fields {
  return filled({
    action: rule.action,
    ip_version: rule.version,
    protocol: rule.protocol,
    '!protocol': rule.notProtocol,
    icmp_type: rule.icmp?.type,
    icmp_code: rule.icmp?.code,
    '!icmp_type': rule.notIcmp?.type,
    '!icmp_code': rule.notIcmp?.code,
    ...sideFields(rule.source, from.source ?? {}, 'src'),
    ...sideFields(rule.destination, from.destination ?? {}, 'dst'),
    http: from.http,
    metadata: filled({ annotations: rule.annotations }),
  });
}

const v3ToBackend: Call = ({ input }) => {
  const rule = checked(calicoRule, input.rule);
  return { rule: backendFields(backendRule(rule, textOf(input.namespace)), rule) };
};

function portList(value: unknown): readonly CalicoPort[] {
  if (!Array.isArray(value)) return [];
  return value.filter((port): port is CalicoPort => ['string', 'number'].includes(typeof port));
}

function readSide(rule: Fields, name: 'src' | 'dst'): BackendSide {
  const one = (key: string): readonly string[] =>
    rule[key] === undefined ? [] : [textOf(rule[key])];
  const service = textOf(rule[`${name}_service`]);
  return {
    networks: [...one(`${name}_net`), ...textsOf(rule[`${name}_nets`])],
    selector: textOf(rule[`${name}_selector`]),
    ports: portList(rule[`${name}_ports`]),
    notNetworks: [...one(`!${name}_net`), ...textsOf(rule[`!${name}_nets`])],
    notSelector: textOf(rule[`!${name}_selector`]),
    notPorts: portList(rule[`!${name}_ports`]),
    ...(service === ''
      ? {}
      : { service: { name: service, namespace: textOf(rule[`${name}_service_ns`]) } }),
  };
}

function readIcmp(rule: Fields, negation: '' | '!') {
  const type = rule[`${negation}icmp_type`];
  const code = rule[`${negation}icmp_code`];
  if (type === undefined && code === undefined) return undefined;
  return {
    ...(type === undefined ? {} : { type: Number(type) }),
    ...(code === undefined ? {} : { code: Number(code) }),
  };
}

function readProtocol(value: unknown): string | number | undefined {
  return typeof value === 'string' || typeof value === 'number' ? value : undefined;
}

function readBackendRule(rule: Fields): BackendRule {
  const protocol = readProtocol(rule.protocol);
  const notProtocol = readProtocol(rule['!protocol']);
  const icmp = readIcmp(rule, '');
  const notIcmp = readIcmp(rule, '!');
  const annotations = fieldsOf(fieldsOf(rule.metadata).annotations);
  return {
    action: textOf(rule.action),
    ...(rule.ip_version === undefined ? {} : { version: Number(rule.ip_version) }),
    ...(protocol === undefined ? {} : { protocol }),
    ...(notProtocol === undefined ? {} : { notProtocol }),
    ...(icmp === undefined ? {} : { icmp }),
    ...(notIcmp === undefined ? {} : { notIcmp }),
    source: readSide(rule, 'src'),
    destination: readSide(rule, 'dst'),
    annotations: Object.fromEntries(
      Object.entries(annotations).map(([key, value]) => [key, textOf(value)]),
    ),
  };
}

function setFields({ id, content }: IpSetDefinition): Fields {
  switch (content.kind) {
    case 'selector':
      return { id, selector: content.text, type: 'NET' };
    case 'named-port':
      return {
        id,
        selector: content.text,
        type: 'IP_AND_PORT',
        named_port: content.port,
        named_port_protocol: content.protocol,
      };
    case 'service':
      return {
        id,
        service: `${content.namespace}/${content.name}`,
        include_ports: content.withPorts,
        type: content.withPorts ? 'IP_AND_PORT' : 'NET',
      };
  }
}

const backendToFelix: Call = ({ input }) => {
  const rule = readBackendRule(fieldsOf(input.rule));
  const converted = felixRule(rule, { where: 'rule', diagnostics: [] });
  return { rule: writeRule(converted.rule), ipsets: converted.sets.map(setFields) };
};

function rendered(converted: ConvertedPolicy, dataplane: Dataplane, version: 4 | 6): Fields {
  const config = { ...defaultConfig, dataplane, flowLogs: true };
  const nft = { version, layer: 'filter' };
  const chains = policyChains({ config, version }, converted.policy);
  return Object.fromEntries(
    chains.map(({ name, rules }) => {
      if (dataplane === 'iptables') {
        return [name, iptablesLines(name, rules).map(({ text }) => `-A ${name} ${text}`)];
      }
      const layered = layeredName(name, nft.layer);
      return [layered, nftLines(layered, rules, nft)];
    }),
  );
}

function policyFields(policy: CalicoPolicy, staged = false): Fields {
  const { value } = convertPolicy(policy, { staged });
  const { tier, name, selector, rules } = value.policy;
  return {
    policy_key: { name, tier },
    selector,
    types: value.types?.map((type) => type.toLowerCase()) ?? null,
    inbound: rules.ingress.map(writeRule),
    outbound: rules.egress.map(writeRule),
    ipsets: value.sets.map((set) => ({ ...setFields(set), name_v4: ipSetName(set.id, 4) })),
    iptables_v4: rendered(value, 'iptables', 4),
    iptables_v6: rendered(value, 'iptables', 6),
    nftables_v4_filter_layer: rendered(value, 'nftables', 4),
  };
}

const kubernetesPolicy: Call = ({ input }) => {
  const policy = fromKubernetesPolicy(checked(networkPolicyKind.check, input.network_policy));
  return {
    calico_v3_name: policy.metadata.name,
    calico_v3_spec: policy.spec,
    ...policyFields(policy),
  };
};

export const resourceCalls: Readonly<Record<string, Call>> = {
  'v3-rule-to-backend-rule': v3ToBackend,
  'backend-rule-to-felix-rule': backendToFelix,
  'simplify-ports': ({ input }) => {
    const ports = portList(input.ports);
    return { ports: ports.length === 0 ? null : simplifyPorts(ports) };
  },
  'k8s-networkpolicy': kubernetesPolicy,
  'calico-policy': ({ input }) =>
    input.kind === 'StagedKubernetesNetworkPolicy'
      ? policyFields(fromKubernetesPolicy(checked(networkPolicyKind.check, input.policy)), true)
      : policyFields(checked(calicoPolicy, input.policy), textOf(input.kind).startsWith('Staged')),
};
