/** Dispatch from an interface to its endpoint's chains: a tree of name prefixes, or verdict maps. */

import type { EndpointMarks } from '../marks.ts';
import type { EndpointChainPrefix } from '../names.ts';
import { type Action, goto, returnAction, writeMark } from '../rules/action.ts';
import { type InterfaceDirection, inInterface, outInterface } from '../rules/match.ts';
import { type GeneratedChain, type GeneratedRule, rule } from '../rules/rule.ts';
import { type ChainContext, denyAction, endpointChain } from './context.ts';

interface Bin {
  readonly prefix: string;
  readonly names: readonly string[];
}

function commonPrefix(names: readonly string[]): string {
  // In sorted order the first and the last name differ earliest.
  const first = names[0] ?? '';
  const last = names.at(-1) ?? '';
  let length = 0;
  while (length < first.length && first[length] === last[length]) length++;
  return first.slice(0, length);
}

/** Names by the common prefix and the character after it, in order; one level only. */
function bins(names: readonly string[]): readonly Bin[] {
  const sorted = [...new Set(names)].sort();
  const { length } = commonPrefix(sorted);
  const byPrefix = new Map<string, string[]>();
  for (const name of sorted) {
    const prefix = name.slice(0, length + 1);
    const bin = byPrefix.get(prefix);
    if (bin === undefined) byPrefix.set(prefix, [name]);
    else bin.push(name);
  }
  return [...byPrefix].map(([prefix, binned]) => ({ prefix, names: binned }));
}

export interface DispatchTree {
  readonly root: string;
  readonly direction: InterfaceDirection;
  readonly leaf: EndpointChainPrefix;
  readonly names: readonly string[];
  /** Rules for interfaces without a leaf, at the end of the root and of every child. */
  readonly end: readonly GeneratedRule[];
}

/** The children, then the root. */
export function dispatchTree(context: ChainContext, tree: DispatchTree): readonly GeneratedChain[] {
  const on = tree.direction === 'in' ? inInterface : outInterface;
  const origin = { kind: 'dispatch', purpose: tree.root } as const;
  const leafRule = (name: string): GeneratedRule =>
    rule([on(name)], goto(endpointChain(context, tree.leaf, name)));
  const children: GeneratedChain[] = [];
  const rootRules = bins(tree.names).flatMap(({ prefix, names }): readonly GeneratedRule[] => {
    if (names.length === 1) return names.map(leafRule);
    const name = `${tree.root}-${prefix.slice(-1)}`;
    children.push({ name, rules: [...names.map(leafRule), ...tree.end], origin });
    return [rule([on(prefix, true)], goto(name))];
  });
  return [...children, { name: tree.root, rules: [...rootRules, ...tree.end], origin }];
}

/** A verdict map of nftables mode: interface name to a goto. */
export interface DispatchMap {
  readonly name: string;
  readonly elements: readonly { readonly interface: string; readonly target: string }[];
}

const workloadRoots = [
  { root: 'cali-from-wl-dispatch', direction: 'in', leaf: 'cali-fw-' },
  { root: 'cali-to-wl-dispatch', direction: 'out', leaf: 'cali-tw-' },
] as const;

function unknownInterface(context: ChainContext): GeneratedRule {
  return rule([], denyAction(context), 'Unknown interface');
}

export function workloadDispatchChains(
  context: ChainContext,
  names: readonly string[],
): readonly GeneratedChain[] {
  const end = [unknownInterface(context)];
  if (context.config.dataplane === 'iptables') {
    return workloadRoots.flatMap((root) => dispatchTree(context, { ...root, names, end }));
  }
  return workloadRoots.map(({ root, direction }) => ({
    name: root,
    rules: [rule([{ kind: 'interface-map', direction, map: root }], undefined), ...end],
    origin: { kind: 'dispatch', purpose: root },
  }));
}

/** The maps that `workloadDispatchChains` looks up in nftables mode. */
export function workloadDispatchMaps(
  context: ChainContext,
  names: readonly string[],
): readonly DispatchMap[] {
  const sorted = [...new Set(names)].sort();
  return workloadRoots.map(({ root, leaf }) => ({
    name: root,
    elements: sorted.map((name) => ({
      interface: name,
      target: endpointChain(context, leaf, name),
    })),
  }));
}

export interface HostDispatch {
  readonly names: readonly string[];
  /** The interface name in the chains of the endpoint for all interfaces; undefined without one. */
  readonly fallback?: string;
}

function fallbackRules(
  context: ChainContext,
  leaf: EndpointChainPrefix,
  { fallback }: HostDispatch,
): readonly GeneratedRule[] {
  return fallback === undefined ? [] : [rule([], goto(endpointChain(context, leaf, fallback)))];
}

