/** The jumps from built-in chains, and the order in which kubelet and kube-proxy create chains. */

const newOnly = '-m conntrack --ctstate NEW ';
const comment = (text: string): string => `-m comment --comment "${text}" `;
const external = comment('kubernetes externally-visible service portals');
const portals = comment('kubernetes service portals');
const firewall = comment('kubernetes load balancer firewall');

/** The jumps as they stand once all have been prepended: the last one written comes first. */
const filterJumps: readonly string[] = [
  `-A INPUT ${newOnly}${firewall}-j KUBE-PROXY-FIREWALL`,
  `-A INPUT ${comment('kubernetes health check service ports')}-j KUBE-NODEPORTS`,
  `-A INPUT ${newOnly}${external}-j KUBE-EXTERNAL-SERVICES`,
  `-A FORWARD ${newOnly}${firewall}-j KUBE-PROXY-FIREWALL`,
  `-A FORWARD ${comment('kubernetes forwarding rules')}-j KUBE-FORWARD`,
  `-A FORWARD ${newOnly}${portals}-j KUBE-SERVICES`,
  `-A FORWARD ${newOnly}${external}-j KUBE-EXTERNAL-SERVICES`,
  `-A OUTPUT ${newOnly}${firewall}-j KUBE-PROXY-FIREWALL`,
  `-A OUTPUT ${newOnly}${portals}-j KUBE-SERVICES`,
];

const firewallJumps: readonly string[] = [
  '-A INPUT -j KUBE-FIREWALL',
  '-A OUTPUT -j KUBE-FIREWALL',
];

const natJumps: readonly string[] = [
  `-A PREROUTING ${portals}-j KUBE-SERVICES`,
  `-A OUTPUT ${portals}-j KUBE-SERVICES`,
  `-A POSTROUTING ${comment('kubernetes postrouting rules')}-j KUBE-POSTROUTING`,
];

/** kubelet usually runs first, so its KUBE-FIREWALL jumps end up below those of kube-proxy. */
export function builtinJumps(table: string, withKubelet: boolean): readonly string[] {
  if (table === 'nat') return natJumps;
  if (table !== 'filter') return [];
  return withKubelet ? [...filterJumps, ...firewallJumps] : [...firewallJumps, ...filterJumps];
}

/** Built-in chains in the order iptables-save prints them. */
export const builtinChains: Readonly<Record<string, readonly string[]>> = {
  mangle: ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'],
  filter: ['INPUT', 'FORWARD', 'OUTPUT'],
  nat: ['PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING'],
};

const kubeletChains: Readonly<Record<string, readonly string[]>> = {
  mangle: ['KUBE-IPTABLES-HINT', 'KUBE-KUBELET-CANARY'],
  filter: ['KUBE-FIREWALL', 'OUTPUT', 'INPUT', 'KUBE-KUBELET-CANARY'],
  nat: ['KUBE-KUBELET-CANARY'],
};

/** iptables-nft creates a built-in chain when the first rule is put into it. */
const proxyChains: Readonly<Record<string, readonly string[]>> = {
  mangle: ['KUBE-PROXY-CANARY'],
  filter: [
    'KUBE-PROXY-CANARY',
    'KUBE-EXTERNAL-SERVICES',
    'INPUT',
    'FORWARD',
    'KUBE-NODEPORTS',
    'KUBE-SERVICES',
    'OUTPUT',
    'KUBE-FORWARD',
    'KUBE-PROXY-FIREWALL',
    'KUBE-FIREWALL',
  ],
  nat: [
    'KUBE-PROXY-CANARY',
    'KUBE-SERVICES',
    'OUTPUT',
    'PREROUTING',
    'KUBE-POSTROUTING',
    'POSTROUTING',
    'KUBE-NODEPORTS',
    'KUBE-MARK-MASQ',
  ],
};

/** The chains of a table that stand before those of services, in the order of their creation. */
export function createdChains(table: string, withKubelet: boolean): readonly string[] {
  const first = withKubelet ? (kubeletChains[table] ?? []) : [];
  return [...new Set([...first, ...(proxyChains[table] ?? [])])];
}

/** Tables in the order of their creation: kubelet begins with filter's KUBE-FIREWALL after its hint. */
export function createdTables(withKubelet: boolean): readonly string[] {
  return withKubelet ? ['mangle', 'filter', 'nat'] : ['mangle', 'nat', 'filter'];
}
