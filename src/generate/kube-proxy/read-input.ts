/** From Kubernetes objects and options to the inputs of the generator, one per IP family. */

import type { Diagnostic, Result } from '../../base/diagnostic.ts';
import { generatedSpan } from '../../base/span.ts';
import { isRecord } from '../kubernetes/check.ts';
import { endpointSliceKind } from '../kubernetes/endpoint-slice.ts';
import { type AddressFamily, parseAddress } from '../kubernetes/go-address.ts';
import { type Node, nodeKind } from '../kubernetes/node.ts';
import { type ObjectKind, objectsOfKind, type RawObject } from '../kubernetes/objects.ts';
import { readObjects } from '../kubernetes/read-objects.ts';
import { type Service, serviceKind } from '../kubernetes/service.ts';
import { serviceCidrKind } from '../kubernetes/service-cidr.ts';
import { kubeProxyConfigurationKind, type NodeFacts, nodeFactsKind } from './configuration.ts';
import type { KubeProxyInput } from './generate-kube-proxy.ts';
import { type KubeProxyOptions, type KubeProxySources, mergeSettings } from './merge-settings.ts';
import type { KubeProxyNode } from './settings.ts';

/** Options win over NodeFacts, these over KubeProxyConfiguration, this over the Node and the defaults. */
export function readKubeProxyInputs(
  objects: readonly RawObject[],
  options: KubeProxyOptions = {},
): Result<readonly KubeProxyInput[]> {
  const diagnostics: Diagnostic[] = [];
  const all = withConfigMaps(objects, diagnostics);
  const take = <Value>(kind: ObjectKind<Value>): readonly Value[] => {
    const result = objectsOfKind(all, kind);
    diagnostics.push(...result.diagnostics);
    return result.value;
  };
  const services = distinct(take(serviceKind), 'Service', diagnostics);
  const endpointSlices = distinct(take(endpointSliceKind), 'EndpointSlice', diagnostics);
  const nodes = take(nodeKind);
  const facts = take(nodeFactsKind).at(-1) ?? {};
  const configuration = take(kubeProxyConfigurationKind).at(-1) ?? {};
  const serviceCidrs = take(serviceCidrKind).flatMap(({ spec }) => spec?.cidrs ?? []);
  const wanted =
    options.nodeName ?? facts.nodeName ?? (configuration.hostnameOverride || undefined);
  const node = chooseNode(nodes, wanted, diagnostics);
  const sources: KubeProxySources = {
    options,
    facts,
    configuration,
    ...(node === undefined ? {} : { node }),
    serviceCidrs,
  };
  const nodeInput = nodeOf(sources, wanted);
  const inputs: KubeProxyInput[] = [];
  for (const family of options.families ?? familiesOf(services, facts)) {
    const settings = mergeSettings(sources, family);
    for (const diagnostic of settings.diagnostics) {
      if (!diagnostics.some(({ message }) => message === diagnostic.message)) {
        diagnostics.push(diagnostic);
      }
    }
    inputs.push({ services, endpointSlices, settings: settings.value, node: nodeInput });
  }
  return { value: inputs, diagnostics };
}

/** A ConfigMap of kube-proxy stands for the configuration it holds. */
function withConfigMaps(
  objects: readonly RawObject[],
  diagnostics: Diagnostic[],
): readonly RawObject[] {
  if (objects.every(({ kind }) => kind !== 'ConfigMap')) return objects;
  return objects.flatMap((object) => {
    const data = object.kind === 'ConfigMap' && isRecord(object.value) ? object.value.data : {};
    const text = isRecord(data) ? data['config.conf'] : undefined;
    if (typeof text !== 'string') return [object];
    const name = object.locate([]).source.name;
    const held = readObjects([{ name: `${name} (config.conf)`, text }]);
    diagnostics.push(...held.diagnostics);
    return held.value;
  });
}

interface Named {
  readonly metadata: { readonly name: string; readonly namespace?: string | null | undefined };
}

function distinct<Value extends Named>(
  objects: readonly Value[],
  kind: string,
  diagnostics: Diagnostic[],
): readonly Value[] {
  const byName = new Map<string, Value>();
  for (const object of objects) {
    const { name, namespace } = object.metadata;
    const title = `${namespace ?? 'default'}/${name}`;
    if (byName.has(title)) {
      diagnostics.push({
        code: 'kubernetes-duplicate',
        span: generatedSpan,
        message: `${kind} ${title} is given twice; the later one counts`,
      });
    }
    byName.set(title, object);
  }
  return [...byName.values()];
}

function chooseNode(
  nodes: readonly Node[],
  wanted: string | undefined,
  diagnostics: Diagnostic[],
): Node | undefined {
  const found =
    wanted === undefined && nodes.length === 1
      ? nodes[0]
      : nodes.find(({ metadata }) => metadata.name === wanted);
  if (found !== undefined || nodes.length === 0) return found;
  const names = nodes.map(({ metadata }) => metadata.name);
  diagnostics.push({
    code: 'kube-proxy-node',
    span: generatedSpan,
    message:
      wanted === undefined
        ? `${nodes.length} nodes are given, and nothing says for which the rules are`
        : `there is no node ${wanted} among the objects`,
    hint: `give --node with one of ${names.slice(0, 5).join(', ')}${names.length > 5 ? ', …' : ''}`,
  });
  return undefined;
}

function nodeOf({ facts, node }: KubeProxySources, wanted: string | undefined): KubeProxyNode {
  const addresses = (node?.status?.addresses ?? []).filter(
    ({ address }) => parseAddress(address) !== undefined,
  );
  const ofType = (type: string): readonly string[] =>
    addresses.filter((one) => one.type === type).map(({ address }) => address);
  const told = facts.nodeIPs ?? (facts.nodeIP ? [facts.nodeIP] : undefined);
  const internal = ofType('InternalIP');
  const primary = told ?? (internal.length > 0 ? internal : ofType('ExternalIP'));
  const loopback = ['127.0.0.1', '::1'];
  return {
    name: node?.metadata.name ?? wanted ?? '',
    labels: facts.nodeLabels ?? node?.metadata.labels ?? {},
    primaryAddresses: primary,
    interfaceAddresses: facts.interfaceIPs ?? [
      ...new Set([...loopback, ...primary, ...addresses.map(({ address }) => address)]),
    ],
  };
}

/** The families of the cluster IPs: kube-proxy itself programs both wherever the node has both. */
function familiesOf(services: readonly Service[], facts: NodeFacts): readonly AddressFamily[] {
  if (facts.ipFamily) return [facts.ipFamily === 'IPv4' ? 'ip' : 'ip6'];
  const families = new Set<AddressFamily>();
  for (const { spec } of services) {
    for (const text of spec.clusterIPs ?? [spec.clusterIP]) {
      if (text && text !== 'None') families.add(text.includes(':') ? 'ip6' : 'ip');
    }
  }
  return families.size === 0 ? ['ip'] : [...families].sort();
}