export function fromHostDispatchChains(
  context: ChainContext,
  host: HostDispatch,
): readonly GeneratedChain[] {
  return dispatchTree(context, {
    root: 'cali-from-host-endpoint',
    direction: 'in',
    leaf: 'cali-fh-',
    names: host.names,
    end: fallbackRules(context, 'cali-fh-', host),
  });
}

/** `skipWorkloads`: the endpoint for all interfaces must not catch packets to local workloads. */
export function toHostDispatchChains(
  context: ChainContext,
  host: HostDispatch,
  skipWorkloads: boolean,
): readonly GeneratedChain[] {
  const fallback = fallbackRules(context, 'cali-th-', host);
  const comment = 'Skip egress WHEP policy for traffic to local workload';
  const skips =
    skipWorkloads && fallback.length > 0
      ? context.config.workloadInterfacePrefixes.map((prefix) =>
          rule([outInterface(prefix, true)], returnAction, comment),
        )
      : [];
  return dispatchTree(context, {
    root: 'cali-to-host-endpoint',
    direction: 'out',
    leaf: 'cali-th-',
    names: host.names,
    end: [...skips, ...fallback],
  });
}

export function forwardDispatchChains(
  context: ChainContext,
  host: HostDispatch,
): readonly GeneratedChain[] {
  const from = {
    root: 'cali-from-hep-forward',
    direction: 'in',
    leaf: 'cali-fhfw-',
    names: host.names,
    end: fallbackRules(context, 'cali-fhfw-', host),
  } as const;
  const to = {
    root: 'cali-to-hep-forward',
    direction: 'out',
    leaf: 'cali-thfw-',
    names: host.names,
    end: fallbackRules(context, 'cali-thfw-', host),
  } as const;
  return [...dispatchTree(context, from), ...dispatchTree(context, to)];
}

export interface MarkDispatch {
  readonly workloads: readonly string[];
  readonly hosts: readonly string[];
  readonly marks: EndpointMarks;
}

function unknownEndpointRules(
  context: ChainContext,
  { nonCalico, mask }: EndpointMarks,
): readonly GeneratedRule[] {
  return [
    ...context.config.workloadInterfacePrefixes.map((prefix) =>
      rule([inInterface(prefix, true)], denyAction(context), 'Unknown endpoint'),
    ),
    rule([], writeMark(nonCalico, mask), 'Non-Cali endpoint mark'),
  ];
}

/**
 * IPVS: by interface to the chain that sets the endpoint's mark. Both trees name their children
 * after one character only and can overwrite each other, as in Felix 3.30.
 */
function setEndpointMarkChains(
  context: ChainContext,
  { workloads, hosts, marks }: MarkDispatch,
): readonly GeneratedChain[] {
  const root = 'cali-set-endpoint-mark';
  const tree = (names: readonly string[]): readonly GeneratedChain[] =>
    dispatchTree(context, { root, direction: 'in', leaf: 'cali-sm-', names, end: [] });
  const marked = (names: readonly string[]): readonly string[] =>
    names.filter((name) => marks.byInterface.has(name));
  const trees = [tree(marked(workloads)), tree(marked(hosts))];
  const children = trees.flatMap((chains) => chains.slice(0, -1));
  const rootRules = trees.flatMap((chains) => chains.at(-1)?.rules ?? []);
  return [
    ...children,
    {
      name: root,
      rules: [...rootRules, ...unknownEndpointRules(context, marks)],
      origin: { kind: 'dispatch', purpose: root },
    },
  ];
}

/** IPVS: by mark back to the policy of the endpoint that a forwarded packet came from. */
function fromEndpointMarkChain(
  context: ChainContext,
  { workloads, hosts, marks }: MarkDispatch,
): GeneratedChain {
  const leaves = (leaf: EndpointChainPrefix, names: readonly string[]): readonly GeneratedRule[] =>
    [...new Set(names)].sort().flatMap((name) => {
      const value = marks.byInterface.get(name);
      if (value === undefined) return [];
      const target: Action = goto(endpointChain(context, leaf, name));
      return [rule([{ kind: 'mark-equals', value, mask: marks.mask, negated: false }], target)];
    });
  return {
    name: 'cali-from-endpoint-mark',
    rules: [
      ...leaves('cali-fw-', workloads),
      ...leaves('cali-fhfw-', hosts),
      unknownInterface(context),
    ],
    origin: { kind: 'dispatch', purpose: 'cali-from-endpoint-mark' },
  };
}

export function endpointMarkDispatchChains(
  context: ChainContext,
  dispatch: MarkDispatch,
): readonly GeneratedChain[] {
  return [...setEndpointMarkChains(context, dispatch), fromEndpointMarkChain(context, dispatch)];
}
