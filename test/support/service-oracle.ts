/** What the Kubernetes API promises for the first packet to a service address, told without looking at rules. */

import type { SliceEndpoint } from '../../src/generate/kubernetes/endpoint-slice.ts';
import type { Service } from '../../src/generate/kubernetes/service.ts';
import type { Sender } from './kube-proxy-node.ts';
import type { ServiceOutcome } from './service-outcome.ts';

export interface Expected {
  readonly kind: ServiceOutcome['kind'];
  /** IPs, each reached with the same probability. */
  readonly endpoints: readonly string[];
  readonly masquerade: boolean;
}

export interface Question {
  readonly service: Service;
  readonly endpoints: readonly SliceEndpoint[];
  readonly nodeName: string;
  readonly sender: Sender;
  readonly target: 'cluster' | 'external' | 'balanced' | 'node-port';
  /** The source is in one of the load balancer source ranges. */
  readonly isAllowed: boolean;
  readonly mode: 'iptables' | 'nftables';
}

const nothing = { endpoints: [], masquerade: false };

export function promised(question: Question): Expected {
  const { service, endpoints, nodeName } = question;
  const all = usable(endpoints);
  const local = usable(endpoints.filter((one) => one.nodeName === nodeName));
  const internal = question.target === 'cluster';
  if (isFiltered(question, all)) return { kind: 'DROP', ...nothing };
  // Either policy looks at endpoints anywhere to tell "none" from "none here".
  if (all.length === 0) return unserved(question);
  return internal
    ? clusterTraffic(question, service.spec.internalTrafficPolicy === 'Local' ? local : all)
    : outsideTraffic(question, keepsSource(service), all, local);
}

/** Ready endpoints, else those that terminate but still serve. */
function usable(endpoints: readonly SliceEndpoint[]): readonly string[] {
  const ready = endpoints.filter(({ conditions }) => conditions?.ready);
  const draining = endpoints.filter(
    ({ conditions }) => conditions?.serving && conditions.terminating,
  );
  return (ready.length > 0 ? ready : draining).map(({ addresses }) => addresses[0] ?? '');
}

/** nftables mode filters before it looks for endpoints, iptables mode only what it would rewrite. */
function isFiltered(question: Question, all: readonly string[]): boolean {
  const ranges = question.service.spec.loadBalancerSourceRanges ?? [];
  if (question.target !== 'balanced' || ranges.length === 0 || question.isAllowed) return false;
  return question.mode === 'nftables' || all.length > 0;
}

/** iptables mode looks at addresses from outside in INPUT and FORWARD, not in OUTPUT; its own address loops back. */
function unserved({ sender, target, mode }: Question): Expected {
  const passes = mode === 'iptables' && sender === 'node' && /^(?:external|balanced)$/.test(target);
  return { kind: passes ? 'PASS' : 'REJECT', ...nothing };
}

/** The policy means something only for services that are made for traffic from outside. */
function keepsSource({ spec }: Service): boolean {
  const isExternal = spec.type !== 'ClusterIP' || (spec.externalIPs ?? []).length > 0;
  return spec.externalTrafficPolicy === 'Local' && isExternal;
}

function clusterTraffic({ sender }: Question, endpoints: readonly string[]): Expected {
  if (endpoints.length === 0) return { kind: 'DROP', ...nothing };
  return { kind: 'DNAT', endpoints, masquerade: sender !== 'pod' };
}

function outsideTraffic(
  { sender }: Question,
  isLocal: boolean,
  all: readonly string[],
  local: readonly string[],
): Expected {
  if (!isLocal) return { kind: 'DNAT', endpoints: all, masquerade: true };
  if (sender !== 'external') {
    return { kind: 'DNAT', endpoints: all, masquerade: sender === 'node' };
  }
  if (local.length === 0) return { kind: 'DROP', ...nothing };
  return { kind: 'DNAT', endpoints: local, masquerade: false };
}
