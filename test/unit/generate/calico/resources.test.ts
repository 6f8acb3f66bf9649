/** From API objects to policies, endpoints, sets and settings. */

import { describe, expect, it } from 'vitest';
import { generateCalico } from '../../../../src/generate/calico/generate-calico.ts';
import { readCalicoInput } from '../../../../src/generate/calico/read-input.ts';
import { backendRule } from '../../../../src/generate/calico/resources/backend-rule.ts';
import { entitySelector } from '../../../../src/generate/calico/resources/entity-selector.ts';
import { felixRule } from '../../../../src/generate/calico/resources/felix-rules.ts';
import { simplifyPorts } from '../../../../src/generate/calico/resources/kubernetes-policy.ts';
import { convertPolicy } from '../../../../src/generate/calico/resources/policy-conversion.ts';

function generated(yaml: string, node?: string) {
  const input = readCalicoInput([{ name: 'objects.yaml', text: yaml }]);
  const options = node === undefined ? {} : { node };
  const { value, diagnostics } = generateCalico(input.value, options);
  return { ...value, diagnostics: [...input.diagnostics, ...diagnostics] };
}

const pod = (name: string, labels: string, ip: string, node = 'n1') => `
apiVersion: v1
kind: Pod
metadata: { name: ${name}, namespace: a, labels: ${labels} }
spec:
  nodeName: ${node}
  containers: [{ name: c, ports: [{ name: http, containerPort: 8080 }] }]
status: { phase: Running, podIP: ${ip} }
---`;

const policy = (name: string, spec: string, kind = 'NetworkPolicy') => `
apiVersion: projectcalico.org/v3
kind: ${kind}
metadata: { name: ${name}${kind.includes('Global') ? '' : ', namespace: a'} }
spec: ${spec}
---`;

describe('entitySelector', () => {
  it.each([
    [{}, 'ns', ''],
    [{ selector: "a == 'b'" }, '', "a == 'b'"],
    [{ selector: "a == 'b'" }, 'ns', "(projectcalico.org/namespace == 'ns') && (a == 'b')"],
    [{ notSelector: 'has(a)' }, 'ns', "projectcalico.org/namespace == 'ns'"],
    [{ namespaceSelector: 'all()' }, 'ns', 'has(projectcalico.org/namespace)'],
    [
      { namespaceSelector: 'global()', selector: 'has(a)' },
      'ns',
      '(!has(projectcalico.org/namespace)) && (has(a))',
    ],
    [
      { serviceAccounts: { names: ['b', 'a'], selector: "k == 'v'" } },
      '',
      '(pcsa.k == "v") && (projectcalico.org/serviceaccount in {"a", "b"})',
    ],
  ])('%j in %s', (entity, namespace, text) => {
    expect(entitySelector(entity, namespace)).toBe(text);
  });
});

describe('felixRule', () => {
  const convert = (rule: Parameters<typeof backendRule>[0]) =>
    felixRule(backendRule(rule, ''), { where: 'rule', diagnostics: [] });

  it('leaves the selector out where named ports say it', () => {
    const { rule, sets } = convert({
      action: 'Allow',
      protocol: 'UDP',
      destination: { selector: "app == 'dns'", ports: ['dns'] },
    });
    expect(rule.match.destination.sets).toEqual([]);
    expect(sets.map(({ content }) => content.kind)).toEqual(['named-port']);
  });

  it('implies the version of icmp', () => {
    expect(convert({ action: 'Deny', protocol: 'ICMPv6' }).rule.version).toBe(6);
    expect(
      convert({ action: 'Deny', protocol: 'ICMP', icmp: { type: 8 } }).rule.match.icmp,
    ).toEqual({ type: 8 });
  });

  it('matches services with and without ports', () => {
    const services = { name: 'dns', namespace: 'kube-system' };
    const { rule } = convert({ action: 'Allow', source: { services }, destination: { services } });
    expect(rule.match.source.sets[0]).toMatch(/^svcnoport:/);
    expect(rule.match.destination.portSets[0]).toMatch(/^svc:/);
  });
});

describe('convertPolicy', () => {
  it('reports a selector that is none, at its place', () => {
    const { diagnostics } = convertPolicy({
      metadata: { name: 'default.p', namespace: 'a' },
      spec: { selector: 'all()', ingress: [{ action: 'Allow', source: { selector: 'a = b' } }] },
    });
    expect(diagnostics.map(({ code, span }) => [code, span.source.name])).toEqual([
      ['selector-syntax-error', 'policy a/default.p ingress rule 0 source'],
    ]);
  });
});

describe('simplifyPorts', () => {
  it.each([
    [
      ['b', 81, 80, 'a', '100:110', 105],
      ['b', 'a', '80:81', '100:110'],
    ],
    [['90:80'], ['90:80']],
    [
      [80, 'http'],
      [80, 'http'],
    ],
  ])('%j', (ports, simple) => {
    expect(simplifyPorts(ports)).toEqual(simple);
  });
});

describe('generateCalico from objects', () => {
  it('takes local endpoints, and members from everywhere', () => {
    const yaml =
      pod('web', '{ app: web }', '10.0.0.1') +
      pod('db', '{ app: db }', '10.0.1.1', 'n2') +
      policy(
        'default.web',
        "{ selector: app == 'web', types: [Ingress], ingress: [{ action: Allow, protocol: TCP, source: { selector: app == 'db' }, destination: { ports: [http] } }] }",
      );
    const { model, diagnostics } = generated(yaml, 'n1');
    expect(diagnostics).toEqual([]);
    expect(model.workloads.map(({ title }) => title)).toEqual(['a/web']);
    const members = model.ipSets.filter(({ id }) => id.includes(':')).map((set) => set.members);
    expect(members).toEqual([['10.0.0.1,tcp:8080', '10.0.1.1,tcp:8080'], ['10.0.1.1']]);
  });

  it('orders tiers and policies', () => {
    const tier = (name: string, order: number) =>
      `\napiVersion: projectcalico.org/v3\nkind: Tier\nmetadata: { name: ${name} }\nspec: { order: ${order}, defaultAction: Pass }\n---\n`;
    const yaml =
      pod('web', '{}', '10.0.0.1') +
      tier('late', 2e6) +
      tier('early', 5) +
      policy('late.x', '{ tier: late, selector: all(), types: [Ingress] }', 'GlobalNetworkPolicy') +
      policy(
        'early.b',
        '{ tier: early, order: 2, selector: all(), types: [Ingress] }',
        'GlobalNetworkPolicy',
      ) +
      policy('early.a', '{ tier: early, selector: all() }', 'GlobalNetworkPolicy') +
      policy('default.s', '{ selector: all(), types: [Egress] }', 'StagedNetworkPolicy');
    const [workload] = generated(yaml).model.workloads;
    expect(workload?.tiers).toEqual([
      {
        name: 'early',
        defaultAction: 'Pass',
        ingress: ['early.b', 'early.a'],
        egress: ['early.a'],
      },
      { name: 'default', defaultAction: 'Deny', ingress: [], egress: ['a/staged:default.s'] },
      { name: 'late', defaultAction: 'Pass', ingress: ['late.x'], egress: [] },
    ]);
  });

  it('splits host policies by kind', () => {
    const yaml =
      'apiVersion: projectcalico.org/v3\nkind: HostEndpoint\nmetadata: { name: h, labels: { role: node } }\nspec: { node: n1, interfaceName: eth0 }\n---' +
      policy(
        'default.u',
        '{ selector: all(), doNotTrack: true, applyOnForward: true }',
        'GlobalNetworkPolicy',
      ) +
      policy(
        'default.d',
        '{ selector: all(), preDNAT: true, applyOnForward: true, types: [Ingress] }',
        'GlobalNetworkPolicy',
      ) +
      policy(
        'default.f',
        "{ selector: role == 'node', applyOnForward: true, types: [Egress] }",
        'GlobalNetworkPolicy',
      );
    const [host] = generated(yaml).model.hostEndpoints;
    expect(host?.untrackedTiers[0]?.ingress).toEqual(['default.u']);
    expect(host?.preDnatTiers).toEqual([
      { name: 'default', defaultAction: 'Pass', ingress: ['default.d'], egress: [] },
    ]);
    expect(host?.forwardTiers[0]?.egress).toEqual(['default.f']);
    expect(host?.tiers[0]?.ingress).toEqual([]);
  });

  it('reads settings, the node’s own last', () => {
    const configuration = (name: string, spec: string) =>
      `apiVersion: projectcalico.org/v3\nkind: FelixConfiguration\nmetadata: { name: ${name} }\nspec: ${spec}\n---\n`;
    const yaml =
      configuration(
        'default',
        '{ defaultEndpointToHostAction: Accept, chainInsertMode: Append, iptablesFilterDenyAction: Reject }',
      ) +
      configuration(
        'node.n1',
        '{ flowLogsLocalReporter: Enabled, iptablesMarkMask: 0xff00, interfacePrefix: "cali,tap" }',
      );
    const { model } = generated(yaml, 'n1');
    expect(model.insertMode).toBe('append');
    expect(model.config).toMatchObject({
      endpointToHostAction: 'ACCEPT',
      filterDenyAction: 'REJECT',
      flowLogs: true,
      workloadInterfacePrefixes: ['cali', 'tap'],
    });
    expect(model.config.marks.accept).toBe(0x100);
  });

  it('names what is missing', () => {
    const yaml =
      pod('web', '{}', '10.0.0.1') +
      policy('other.x', '{ tier: other, selector: all() }', 'GlobalNetworkPolicy') +
      pod('far', '{}', '10.0.1.1', 'n2');
    const messages = generated(yaml).diagnostics.map(({ message }) => message);
    expect(messages).toEqual([
      'there are several nodes (n1, n2): taking n1; choose one with --node',
      'tier other is not among the objects: taken to deny and to come last',
    ]);
  });

  it('reads the limits of pods and workload endpoints', () => {
    const limited = (annotations: string) =>
      pod('web', '{}', '10.0.0.1').replace('labels:', `annotations: ${annotations}, labels:`);
    const { model, diagnostics } = generated(
      limited(
        '{ qos.projectcalico.org/ingressPacketRate: "1.5k", qos.projectcalico.org/egressMaxConnections: "7", qos.projectcalico.org/egressPacketRate: fast }',
      ),
    );
    expect(model.workloads[0]?.qos).toEqual({
      ingressPackets: { rate: 1500, burst: 5 },
      egressConnections: 7,
    });
    expect(diagnostics.map(({ message }) => message)).toEqual([
      'a/web: egressPacketRate is "fast", and not a whole number',
    ]);
    const { model: explicit } = generated(`
apiVersion: projectcalico.org/v3
kind: WorkloadEndpoint
metadata: { name: w, namespace: a }
spec: { node: n1, interfaceName: cali1, qosControls: { egressPacketRate: 9, egressPacketBurst: 2 } }`);
    expect(explicit.workloads[0]?.qos).toEqual({ egressPackets: { rate: 9, burst: 2 } });
  });

  it('reads admin policies', () => {
    const yaml = `${pod('web', '{ app: web }', '10.0.0.1')}
apiVersion: policy.networking.k8s.io/v1alpha1
kind: AdminNetworkPolicy
metadata: { name: guard }
spec:
  priority: 10
  subject: { namespaces: {} }
  ingress: [{ action: Deny, from: [{ namespaces: {} }], ports: [{ portNumber: { protocol: TCP, port: 22 } }] }]
`;
    const [found] = generated(yaml).model.policies;
    expect(found).toMatchObject({
      tier: 'adminnetworkpolicy',
      name: 'kanp.adminnetworkpolicy.guard',
    });
    expect(found?.rules.ingress[0]?.match.destination.ports).toEqual([{ first: 22, last: 22 }]);
  });

  const tunnels = (blocks: string) => `
apiVersion: projectcalico.org/v3
kind: IPPool
metadata: { name: p }
spec: { cidr: 10.0.0.0/16, vxlanMode: Always }
---
apiVersion: v1
kind: Node
metadata: { name: n1, annotations: { projectcalico.org/IPv4Address: 192.0.2.1/24 } }
---
apiVersion: v1
kind: Node
metadata: { name: n2, annotations: { projectcalico.org/IPv4Address: 192.0.2.2/24 } }
---${blocks}`;

  const block = (node: string, cidr: string, extra = '') => `
apiVersion: crd.projectcalico.org/v1
kind: IPAMBlock
metadata: { name: block-of-${node} }
spec:
  cidr: ${cidr}
  affinity: host:${node}
  allocations: [null, 1, 0]
  attributes:
  - { handle_id: pod, secondary: { node: ${node}, namespace: a, pod: web } }
  - { handle_id: tunnel, secondary: { node: ${node}, type: vxlanTunnelAddress } }
${extra}---`;

  it('takes tunnel addresses that IPAM blocks hold for nodes whose objects lack them', () => {
    const vteps = (yaml: string) => {
      const { model, diagnostics } = generated(yaml, 'n1');
      const set = model.ipSets.find(({ id }) => id === 'all-vxlan-net');
      return [model.config.vxlanAddressKnown, set?.members, diagnostics.length];
    };
    expect(vteps(tunnels(''))).toEqual([false, [], 0]);
    const blocks = block('n1', '10.0.1.0/26') + block('n2', '10.0.2.0/26');
    expect(vteps(tunnels(blocks))).toEqual([true, ['192.0.2.2'], 0]);
    expect(vteps(tunnels(block('n2', '10.0.2.0/26', '  deleted: true\n')))).toEqual([false, [], 0]);
  });

  it('names the field of an IPAM block that cannot be', () => {
    const { diagnostics } = generated(tunnels(block('n1', 'ten')), 'n1');
    expect(diagnostics.map(({ message }) => message).join()).toContain('spec.cidr');
  });

  it('reports kinds of Calico that are not read, except those without rules', () => {
    const object = (apiVersion: string, kind: string) => `
apiVersion: ${apiVersion}
kind: ${kind}
metadata: { name: x }
---`;
    const yaml =
      object('crd.projectcalico.org/v1', 'BlockAffinity') +
      object('projectcalico.org/v3', 'NetworkPolicyy') +
      object('policy.networking.k8s.io/v1alpha2', 'ClusterNetworkPolicy') +
      object('apps/v1', 'Deployment');
    const { diagnostics } = generated(yaml, 'n1');
    expect(diagnostics.map(({ code, message }) => [code, message])).toEqual([
      [
        'calico-kind',
        'objects of kind NetworkPolicyy (projectcalico.org) are not read: no rules are made from them',
      ],
      [
        'calico-kind',
        'objects of kind ClusterNetworkPolicy (policy.networking.k8s.io) are not read: no rules are made from them',
      ],
    ]);
  });
});
